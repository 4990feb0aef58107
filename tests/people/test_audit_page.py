"""Searching the audit trail: who may, what they find, and that searching leaves its own entry."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from lms.audit.actions import record
from lms.audit.models import Entry
from lms.people.verbs import VERBS, purpose_in_words

URL = reverse("people:audit")


def read(person, **filters) -> str:
    client = Client()
    client.force_login(person)
    answer = client.get(URL, filters)
    assert answer.status_code == 200
    return answer.content.decode()


def names_in(html: str) -> int:
    return html.count("<tr>") - 1  # the row of the heads


@pytest.fixture
def trail(world):
    """One read and one write in each network, one of them a week ago."""
    at = timezone.now()
    for body in (world.here, world.there):
        record("read.hours", by=body.social_worker, subject=body.beneficiary, purpose="Colloquio", at=at)
        record(
            "write.amendment_entered",
            by=body.training_director,
            subject=body.beneficiary,
            target=body.edition,
            purpose="Firma su carta",
            at=at - timedelta(days=7),
        )
    return world.here


def test_the_officer_reads_one_network_and_the_coordinator_one_body(trail, world):
    assert names_in(read(trail.data_protection_officer, subject="beneficiary")) == 2
    seen = read(trail.consortium_coordinator)
    assert "Colloquio" in seen
    assert "Firma su carta" not in seen  # of the training body
    for reader in (trail.data_protection_officer, trail.consortium_coordinator):
        assert str(world.there.social_worker) not in read(reader)


def test_filters_narrow_and_nonsense_is_no_filter(trail):
    officer = trail.data_protection_officer
    today = timezone.localdate()
    for filters, found in (
        ({"actor": "social worker", "subject": "qui"}, 1),
        ({"actor": "nessuno"}, -1),
        ({"subject": "beneficiary qui"}, 2),
        ({"kind": "read", "subject": "qui"}, 1),
        ({"verb": "write.amendment_entered", "subject": "qui"}, 1),
        ({"verb": "write.sciocchezze", "subject": "qui"}, 2),
        ({"purpose": "carta", "subject": "qui"}, 1),
        ({"purpose": "enrolments.Edition", "subject": "qui"}, 1),
        ({"since": today - timedelta(days=1), "subject": "qui"}, 1),
        ({"until": today - timedelta(days=1), "subject": "qui"}, 1),
        ({"since": "ieri", "subject": "qui"}, 2),
    ):
        assert names_in(read(officer, **filters)) == found, filters


def test_a_search_is_an_entry_and_a_list_is_taken_away(trail):
    officer = trail.data_protection_officer
    read(officer, actor="social worker")
    entry = Entry.objects.get(actor=officer)
    assert (entry.verb, entry.subject, "social worker" in entry.purpose) == ("read.audit", None, True)
    table = read(officer, formato="csv")
    assert table.startswith("\ufeff")
    assert re.search(r"T\d\d:\d\d:\d\d\+0[12]:00;.*;read\.hours;", table)


def test_what_was_done_is_told_in_words():
    with translation.override("it"):
        assert [
            purpose_in_words(each)
            for each in ("assign DIG-BASE", "end trainer", "referral", "cancel: neve", "Per la sua carta")
        ] == [
            "dato: DIG-BASE",
            "finito: docente",
            "invio di un professionista",
            "annullato: neve",
            "Per la sua carta",
        ]


def test_searching_costs_the_same_for_two_and_for_fifty(trail, django_assert_max_num_queries):
    client = Client()
    client.force_login(trail.data_protection_officer)
    client.get(URL)
    for _n in range(49):
        record("read.hours", by=trail.tutor, subject=trail.beneficiary)
    with django_assert_max_num_queries(8):
        assert names_in(client.get(URL).content.decode()) == 50


def test_every_verb_in_the_code_has_its_name():
    root = Path(settings.BASE_DIR)
    code = "\n".join(path.read_text() for room in ("lms", "live") for path in (root / room).rglob("*.py"))
    used = set(re.findall(r'"((?:read|write)\.[a-z_]+)"', code))
    assert used == set(VERBS)
