"""The fences that come on top of the first ones (migrations 0002, 0004, 0006, 0008), which refuse UPDATE everywhere and
DELETE on PostgreSQL: here DELETE on SQLite, with REPLACE, which deletes without firing a trigger, and TRUNCATE on
PostgreSQL, which fires none for rows.

A fence against slips and careless scripts: who owns the database can take it down. A migration that rebuilds one of
these tables on SQLite drops its triggers and must put them up again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: table → when a row of it may go (SQL on OLD): where a tombstone stands for its record; None is never
FENCED = {
    "competencies_competencyrecord": (
        "EXISTS (SELECT 1 FROM competencies_tombstone t WHERE t.record_uuid = OLD.uuid)"
    ),
    **dict.fromkeys(
        ("competencies_credential", "competencies_statusplace", "competencies_suspension"),
        "EXISTS (SELECT 1 FROM competencies_tombstone t JOIN competencies_competencyrecord r "
        "ON r.uuid = t.record_uuid WHERE r.id = OLD.record_id)",
    ),
    **dict.fromkeys(
        (
            "competencies_tombstone",
            "competencies_observation",
            "competencies_proposal",
            "competencies_decision",
            "competencies_rectification",
            "competencies_receiveddocument",
        )
    ),
}
SENTENCE = "What was written about a person is never deleted: another row is added."


def install(connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION competencies_refuse_truncate() RETURNS trigger AS $$ BEGIN "
                f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql"
            )
        for table, may_go in FENCED.items():
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION competencies_refuse_truncate()"
                )
            else:
                condition = f"WHEN NOT {may_go} " if may_go else ""
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {condition}"
                    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
                )
                known = f"SELECT 1 FROM {table} WHERE {_same(connection, cursor, table)}"  # noqa: S608 (our names)
                cursor.execute(
                    f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} FOR EACH ROW WHEN EXISTS ({known}) "
                    f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
                )


def _same(connection: Any, cursor: Any, table: str) -> str:
    """The condition that a row is the new one under another hand: by any column that is unique."""
    constraints = connection.introspection.get_constraints(cursor, table).values()
    alone = {each["columns"][0] for each in constraints if each["unique"] and len(each["columns"]) == 1}
    return " OR ".join(f"{column} = NEW.{column}" for column in sorted(alone | {"id"}))


def remove(connection: Any) -> None:
    with connection.cursor() as cursor:
        for table in FENCED:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS competencies_refuse_truncate()")


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """No such fence inside: for the test runner, which empties the tables."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
