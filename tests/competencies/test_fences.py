"""What was written about a person stays as it was, also for whoever comes with SQL: on SQLite and on PostgreSQL."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lms.competencies import actions, fences
from lms.competencies.models import CompetencyRecord, Form
from tests.competencies import build
from tests.competencies.test_evidence import receive
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def body(world):
    """At least one row in each table."""
    body = world.here
    deleted = build.award(body)
    actions.give_out(deleted, Form.JSON, at=NOW)
    actions.delete_record(deleted, reason="unlawful", by=body.administrator, at=NOW)
    wrong = build.award(body)
    aimed = body.course.goals.get()
    what = {"level": aimed.level, "seen": "done", "text": "x", "seen_on": NOW.date()}
    actions.observe(body.enrolment, aimed.competency, **what, by=body.trainer, at=NOW)
    level = wrong.level.framework.levels.get(code="2")
    director = body.training_director
    awarded = actions.rectify(
        wrong, level=level, code="mistake", reason="x", evidence=build.ENOUGH, by=director, at=NOW
    )
    standing = awarded if isinstance(awarded, CompetencyRecord) else CompetencyRecord.objects.standing().get()
    actions.give_out(standing, Form.JSON, at=NOW)
    actions.suspend(standing, reason="check", by=director, at=NOW)
    receive(body)
    return body


def rows_of(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return [tuple(map(str, row)) for row in cursor.fetchall()]


def refused(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", fences.FENCED)
def test_no_statement_changes_or_removes_a_row(body, table):
    before = rows_of(table)
    assert before, "a fence around nothing proves nothing"
    with connection.cursor() as cursor:
        columns = [each.name for each in connection.introspection.get_table_description(cursor, table)]
    for column in columns:
        refused(f"UPDATE {table} SET {column} = {column}" if column != "feed_seq" else f"DELETE FROM {table}")
    refused(f"UPDATE {table} SET id = id + 1000")
    refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {table} CASCADE")
        refused(f"TRUNCATE {table} RESTART IDENTITY CASCADE")
        refused("TRUNCATE enrolments_enrolment CASCADE")
        refused(
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id + 1000"
        )
        refused(f"WITH gone AS (DELETE FROM {table} RETURNING *) SELECT * FROM gone")
    else:
        refused(f"REPLACE INTO {table} SELECT * FROM {table}")
        refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
    assert rows_of(table) == before


def test_the_place_in_the_feed_is_filled_in_once_and_nothing_beside_it(body):
    table = "competencies_competencyrecord"
    record = CompetencyRecord.objects.filter(feed_seq__isnull=True).first()
    refused(f"UPDATE {table} SET feed_seq = 77, content = 'x' WHERE id = {record.pk}")
    refused(f"UPDATE {table} SET feed_seq = 77, sha256 = 'x' WHERE id = {record.pk}")
    assert CompetencyRecord.objects.filter(pk=record.pk).update(feed_seq=77) == 1
    refused(f"UPDATE {table} SET feed_seq = 78 WHERE id = {record.pk}")
    refused(f"UPDATE {table} SET feed_seq = NULL WHERE id = {record.pk}")


def test_a_record_goes_where_its_tombstone_stands_and_nowhere_else(body):
    record = CompetencyRecord.objects.standing().get()
    for table in ("competencies_credential", "competencies_statusplace", "competencies_suspension"):
        refused(f"DELETE FROM {table} WHERE record_id = {record.pk}")
    refused(f"DELETE FROM competencies_competencyrecord WHERE id = {record.pk}")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM competencies_rectification WHERE 1 = 0")
    lonely = build.copy_with(record, {"record_id": ""})
    stones = actions.delete_record(lonely, reason="unlawful", by=body.administrator, at=timezone.now())
    assert [stone.record_uuid for stone in stones] == [lonely.uuid]
    assert not CompetencyRecord.objects.filter(pk=lonely.pk).exists()
