"""Database triggers that refuse to change what is closed, and to remove it in any way (lms/fences.py).

A first fence against slips and careless scripts; whoever owns the database can take it down. The chain, its
signatures and the anchors outside are what finds that.
A migration that rebuilds one of these tables on SQLite drops its triggers: it must call `install` again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lms.fences import Fences

#: table → when a row of it is closed for good
FENCED = {
    "attendance_registerentry": "",
    "attendance_registerpage": "{row}.closed_at IS NOT NULL",
    "attendance_amendment": "{row}.state <> 'proposed'",
    "attendance_pagesignature": "",
    "attendance_studypage": "",
    "attendance_vidimation": "",
    "attendance_inspectionreport": "",
}
SENTENCE = "The register is corrected by adding, never by changing."
_ROWS_STAY = Fences("attendance", FENCED, SENTENCE)


def install(connection: Any) -> None:
    """Put the fences up around the tables that exist (a migration may come before some). Fails if one stands already."""
    with connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION attendance_refuse_change() RETURNS trigger AS $$ BEGIN "
                f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql"
            )
        for table in FENCED.keys() & here:
            closed = (FENCED[table] or "1 = 1").format(row="OLD")
            cursor.execute(
                f"CREATE TRIGGER {table}_fence BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
                f"WHEN ({closed}) EXECUTE FUNCTION attendance_refuse_change()"
                if connection.vendor == "postgresql"
                else f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW "
                f"WHEN {closed} BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
            )
    _ROWS_STAY.install(connection)


def remove(connection: Any) -> None:
    """Take the fences down, where they stand."""
    _ROWS_STAY.remove(connection)
    with connection.cursor() as cursor:
        here = set(connection.introspection.table_names(cursor))
        for table in FENCED.keys() & here:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_fence ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """No fences inside: only for tests, which forge rows by SQL and empty tables."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)
