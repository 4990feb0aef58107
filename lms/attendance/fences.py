"""Database triggers that refuse to change what is closed.

A first fence against slips and careless scripts; whoever owns the database can take it down. The chain, its
signatures and the anchors outside are what finds that.
A migration that rebuilds one of these tables on SQLite drops its triggers: it must call `install` again.
"""

from contextlib import contextmanager
from typing import Any

#: table → when a row of it is closed for good (SQL on OLD)
FENCED = {
    "attendance_registerentry": "1 = 1",
    "attendance_registerpage": "OLD.closed_at IS NOT NULL",
    "attendance_amendment": "OLD.state <> 'proposed'",
    "attendance_pagesignature": "1 = 1",
    "attendance_studypage": "1 = 1",
    "attendance_vidimation": "1 = 1",
    "attendance_inspectionreport": "1 = 1",
}
SENTENCE = "The register is corrected by adding, never by changing."


def _sqlite(table: str, closed: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW WHEN {closed} "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql(table: str, closed: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_fence BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"WHEN ({closed}) EXECUTE FUNCTION attendance_refuse_change()"
    ]


def install(connection: Any) -> None:
    """Put the fences up around the tables that exist (a migration may come before some). Fails if one stands already."""
    with connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION attendance_refuse_change() RETURNS trigger AS $$ BEGIN "
                f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql"
            )
        for table, closed in FENCED.items():
            if table not in here:
                continue
            for statement in (
                _postgresql(table, closed) if connection.vendor == "postgresql" else _sqlite(table, closed)
            ):
                cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the fences down, where they stand."""
    with connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
        for table in FENCED.keys() & here:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_fence ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")


@contextmanager
def lifted(connection: Any):
    """No fences inside: only for tests, which forge rows by SQL and empty tables."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
