"""The pages: who sees what, the steps of closing, downloads, and a steady number of queries."""

from datetime import datetime, timedelta

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.attendance import access, access_registers, actions, queries
from lms.attendance.models import RegisterPage
from lms.audit.models import Entry
from lms.enrolments.actions import end_staff
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import hold, minutes
from tests.factories import NOW

PASSWORD = "una-prova-lunga"
AFTER = NOW + timedelta(hours=2, minutes=5)
STAFF = ("trainer", "tutor", "training_director", "inspector")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def address(name, session):
    return reverse(f"attendance:{name}", args=[session.uuid])


@pytest.fixture
def both(world):
    """A closed page on both sides."""
    for body in (world.here, world.there):
        actions.close_page(hold(body, people=[(body.beneficiary, (5, 60))]), by=body.trainer, at=AFTER)
    return world


def test_the_filter_and_the_single_fetch_are_one_rule(both):
    for side in (both.here, both.there):
        for person in side.people.values():
            pages = set(access.pages_visible_to(person))
            registers = set(access_registers.registers_visible_to(person))
            for body in (both.here, both.there):
                page = RegisterPage.objects.get(session=body.session)
                assert (page in pages) == fetched(access.page_for, person, body.session.uuid)
                assert (page.register in registers) == fetched(
                    access_registers.register_for, person, page.register.code
                )


@pytest.mark.parametrize("kept", [(), ("inspector",)])
def test_a_trainer_whose_task_ended_neither_reads_nor_closes(world, kept):
    """Not even where another task in the edition still opens the class."""
    here = world.here
    for role in kept:
        make.membership(here.trainer, role, here.training_body)
        make.staff(here.edition, here.trainer, role)
    hold(here, people=[(here.beneficiary, (5, 60))])
    assert access.powers(here.trainer, here.session).signs
    end_staff(here.edition.staff.get(role="trainer"), by=here.training_director, at=AFTER)
    client = signed_in(here.trainer)
    assert client.get(address("class", here.session)).status_code == (200 if kept else 404)
    assert client.post(address("close", here.session)).status_code == 404
    assert not access.powers(here.trainer, here.session).signs


def fetched(fetch, *args):
    try:
        fetch(*args)
    except Http404:
        return False
    return True


def test_who_coordinates_another_network_takes_no_register_away_here(both):
    """A role gives its rights where it is exercised: here this person teaches, and reads their own pages."""
    here, there = both.here, both.there
    make.membership(here.trainer, "consortium_coordinator", there.consortium)
    codes = [body.session.register_page.register.code for body in (here, there)]
    answers = [signed_in(here.trainer).get(reverse("attendance:register_csv", args=[code])) for code in codes]
    assert [answer.status_code for answer in answers] == [404, 200]
    register = here.session.register_page.register
    assert not access_registers.register_tasks(here.trainer, register).downloads


def test_who_sees_the_log_of_a_class(both):
    seen = {name for name, person in both.here.people.items() if access.pages_visible_to(person).exists()}
    assert seen == set(STAFF)


def test_a_trainer_sees_only_own_classes(world):
    body = world.here
    colleague = make.person("Collega", "Docente", role="trainer", agency=body.training_body)
    make.staff(body.edition, colleague, "trainer")
    hold(body)
    assert not access.pages_visible_to(colleague).exists()
    assert signed_in(colleague).get(address("class", body.session)).status_code == 404


def test_preview_then_close_then_only_a_rectification(world):
    body = world.here
    hold(body, people=[(body.beneficiary, (4, 40), (41, 110))])
    client = signed_in(body.trainer)
    preview = client.get(address("close", body.session))
    assert "1 h 46 min" in preview.content.decode()
    mark = preview.context["preview"].sheet.mark
    form = {"topic": "La posta elettronica", "incidents": "", "previewed": mark, "secret": PASSWORD}
    assert client.post(address("close", body.session), form).status_code == 302
    page = RegisterPage.objects.get(session=body.session)
    assert (page.number, page.topic) == (1, "La posta elettronica")
    assert client.post(address("close", body.session), form).status_code == 302, "twice is once"
    assert signed_in(body.tutor).post(address("close", body.session), form).status_code == 409
    shown = client.get(address("class", body.session)).content.decode()
    assert address("amend", body.session) in shown
    assert address("close", body.session) not in shown


def test_closing_what_was_not_previewed_is_refused(world):
    body = world.here
    hold(body, people=[(body.beneficiary, (0, 60))])
    form = {"topic": "La posta", "previewed": "0" * 64, "secret": PASSWORD}
    assert signed_in(body.trainer).post(address("close", body.session), form).status_code == 409
    assert RegisterPage.objects.get(session=body.session).closed_at is None


def test_a_rectification_through_the_pages(both):
    body = both.here
    field = f"minutes_{body.enrolment.uuid}"
    answer = signed_in(body.trainer).post(
        address("amend", body.session), {"reason": "Linea caduta, visto in aula", field: "100"}
    )
    assert answer.status_code == 302
    (waiting,) = queries.waiting_amendments(RegisterPage.objects.get(session=body.session))
    decide = reverse("attendance:decide", args=[waiting.uuid])
    assert signed_in(body.trainer).post(decide, {"answer": "confirm"}).status_code == 404
    assert signed_in(body.training_director).post(decide).status_code == 400, "no answer refuses nothing"
    assert signed_in(body.training_director).post(decide, {"answer": "confirm"}).status_code == 302
    assert queries.minutes_of(body.enrolment).live == 100
    assert "100" in signed_in(body.trainer).get(address("class", body.session)).content.decode()


def test_a_break_noted_wrongly_is_taken_back_while_the_page_is_open(world):
    """Else its minutes would be lost to everybody: no rectification goes beyond the class without its breaks."""
    body = world.here
    page = hold(body, people=[(body.beneficiary, (0, 120))])
    pause = actions.add_break(
        page, starts_at=NOW, ends_at=NOW + minutes(100), by=body.trainer, at=NOW + minutes(121)
    )
    assert queries.sheet_of(body.session).lines[0].minutes == 20
    client, url = signed_in(body.trainer), reverse("attendance:break_remove", args=[pause.uuid])
    assert url in client.get(address("class", body.session)).text
    assert client.post(url).status_code == 302
    assert queries.sheet_of(body.session).lines[0].minutes == 120
    assert client.post(url).status_code == 404
    actions.remove_break(pause, by=body.trainer, at=AFTER)
    assert Entry.objects.filter(verb="write.class_break_removed").count() == 1
    pause = actions.add_break(page, starts_at=NOW, ends_at=NOW + minutes(20), by=body.trainer, at=AFTER)
    actions.close_page(page, by=body.trainer, at=AFTER)
    with pytest.raises(Refused, match=r"page\.closed"):
        actions.remove_break(pause, by=body.trainer, at=AFTER)
    form = {"reason": "Visto in aula", f"minutes_{body.enrolment.uuid}": "101"}
    assert signed_in(body.trainer).post(address("amend", body.session), form).status_code == 422


def test_a_break_after_midnight_is_of_the_day_that_has_begun(world):
    """And one that no minute of the class is in is refused: whoever noted it would believe that it counts."""
    body, evening = world.here, datetime(2026, 11, 25, 22, 0, tzinfo=timezone.get_default_timezone())
    night = make.session(body.edition, body.trainer, starts_at=evening, minutes=180)
    hold(body, night, people=[(body.beneficiary, (0, 180))], end=180)
    client, url = signed_in(body.trainer), reverse("attendance:break", args=[night.uuid])
    for times in (("00:10", "00:20"), ("23:55", "00:05")):
        assert client.post(url, dict(zip(("starts_at", "ends_at"), times, strict=True))).status_code == 302
    assert queries.sheet_of(night).lines[0].minutes == 160
    for times in (("21:00", "21:10"), ("09:10", "09:20")):
        assert client.post(url, dict(zip(("starts_at", "ends_at"), times, strict=True))).status_code == 409
    assert night.register_page.breaks.count() == 2


def test_an_inspector_s_reading_is_written_down_and_expires(both):
    body = both.here
    assert signed_in(body.inspector).get(address("class", body.session)).status_code == 200
    assert Entry.objects.filter(actor=body.inspector, verb="read.class_log").count() == 1
    body.edition.staff.filter(role="inspector").update(expires_at=NOW - timedelta(days=365))
    assert signed_in(body.inspector).get(address("class", body.session)).status_code == 404


def test_who_follows_people_sees_hours_and_no_log_and_is_written_down(both):
    body = both.here
    client = signed_in(body.social_worker)
    assert client.get(reverse("attendance:classes")).url == reverse("attendance:hours")
    shown = client.get(reverse("attendance:hours"))
    assert "55 min" in shown.content.decode()
    assert {row.enrolment.person for row in shown.context["rows"]} == {body.beneficiary}
    assert Entry.objects.filter(
        actor=body.social_worker, subject=body.beneficiary, verb="read.hours"
    ).exists()
    assert client.get(address("class", body.session)).status_code == 404


def test_the_csv_has_everybody_with_offset_times(both):
    body = both.here
    text = signed_in(body.trainer).get(address("class_csv", body.session)).content.decode("utf-8-sig")
    assert "2026-11-24T15:05:00+01:00" in text
    assert "lms" not in text
    assert text.count("\n") == 3


def test_names_that_look_like_formulas_are_neutralised(both):
    body = both.here
    body.beneficiary.last_name = "=1+1"
    body.beneficiary.save()
    later = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(days=1))
    hold(body, later)
    text = signed_in(body.trainer).get(address("class_csv", later)).content.decode("utf-8-sig")
    assert "'=1+1" in text


def test_filters_that_make_no_sense_are_no_filters(both):
    client = signed_in(both.here.tutor)
    answer = client.get(reverse("attendance:classes"), {"edition": "x", "day": "31/31", "state": "closed"})
    assert answer.status_code == 200
    assert len(answer.context["rows"]) == 1


@pytest.mark.parametrize("state", ["planned", "open", "ended", "closed"])
def test_the_state_filter(world, state):
    body = world.here
    sessions = {"planned": body.session}
    for index, name in enumerate(("open", "ended", "closed"), start=1):
        sessions[name] = make.session(body.edition, body.trainer, starts_at=NOW - timedelta(days=index))
    actions.start_class(sessions["open"], by=body.trainer, at=sessions["open"].starts_at)
    hold(body, sessions["ended"])
    actions.close_page(hold(body, sessions["closed"]), by=body.trainer, at=AFTER)
    found = signed_in(body.tutor).get(reverse("attendance:classes"), {"state": state})
    assert [row.session for row in found.context["rows"]] == [sessions[state]]


def many(body, count):
    for index in range(count):
        session = make.session(body.edition, body.trainer, starts_at=NOW - timedelta(days=2 + index))
        page = hold(body, session, people=[(body.beneficiary, (0, 30))])
        actions.close_page(page, by=body.trainer, at=session.ends_at)


def queries_of(client, url, django_assert_max_num_queries):
    client.get(url)
    with django_assert_max_num_queries(100) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_lists_keep_their_number_of_queries(world, django_assert_max_num_queries):
    body = world.here
    client, inspector = signed_in(body.tutor), signed_in(body.training_director)
    many(body, 2)
    register = reverse("attendance:register", args=[f"REG-{body.edition.code}"])
    urls = [
        (client, reverse("attendance:classes")),
        (client, reverse("attendance:registers")),
        (inspector, register),
    ]
    few = [queries_of(who, url, django_assert_max_num_queries) for who, url in urls]
    make_more(body)
    assert [queries_of(who, url, django_assert_max_num_queries) for who, url in urls] == few


def make_more(body):
    for index in range(12):
        session = make.session(body.edition, body.trainer, starts_at=NOW - timedelta(days=30 + index))
        actions.close_page(hold(body, session), by=body.trainer, at=session.ends_at)


def test_the_grid_and_the_preview_keep_their_number_of_queries(world, django_assert_max_num_queries):
    body = world.here
    page = hold(body, people=[(body.beneficiary, (0, 30))])
    client = signed_in(body.trainer)
    urls = [address("class", body.session), address("close", body.session)]
    few = [queries_of(client, url, django_assert_max_num_queries) for url in urls]
    for index in range(30):
        learner = make.person(f"Nome{index}", f"Cognome{index}", role="beneficiary", agency=body.consortium)
        enrolment = make.enrolment(learner, body.edition)
        connect(page.session, learner, enrolment)
    assert [queries_of(client, url, django_assert_max_num_queries) for url in urls] == few
    assert max(few) <= 20


def connect(session, person, enrolment):
    from tests.attendance.conftest import attend

    attend(session, person, (1, 40), (45, 100))


def test_the_bar_tells_the_same_as_its_words(world):
    body = world.here
    hold(body, people=[(body.beneficiary, (-8, 30), (31, 60))])
    row = queries.grid_of(queries.sheet_of(body.session)).rows[0]
    assert row.words == "14:52–15:30, 15:31–16:00"
    assert [bar.kind for bar in row.bars] == ["waiting", "merged", "connected", "connected"]
    assert all(0 <= bar.x <= 1000 for bar in row.bars)


def test_a_break_through_the_page_counts_for_nobody(world):
    body = world.here
    hold(body, people=[(body.beneficiary, (0, 120))])
    url = address("break", body.session)
    assert signed_in(body.trainer).post(url, {"starts_at": "16:00", "ends_at": "16:15"}).status_code == 302
    assert queries.sheet_of(body.session).lines[0].minutes == 105
    assert signed_in(body.trainer).post(url, {"starts_at": "16:15", "ends_at": "16:00"}).status_code == 409
    assert signed_in(body.trainer).post(url, {"starts_at": "x"}).status_code == 422


def test_a_learner_reads_own_classes(world):
    body = world.here
    page = hold(body, people=[(body.beneficiary, (2, 118))])
    (record,) = queries.classes_of(body.enrolment)
    assert (record.state, record.minutes) == ("ended", 116)
    actions.close_page(page, by=body.trainer, at=AFTER)
    (record,) = queries.classes_of(body.enrolment)
    assert (record.state, record.minutes, record.first_in) == ("closed", 116, NOW + minutes(2))
