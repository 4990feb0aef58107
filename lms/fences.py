"""Database triggers by which rows stay: no statement removes one, whichever way it goes about it.

DELETE on SQLite, and REPLACE, which deletes without firing a trigger; TRUNCATE on PostgreSQL, which fires none for rows.
(DELETE on PostgreSQL and UPDATE are refused by the triggers of each app, which have their own conditions.) A fence against
slips and careless scripts: who owns the database can take it down. A migration that rebuilds a fenced table on SQLite
drops its triggers, and must put them up again.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class Fences:
    """Around the tables of one app: table → when a row of it stays, in SQL on {row} (empty: always).

    `sentence` is what whoever tries reads.
    """

    def __init__(self, app: str, tables: Mapping[str, str], sentence: str) -> None:
        self._function, self._tables, self._sentence = f"{app}_refuse_truncate", tables, sentence

    def install(self, connection: Any) -> None:
        """Put them up around the tables that exist (a migration may come before some). Fails if one stands already."""
        with connection.cursor() as cursor:
            here = self._tables.keys() & set(connection.introspection.table_names(cursor))
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {self._function}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION "
                    f"'{self._sentence}' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql"
                )
            for table in sorted(here):
                for statement in self._triggers(connection, cursor, table):
                    cursor.execute(statement)

    def remove(self, connection: Any) -> None:
        """Take them down, where they stand."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                for table in self._tables.keys() & set(connection.introspection.table_names(cursor)):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {self._function}()")
                return
            for table in self._tables:
                for name in ("no_delete", "no_replace", "no_update_or_replace"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}")

    @contextmanager
    def lifted(self, connection: Any) -> Iterator[None]:
        """No fences inside: only for tests, which forge rows by SQL and empty tables."""
        self.remove(connection)
        try:
            yield
        finally:
            self.install(connection)

    def _triggers(self, connection: Any, cursor: Any, table: str) -> list[str]:
        if connection.vendor == "postgresql":
            return [
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {self._function}()"
            ]
        stays = self._tables[table] or "1 = 1"
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self._sentence}'); END"
        in_the_way = (
            f"SELECT 1 FROM {table} WHERE ({_clashes(cursor, table)}) AND ({stays.format(row=table)})"  # noqa: S608
        )
        return [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
            f"WHEN {stays.format(row='OLD')} {refuse}",
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} FOR EACH ROW "
            f"WHEN EXISTS ({in_the_way}) {refuse}",
            f"CREATE TRIGGER {table}_no_update_or_replace BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN EXISTS ({in_the_way} AND {table}.id <> OLD.id) {refuse}",
        ]


def _clashes(cursor: Any, table: str) -> str:
    """The condition that a row of a SQLite table cannot stand beside the new one: by any key of the table."""
    cursor.execute("SELECT name, partial FROM pragma_index_list(%s) WHERE [unique] ORDER BY name", [table])
    keys = ["id = NEW.id"]
    for index, partial in cursor.fetchall():
        cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
        columns = [name for (name,) in cursor.fetchall()]
        if None in columns:
            raise ValueError(f"{index} is over an expression, which no fence understands")
        same = [f'"{name}" = NEW."{name}"' for name in columns]
        if partial:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [index])
            where = cursor.fetchone()[0].partition(" WHERE ")[2]
            same += [f"({where})", "(" + re.sub(r'"(\w+)"', r'NEW."\1"', where) + ")"]
        keys.append(f"({' AND '.join(same)})")
    return " OR ".join(keys)
