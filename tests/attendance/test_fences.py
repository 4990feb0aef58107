"""What is closed stays, also for whoever comes with SQL: on SQLite and on PostgreSQL."""

import pytest
from django.db import DatabaseError, connection, transaction

from lms.attendance import fences
from tests.attendance.whole import begin_another, whole_register
from tests.fenced import rows_of, stay

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def register(world):
    begin_another(world.there)  # a page that is open
    return whole_register(world.here)


@pytest.mark.parametrize(("table", "closed"), fences.FENCED.items(), ids=list(fences.FENCED))
def test_no_statement_removes_a_closed_row(register, table, closed):
    stay(table, (closed or "1 = 1").format(row=table))


def test_an_open_page_may_go_and_takes_no_closed_one_with_it(register):
    table = "attendance_registerpage"
    (open_one,) = rows_of(table, "closed_at IS NULL")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = {open_one[0]}")
        assert cursor.rowcount == 1
        transaction.set_rollback(True)
    if connection.vendor == "sqlite":
        closed = rows_of(table, "closed_at IS NOT NULL")
        with (
            pytest.raises(DatabaseError, match="adding"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE OR REPLACE {table} SET id = {closed[0][0]} WHERE id = {open_one[0]}")
        assert rows_of(table, "closed_at IS NOT NULL") == closed
