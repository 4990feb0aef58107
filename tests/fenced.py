"""Every way we know to remove a row by SQL, for tests of fences."""

from collections.abc import Iterator

from django.db import DatabaseError, connection, transaction

_FAR = 1000


def rows_of(table: str, which: str = "1 = 1") -> list[tuple[str, ...]]:
    """Every column of the rows for which this SQL holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {which} ORDER BY id")
        return [tuple(map(str, row)) for row in cursor.fetchall()]


def stay(table: str, which: str = "1 = 1") -> None:
    """No statement removes or replaces the rows of this table for which `which` holds; there are some."""
    kept = set(rows_of(table, which))
    assert kept, "a fence around nothing proves nothing"
    refused = sum(_is_refused(statement, table, kept) for statement in _removals(table))
    assert refused >= len(list(_whole_table(table))), "all of these hit such a row"


def _is_refused(statement: str, table: str, kept: set[tuple[str, ...]]) -> bool:
    """False when it went through; then the rows are still there."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            assert kept <= set(rows_of(table)), statement
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def _whole_table(table: str) -> Iterator[str]:
    yield f"DELETE FROM {table}"
    if connection.vendor == "postgresql":
        yield f"TRUNCATE {table} CASCADE"
        yield f"TRUNCATE {table} RESTART IDENTITY CASCADE"
        yield f"WITH gone AS (DELETE FROM {table} RETURNING *) SELECT * FROM gone"
    else:
        yield f"REPLACE INTO {table} SELECT * FROM {table}"


def _removals(table: str) -> Iterator[str]:
    yield from _whole_table(table)
    yield f"UPDATE {table} SET id = id + {_FAR}"
    if connection.vendor == "postgresql":
        yield (
            f"INSERT INTO {table} SELECT * FROM {table} "
            f"ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id + {_FAR}"
        )
        return
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table).values()
        columns = {
            each.name: each.type_code
            for each in connection.introspection.get_table_description(cursor, table)
        }
    keys = [each["columns"] for each in constraints if each["unique"] and each["columns"] != ["id"]]
    ids = [row[0] for row in rows_of(table)]
    for key in keys:
        # Another row with the same values in this key, and in no other.
        others = {name for other in keys for name in other if name not in key}
        fresh = [
            _fresh(name, kind) if name in others | {"id"} else f'"{name}"' for name, kind in columns.items()
        ]
        for each in ids:
            yield f"INSERT OR REPLACE INTO {table} SELECT {', '.join(fresh)} FROM {table} WHERE id = {each}"
            for victim in set(ids) - {each}:
                taken = ", ".join(
                    f'"{name}" = (SELECT "{name}" FROM {table} WHERE id = {victim})' for name in key
                )
                yield f"UPDATE OR REPLACE {table} SET {taken} WHERE id = {each}"


def _fresh(name: str, kind: str) -> str:
    return f'"{name}" + {_FAR}' if name == "id" or "int" in kind else f"substr(\"{name}\", 2) || 'f'"
