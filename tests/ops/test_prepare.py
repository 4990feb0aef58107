"""What `./run` does to its data folder before it serves."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scripts.prepare import change_a_copy


def ask(file: Path, *statements: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as database, database:
        return [row for each in statements for row in database.execute(each)]


def half(file: Path) -> None:
    ask(file, "ALTER TABLE page RENAME TO revision")
    raise KeyboardInterrupt


def whole(file: Path) -> None:
    ask(
        file,
        "ALTER TABLE page RENAME TO revision",
        "ALTER TABLE revision ADD COLUMN kind TEXT DEFAULT 'page'",
    )


def test_a_migration_that_is_cut_off_leaves_the_database_as_it_was(tmp_path):
    """Also when what was written last is still in the log beside it, as after kill -9."""
    file = tmp_path / "ponte.sqlite3"
    left_open = sqlite3.connect(file)
    left_open.execute("PRAGMA journal_mode=WAL")
    with left_open:
        left_open.execute("CREATE TABLE page (title TEXT)")
        left_open.execute("INSERT INTO page VALUES ('Benvenuti')")
    for name in ("ponte.sqlite3", "ponte.sqlite3-wal"):
        (tmp_path / f"killed-{name}").write_bytes((tmp_path / name).read_bytes())
    left_open.close()
    killed = tmp_path / "killed-ponte.sqlite3"
    for _twice in range(2):
        with pytest.raises(KeyboardInterrupt):
            change_a_copy(killed, half)
    assert ask(killed, "SELECT title FROM page") == [("Benvenuti",)]
    change_a_copy(killed, whole)
    assert ask(killed, "SELECT title, kind FROM revision") == [("Benvenuti", "page")]
    assert {each.name for each in tmp_path.glob("killed*")} == {killed.name}


def test_a_database_that_is_cut_off_while_it_is_made_is_made_anew(tmp_path):
    file = tmp_path / "ponte.sqlite3"

    def make(draft: Path) -> None:
        ask(draft, "CREATE TABLE page (title TEXT)")

    def cut_off(draft: Path) -> None:
        make(draft)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change_a_copy(file, cut_off)
    assert not file.exists()
    change_a_copy(file, make)
    assert ask(file, "SELECT count(*) FROM page") == [(0,)]
