"""The trigger by which SQLite refuses to delete an audit entry (PostgreSQL's, and UPDATE, are in migration 0003).

A first fence: who owns the database can take it down. A migration that rebuilds the table on SQLite drops its
triggers and must put them up again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NO_DELETE = """
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END
"""


def install(connection: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_NO_DELETE)


def remove(connection: Any) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_entry_no_delete")


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """No fence inside: for the test runner, which empties SQLite's tables by DELETE."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
