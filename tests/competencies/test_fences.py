"""What was written about a person stays as it was, also for whoever comes with SQL: on SQLite and on PostgreSQL."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lms.competencies import actions, fences
from lms.competencies.models import CompetencyRecord, Form
from tests.competencies import build
from tests.competencies.test_evidence import receive
from tests.factories import NOW
from tests.fenced import rows_of, stay

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
    refused(
        "TRUNCATE enrolments_enrolment CASCADE"
        if connection.vendor == "postgresql"
        else f"REPLACE INTO {table} SELECT * FROM {table}"
    )
    stay(table, (fences.FENCED[table] or "1 = 1").format(row=table))
    assert rows_of(table) == before


def test_the_place_in_the_feed_is_filled_in_once_and_nothing_beside_it(body):
    table = "competencies_competencyrecord"
    record = CompetencyRecord.objects.filter(feed_seq__isnull=True).first()
    refused(f"UPDATE {table} SET feed_seq = 77, content = 'x' WHERE id = {record.pk}")
    refused(f"UPDATE {table} SET feed_seq = 77, sha256 = 'x' WHERE id = {record.pk}")
    assert CompetencyRecord.objects.filter(pk=record.pk).update(feed_seq=77) == 1
    refused(f"UPDATE {table} SET feed_seq = 78 WHERE id = {record.pk}")
    refused(f"UPDATE {table} SET feed_seq = NULL WHERE id = {record.pk}")


def test_a_place_in_the_feed_that_is_taken_takes_no_record_away(body):
    """SQLite: what an UPDATE may fill in, an UPDATE OR REPLACE may not either, if it stands elsewhere."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows no REPLACE")
    first, second = CompetencyRecord.objects.filter(feed_seq__isnull=True)[:2]
    CompetencyRecord.objects.filter(pk=first.pk).update(feed_seq=77)
    refused(f"UPDATE OR REPLACE competencies_competencyrecord SET feed_seq = 77 WHERE id = {second.pk}")
    assert CompetencyRecord.objects.filter(pk=first.pk).exists()


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
