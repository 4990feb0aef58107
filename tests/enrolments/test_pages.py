"""The pages under /edizioni/, over HTTP."""

from datetime import timedelta

import pytest
import time_machine
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from lms.enrolments import access, actions
from lms.enrolments.models import ClassSession, Edition, Enrolment
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def tutor(world, client):
    client.force_login(world.here.tutor)
    return client


@pytest.fixture
def director(world, client):
    client.force_login(world.here.training_director)
    return client


def test_the_list_is_searched_filtered_and_exported(world, tutor):
    page = tutor.get("/edizioni/").content.decode()
    assert "ED-QUI" in page
    assert "ED-LA" not in page
    assert "ED-QUI" not in tutor.get("/edizioni/?q=zzz").content.decode()
    assert "ED-QUI" not in tutor.get("/edizioni/?phase=ended").content.decode()
    assert "ED-QUI" in tutor.get("/edizioni/?phase=nonsense").content.decode()
    table = tutor.get("/edizioni/?format=csv")
    assert table["Content-Type"].startswith("text/csv")
    assert "ED-QUI" in table.content.decode()


def count(connection, client, address) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_lists_cost_the_same_with_two_rows_and_with_fifty(world, tutor, django_assert_num_queries):
    from django.db import connection

    def more(number):
        for _ in range(number):
            edition = make.edition(world.here.course, world.here.training_body)
            make.staff(edition, world.here.tutor, "tutor")
            make.enrolment(make.person(), world.here.edition, by=world.here.tutor)
            make.session(world.here.edition, world.here.trainer)

    more(1)
    tutor.get("/edizioni/")
    for address in ("/edizioni/", "/edizioni/ED-QUI/", "/edizioni/?format=csv"):
        count(connection, tutor, address)
    few = [count(connection, tutor, a) for a in ("/edizioni/", "/edizioni/ED-QUI/", "/edizioni/?format=csv")]
    more(48)
    many = [count(connection, tutor, a) for a in ("/edizioni/", "/edizioni/ED-QUI/", "/edizioni/?format=csv")]
    assert many == few


def test_who_follows_a_person_sees_that_person_and_no_other(world, client):
    make.enrolment(make.person("Zefira", "Nascosta"), world.here.edition)
    client.force_login(world.here.social_worker)
    page = client.get("/edizioni/ED-QUI/").content.decode()
    assert "Beneficiary" in page
    assert "Nascosta" not in page
    assert "Nascosta" not in client.get("/edizioni/ED-QUI/?format=csv").content.decode()


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("tutor", True),
        ("training_director", True),
        ("cpi_operator", True),
        ("social_worker", False),
        ("agency_operator", False),
        ("trainer", False),
        ("inspector", False),
        ("consortium_coordinator", False),
    ],
)
def test_who_sent_a_person_is_for_who_runs_the_edition_and_for_the_sender(world, client, role, reads):
    """The sender gives the measure away: no trainer or inspector learns it, on the page or in the file."""
    for body in (world.here, world.there):
        Enrolment.objects.filter(pk=body.enrolment.pk).update(referring_agency=body.cpi)
        client.force_login(body.people[role])
        address = f"/edizioni/{body.edition.code}/"
        page, sheet = (client.get(a).content.decode() for a in (address, f"{address}?format=csv"))
        for text in (page, sheet):
            assert body.beneficiary.first_name in text
            assert (body.cpi.name in text) == reads
        assert ("Sent by" in sheet or "Segnalato da" in sheet) == reads


def test_a_name_that_looks_like_a_formula_is_only_a_name(world, tutor):
    make.enrolment(make.person("Ugo", "=cmd|' /C calc'!A0"), world.here.edition)
    assert ";=cmd" not in tutor.get("/edizioni/ED-QUI/?format=csv").content.decode()
    assert "\n=cmd" not in tutor.get("/edizioni/ED-QUI/?format=csv").content.decode()


def test_a_director_opens_an_edition_chooses_staff_and_plans(world, director):
    form = {
        "course": world.here.course.pk,
        "agency": world.here.training_body.pk,
        "code": "DIGI-9",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-20",
        "capacity": "10",
        "mode": "online",
    }
    assert director.post("/edizioni/nuova/", form).status_code == 302
    assert director.post("/edizioni/nuova/", form).status_code == 400  # the code is taken
    assert director.post("/edizioni/nuova/", form | {"code": "ore"}).status_code == 400
    assert director.post("/edizioni/nuova/", form | {"code": "Z", "ends_on": "2026-11-01"}).status_code == 400
    edition = Edition.objects.get(code="DIGI-9")
    staff = {"role": "trainer", "user": world.here.trainer.uuid}
    assert director.post("/edizioni/DIGI-9/personale/", staff).status_code == 302
    inspector = {"role": "inspector", "user": world.here.inspector.uuid}
    assert director.post("/edizioni/DIGI-9/personale/", inspector).status_code == 400  # until when?
    other = {"role": "trainer", "user": world.there.trainer.uuid}
    assert director.post("/edizioni/DIGI-9/personale/", other).status_code == 400  # another network
    planned = {
        "title": "Prima",
        "day": "2026-12-02",
        "start": "15:00",
        "end": "17:00",
        "trainer": world.here.trainer.uuid,
        "mode": "online",
    }
    assert director.post("/edizioni/DIGI-9/lezione/", planned).status_code == 302
    assert (
        director.post("/edizioni/DIGI-9/lezione/", planned).status_code == 400
    )  # twice: the trainer is busy
    assert director.post("/edizioni/DIGI-9/lezione/", planned | {"day": "2027-05-05"}).status_code == 400
    session = ClassSession.objects.get(edition=edition)
    assert session.starts_at.astimezone(make.ROME).hour == 15


def test_an_hour_that_does_not_exist_is_refused(world, director):
    edition = make.edition(
        world.here.course, world.here.training_body, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(200)
    )
    make.staff(edition, world.here.trainer, "trainer")
    planned = {
        "title": "Notte",
        "day": "2027-03-28",
        "start": "02:30",
        "end": "04:00",
        "trainer": world.here.trainer.uuid,
        "mode": "online",
    }
    assert director.post(f"/edizioni/{edition.code}/lezione/", planned).status_code == 400


@time_machine.travel(NOW, tick=False)
def test_a_class_is_moved_and_everybody_is_told_once(world, director):
    session = make.session(world.here.edition, world.here.trainer, starts_at=NOW + timedelta(days=20))
    address = f"/edizioni/lezioni/{session.uuid}/sposta/"
    assert address in director.get(f"/edizioni/{session.edition.code}/").text
    was = session.starts_at.astimezone(make.ROME)
    assert f'value="{was:%H:%M}"' in director.get(address).text
    day = f"{was + timedelta(days=2):%Y-%m-%d}"
    assert director.post(address, {"day": day, "start": "17:00", "end": "16:00"}).status_code == 400
    for _twice in range(2):
        assert director.post(address, {"day": day, "start": "16:00", "end": "18:30"}).status_code == 302
    session.refresh_from_db()
    assert f"{session.starts_at.astimezone(make.ROME):%Y-%m-%d %H:%M}" == f"{day} 16:00"
    assert session.ends_at - session.starts_at == timedelta(hours=2.5)
    assert "16:00" in world.here.beneficiary.notifications.get().body


@time_machine.travel(NOW, tick=False)
def test_no_class_is_moved_into_the_past_nor_once_it_has_begun(world, director):
    ahead = make.session(world.here.edition, world.here.trainer, starts_at=NOW + timedelta(days=1))
    before = {"day": f"{NOW - timedelta(days=1):%Y-%m-%d}", "start": "16:00", "end": "18:00"}
    assert director.post(f"/edizioni/lezioni/{ahead.uuid}/sposta/", before).status_code == 400
    begun = make.session(world.here.edition, world.here.trainer, starts_at=NOW - timedelta(minutes=5))
    later = {"day": f"{NOW + timedelta(days=2):%Y-%m-%d}", "start": "16:00", "end": "18:00"}
    refused = director.post(f"/edizioni/lezioni/{begun.uuid}/sposta/", later)
    assert refused.status_code == 400
    assert "Questa lezione è iniziata" in refused.text
    for session in (ahead, begun):
        was = session.starts_at
        session.refresh_from_db()
        assert session.starts_at == was


def test_a_class_is_cancelled_with_a_reason_and_everybody_is_told(world, director):
    session = make.session(world.here.edition, world.here.trainer, starts_at=NOW + timedelta(days=20))
    address = f"/edizioni/lezioni/{session.uuid}/annulla/"
    assert director.post(address, {"reason": ""}).status_code == 400
    assert director.post(address, {"reason": "La docente è malata"}).status_code == 302
    session.refresh_from_db()
    assert session.cancelled_at
    told = world.here.beneficiary.notifications.get().body
    assert "La docente è malata." in told


def test_a_social_worker_refers_from_the_page(world, client):
    worker = world.here.social_worker
    person = make.person("Nuova")
    make.case(worker, person, world.here.consortium)
    client.force_login(worker)
    address = "/edizioni/ED-QUI/invia/"
    assert str(person.uuid) in client.get(address).content.decode()
    agency = world.here.consortium.uuid
    assert client.post(address, {"person": person.uuid, "agency": agency}).status_code == 302
    assert client.post(address, {"person": person.uuid, "agency": agency}).status_code == 400  # already in
    assert client.post(address, {"person": world.there.beneficiary.uuid, "agency": agency}).status_code == 400
    assert Enrolment.objects.get(person=person).referring_agency == world.here.consortium


def test_a_person_applies_and_the_tutor_decides(world, client):
    client.force_login(world.here.stranger)
    assert client.get("/edizioni/ED-QUI/domanda/").status_code == 200
    for _twice in range(2):
        assert client.post("/edizioni/ED-QUI/domanda/", {"message": "Vorrei"}).status_code == 302
    asked = Enrolment.objects.get(person=world.here.stranger)
    client.force_login(world.there.tutor)
    assert client.post(f"/edizioni/iscrizioni/{asked.uuid}/accetta/").status_code == 404
    client.force_login(world.here.social_worker)
    assert client.post(f"/edizioni/iscrizioni/{asked.uuid}/accetta/").status_code == 404
    client.force_login(world.here.tutor)
    assert client.get(f"/edizioni/iscrizioni/{asked.uuid}/accetta/").status_code == 405
    assert client.post(f"/edizioni/iscrizioni/{asked.uuid}/rifiuta/", {"reason": ""}).status_code == 400
    assert client.post(f"/edizioni/iscrizioni/{asked.uuid}/accetta/").status_code == 302
    asked.refresh_from_db()
    assert asked.status == "active"


def test_one_takes_back_ones_own_request_only(world, client):
    asked = actions.apply(world.here.stranger, world.here.edition, at=NOW)
    client.force_login(world.there.stranger)
    assert client.post(f"/edizioni/iscrizioni/{asked.uuid}/lascia/").status_code == 404
    client.force_login(world.here.stranger)
    assert client.post(f"/edizioni/iscrizioni/{asked.uuid}/lascia/").status_code == 302
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


def test_the_calendar_shows_ones_own_classes_in_italian_time(world, client):
    october = NOW.replace(month=10, day=20)
    make.session(world.here.edition, world.here.trainer, starts_at=october + timedelta(days=14))
    token = access.feed_token(actions.make_feed(world.here.beneficiary, at=NOW))
    response = client.get(f"/edizioni/calendario/{token}.ics")
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    events = calendar.walk("VEVENT")
    assert {event["summary"] for event in events} == {"Prima lezione dal vivo"}
    assert all(event["dtstart"].params["TZID"] == "Europe/Rome" for event in events)
    assert {event["dtstart"].dt.hour for event in events} == {15}
    assert calendar.walk("VTIMEZONE")
    actions.revoke_feed(world.here.beneficiary, at=NOW)
    assert client.get(f"/edizioni/calendario/{token}.ics").status_code == 404
    assert client.get("/edizioni/calendario/nonsense.ics").status_code == 404
