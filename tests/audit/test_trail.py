"""What is in the trail stays as it is."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lms.audit.actions import record
from lms.audit.exports import csv_text, safe_cell
from lms.audit.models import Entry
from lms.audit.queries import entries_about
from tests.fenced import stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(world):
    here = world.here
    return record("read.person", by=here.social_worker, subject=here.beneficiary, purpose="prova")


def test_an_entry_keeps_role_and_agency_as_they_are_now(entry, world):
    assert entry.actor_role == "social_worker"
    assert entry.actor_agency == world.here.consortium.name


def test_python_refuses(entry):
    entry.purpose = "altro"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET purpose = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses(entry, sql):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(purpose="x")
    assert Entry.objects.get(pk=entry.pk).purpose == "prova"


@pytest.mark.services
def test_no_statement_removes_an_entry(entry, world):
    record("read.person", by=world.here.tutor, subject=world.here.beneficiary)
    stay("audit_entry")


def test_own_reads_are_not_shown_to_oneself(world):
    me = world.here.beneficiary
    record("write.profile", by=me, subject=me, at=timezone.now())
    record("read.person", by=world.here.tutor, subject=me, at=timezone.now())
    assert [entry.verb for entry in entries_about(me)] == ["read.person"]
    assert not entries_about(world.there.beneficiary)


@pytest.mark.parametrize("cell", ["=1+1", "+39", "-2", "@x", "\t=1", "\r=1"])
def test_cells_that_would_run_are_neutralised(cell):
    assert safe_cell(cell) == "'" + cell
    assert f"'{cell.strip()}" in csv_text(["A"], [[cell]]).replace("'\t", "'").replace("'\r", "'")


def test_numbers_and_words_stay():
    assert safe_cell(-2) == -2
    assert safe_cell("Amina") == "Amina"
