"""What staff read of people: facts and nothing else; passes that end reach open rooms; the way a class went."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from live import access, actions, quality
from live.desk import desk_of
from live.report import report_of
from live.threads import in_thread
from lms.attendance import actions as attendance
from lms.attendance.models import InspectorPass
from tests import factories as make
from tests.live.room_with_tools import poll_of
from tests.live.test_door import begin


def seat_of(body, who, session=None):
    return access.seat_for(body.people[who], (session or body.session).uuid)


@pytest.fixture
def held(world):
    """A class that began 40 minutes ago, with one learner in it who came 20 minutes late and came back once."""
    body, now = world.here, timezone.now().replace(microsecond=0)
    session = make.session(body.edition, body.trainer, starts_at=now - timedelta(minutes=40), minutes=90)
    attendance.start_class(session, by=body.trainer, at=session.starts_at)
    boot = uuid.uuid4()

    def connect(person, role, since, until=None):
        row = attendance.record_connection(
            person, session, device="d", boot_id=boot, role=role, at=now - timedelta(minutes=since)
        )
        last = now if until is None else now - timedelta(minutes=until)
        attendance.record_evidence({row.pk: last}, boot_id=boot)
        if until is not None:
            attendance.close_connection(row.pk, reason="left", at=last)

    connect(body.trainer, "trainer", 40)
    connect(body.beneficiary, "learner", 20, 15)
    connect(body.beneficiary, "learner", 14)
    gone = make.person("Bea", "Andata", role="beneficiary", agency=body.consortium)
    never = make.person("Aldo", "Maivisto", role="beneficiary", agency=body.consortium)
    for person in (gone, never):
        make.enrolment(person, body.edition)
    connect(gone, "learner", 40, 10)
    attendance.renew_lease(boot, at=now)
    return session


def test_facts_in_the_order_of_names_and_no_score(world, held):
    body, now = world.here, timezone.now()
    quality.keep({(held.uuid, body.beneficiary.uuid): quality.Sign(quality.WEAK, seen=False)})
    prompt = attendance.ask_presence(held, key=uuid.uuid4(), by=body.trainer, at=now - timedelta(minutes=9))
    assert prompt.deadline < now
    desk = desk_of(seat_of(body, "trainer", held), at=now)
    (row,) = desk.here
    assert [fact.words for fact in row.facts] == [
        "in aula da 19 min",
        "entrato con 20 min di ritardo",
        "collegato 2 volte",
        "linea debole",
        "pagina in secondo piano",
        f"non ha risposto alle {timezone.localtime(prompt.opens_at):%H:%M}",
    ]
    assert (desk.active, desk.silent) == ([], [row])
    names = [row.name for row in desk.absent]
    assert names == sorted(names)
    facts = {row.name: row.facts[0].words for row in desk.absent}
    assert facts["Maivisto Aldo"] == "non è ancora arrivato"
    assert facts["Andata Bea"].startswith("uscito alle ")
    assert (desk.asked.answered, desk.asked.asked) == (0, 1)
    assert not desk.leader_is_away


def test_who_is_connected_and_silent_stands_apart_during_and_after(world, held, settings):
    """One line, one vote or one answer is enough; hands and reactions are never stored."""
    settings.LIVE_PROBE_SECONDS = 60  # however busy this machine is, the server of these connections lives
    body, now = world.here, timezone.now()
    trainer, learner = seat_of(body, "trainer", held), seat_of(body, "beneficiary", held)
    client = Client(headers={"accept-language": "it"})
    client.force_login(body.trainer)

    def silent():
        names = {row.name for row in desk_of(trainer, at=now).silent}
        ways = report_of(trainer).ways
        assert {way.row.line.name for way in ways if way.is_silent} - {"Andata Bea"} == names
        return names

    assert silent() == {"Qui Beneficiary"}
    html = client.get(f"/aula/{held.uuid}/persone/").content.decode()
    assert "1 è collegato e in silenzio" in html
    assert "collegato e in silenzio" in client.get(f"/aula/{held.uuid}/resoconto/").content.decode()
    poll = poll_of(trainer, "Chiaro?", "Sì", "No")
    actions.act_on_poll(trainer, poll.uuid, "open", at=now)
    actions.vote(learner, poll.uuid, choices=[0], word="", key=uuid.uuid4(), at=now)
    assert silent() == set()
    actions.say(learner, "Ho capito", key=uuid.uuid4(), to_staff=True, at=now)
    (way,) = [way for way in report_of(trainer).ways if way.part.lines]
    assert (way.part.lines, way.part.answers) == (1, 1)


def test_the_line_is_judged_from_round_trips_and_kept_a_minute():
    trips = None
    for seconds in (0.1, 0.2, 6.0):
        trips = quality.smoothed(trips, seconds)
    assert quality.quality_of(0.2, 1) == quality.GOOD
    assert quality.quality_of(trips, 0) == quality.WEAK
    assert quality.quality_of(0.2, 2) == quality.WEAK, "two probes without an answer"
    assert quality.quality_of(None, 0) == quality.GOOD
    two = quality.best([quality.Sign(quality.WEAK, True), quality.Sign(quality.GOOD, False)])
    assert two == quality.Sign(quality.GOOD, True)


def test_the_way_of_a_class_lists_absentees_first_and_asks_as_much_for_two_as_for_fifty(
    world, held, django_assert_max_num_queries
):
    attendance.end_class(held, by=world.here.trainer, at=timezone.now())
    counts = []
    for people in (2, 48):
        for _each in range(people):
            person = make.person(role="beneficiary", agency=world.here.consortium)
            make.enrolment(person, world.here.edition)
        client = Client(headers={"accept-language": "it"})
        client.force_login(world.here.trainer)
        client.get(f"/aula/{held.uuid}/resoconto/")
        with django_assert_max_num_queries(80) as queries:
            answer = client.get(f"/aula/{held.uuid}/resoconto/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    html = answer.content.decode()
    assert html.index("Maivisto Aldo") < html.index("Beneficiary") < html.index("Quello che si è scritto")
    assert "non collegato per 60 s" in html
    assert "Mai collegato." in html


@pytest.mark.services
async def test_a_pass_that_is_revoked_or_over_ends_the_visit_in_open_rooms(classroom, settings):
    body, session = classroom.body, classroom.session

    def passed():
        return attendance.make_pass(
            session, name="Piera Rossi", office="Regione", by=body.training_director, at=timezone.now()
        )

    trainer = await begin(classroom, waits=False)
    for end in ("revoke", "expire"):
        held, token = await in_thread(passed)
        client = Client()
        answer = await in_thread(client.post, f"/aula/visita/{token}/")
        assert answer.status_code == 302
        socket = classroom.socket(held.person)
        socket.client = client
        await socket.enter()
        joined = await trainer.hear("joined")
        assert joined["person"]["name"] == "Piera Rossi (Regione)"
        if end == "revoke":
            await in_thread(
                lambda held=held: attendance.revoke_pass(held, by=body.training_director, at=timezone.now())
            )
        else:
            over = timezone.now() - timedelta(seconds=1)
            await in_thread(
                lambda held=held, over=over: InspectorPass.objects.filter(pk=held.pk).update(
                    made_at=over - timedelta(hours=1), expires_at=over
                )
            )
        assert await socket.closed() == 4403
        await trainer.hear("left")
        again = await in_thread(Client().post, f"/aula/visita/{token}/")
        assert again.status_code == 404
        ticket = await in_thread(client.post, f"/aula/{session.uuid}/biglietto/")
        assert ticket.status_code in {302, 404}
    await trainer.go()


def test_a_guest_reads_that_class_and_its_register_and_no_other_page_of_professionals(world, held):
    _pass, token = attendance.make_pass(
        held, name="Piera Rossi", office="Regione", by=world.here.training_director, at=timezone.now()
    )
    client = Client()
    assert client.get(f"/aula/visita/{token}/").status_code == 200
    assert client.get(f"/aula/{held.uuid}/").status_code == 302, "looking at the address signs nobody in"
    client.post(f"/aula/visita/{token}/")
    for path, code in (
        (f"/aula/{held.uuid}/", 200),
        (f"/aula/{held.uuid}/persone/", 200),
        (f"/aula/{held.uuid}/resoconto/", 200),
        (f"/presenze/{held.uuid}/", 200),
        (f"/presenze/{held.uuid}/chiudi/", 404),
        (f"/presenze/{world.here.session.uuid}/", 404),
        (f"/aula/{world.here.session.uuid}/", 404),
        (f"/aula/{world.there.session.uuid}/", 404),
        (f"/registri/REG-{world.here.edition.code}/", 200),
        (f"/registri/REG-{world.there.edition.code}/", 404),
        ("/persone/", 404),
    ):
        assert client.get(path).status_code == code, path


def test_everything_of_the_desk_works_by_plain_forms(world, held):
    body = world.here
    client = Client(headers={"accept-language": "it"})
    client.force_login(body.trainer)
    base = f"/aula/{held.uuid}/persone/"

    def act(do, **data):
        answer = client.post(f"{base}{do}/", data, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    assert "Apri la porta a tutti" in act("wait")
    person = str(body.beneficiary.uuid)
    html = act("remove", person=person, reason="Prova <b>")
    assert "Prova &lt;b&gt;" in html
    learner = Client(headers={"accept-language": "it"})
    learner.force_login(body.beneficiary)
    assert "Prova &lt;b&gt;" in learner.get(f"/aula/{held.uuid}/").content.decode()
    for path in ("messaggi/", "slide/", "sondaggi/"):
        assert learner.get(f"/aula/{held.uuid}/{path}").status_code in {403, 404, 405}, path
    assert "Fai rientrare" not in act("readmit", person=person)
    assert "hanno risposto" in act("ask", key=str(uuid.uuid4()))
    assert client.post(f"{base}remove/", {"person": person, "reason": ""}).status_code == 400
