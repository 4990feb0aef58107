"""What has had its time goes, what the law keeps stays, and every model that holds personal data has its rule."""

import io
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command

from live.models import ChatLine, Room
from lms.attendance import actions, queries
from lms.attendance.models import Justification, JustificationPaper, RegisterLine
from lms.audit import retention
from lms.audit.models import Entry
from lms.notifications.models import Notification
from lms.people.models import CaseAssignment, User
from tests.attendance.conftest import hold, minutes, records  # noqa: F401
from tests.factories import NOW, ROME


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("retention", *arguments, stdout=out)
    return out.getvalue()


def test_every_model_that_says_how_long_has_one_rule():
    declared = [model for model in apps.get_models() if isinstance(getattr(model, "retention", None), str)]
    ruled = [rule.model for rule in retention.rules()]
    assert sorted(model._meta.label for model in ruled) == sorted(model._meta.label for model in declared)
    for rule in retention.rules():
        assert rule.act is not None or rule.stays, rule.model


@pytest.fixture
def lived(world, records):  # noqa: F811
    """A class with a closed page, a justified absence with its paper, a chat, a notification: in November 2026."""
    body = world.here
    page = actions.close_page(hold(body), by=body.trainer, at=NOW + minutes(125))
    row = actions.ask_justification(
        body.enrolment, [body.session], reason="illness", note="La febbre", by=body.social_worker, at=NOW
    )
    actions.attach_paper(row, name="c.pdf", content=b"%PDF-1.7 prova", by=body.social_worker, at=NOW)
    room = Room.objects.create(session=body.session, hands=[str(body.beneficiary.uuid)])
    ChatLine.objects.create(room=room, seq=1, author=body.beneficiary, text="Ciao", at=NOW, key=uuid4())
    Notification.objects.create(recipient=body.beneficiary, made_at=NOW, subject="Ciao", body="Ciao")
    User.objects.filter(pk=body.beneficiary.pk).update(date_joined=NOW, birth_date="1980-01-01")
    return body, page


def at(year, month=6, day=1):
    return datetime(year, month, day, 12, tzinfo=ROME)


def test_a_dry_run_counts_says_why_and_changes_nothing(lived):
    before = {model: model._default_manager.count() for model in apps.get_models()}
    text = said("--dry-run", "--at", "2040-01-01T00:00+01:00")
    assert {model: model._default_manager.count() for model in apps.get_models()} == before
    for words in (
        "attendance.JustificationPaper: 1 rows, 1 to erase or empty",
        "attendance.RegisterEntry: 2 rows, 2 over and staying",
        "basis: GDPR art. 9(2)(g)",
        "stays: the law keeps it: ten years (c.c. art. 2220)",
        "live.ChatLine: 1 rows, 1 to erase or empty",
    ):
        assert words in text, text
    assert "attendance.JustificationPaper: 1 rows, 0 to erase or empty" in said("--dry-run")


def test_each_goes_at_its_own_time_and_the_register_stays_whole(lived, records):  # noqa: F811
    body, page = lived
    retention.carry_out(at=at(2027))  # the edition ended in December 2026
    assert (
        JustificationPaper.objects.count()
        == ChatLine.objects.count()
        == Notification.objects.filter(subject="Ciao").count()
        == 1
    )
    assert Room.objects.get().hands == []
    retention.carry_out(at=at(2028))
    assert not ChatLine.objects.exists()
    assert not JustificationPaper.objects.exists()
    assert not list(records.rglob("absences/*"))
    row = Justification.objects.get()
    assert (row.note, row.reason) == ("", "illness")
    assert Entry.objects.filter(verb="write.retention", subject=body.beneficiary).count() == 1
    assert Notification.objects.filter(subject="Ciao").exists()
    retention.carry_out(at=at(2029))
    assert not Notification.objects.exists()
    retention.carry_out(at=at(2038))
    assert RegisterLine.objects.count() == 1
    assert not [found for found in queries.verify(page.register).findings if found.fault.code != "unanchored"]


@pytest.mark.usefixtures("lived")
def test_twice_is_once_and_what_is_cited_stays():
    CaseAssignment.objects.update(ends_on=NOW.date() + timedelta(days=9))
    first = retention.carry_out(at=at(2040))
    erased = {each.rule.model._meta.label: (each.done, each.staying) for each in first if each.over}
    assert erased["people.CaseAssignment"][0] == 6
    assert erased["enrolments.Enrolment"] == (1, 1)  # the other network's has no page that cites it
    entries = Entry.objects.count()
    again = retention.carry_out(at=at(2040))
    assert sum(each.done for each in again) == 0
    assert Entry.objects.count() == entries


def test_months_end_where_they_end():
    for moment, months, day in (
        (at(2028, 3, 31), 1, "2028-02-29"),
        (at(2027, 3, 31), 1, "2027-02-28"),
        (at(2028, 2, 29), 12, "2027-02-28"),
        (at(2027, 1, 15), 1, "2026-12-15"),
    ):
        assert retention.months_before(moment, months).isoformat() == day
