"""The pages of a register: cover, stamp, signatures, own study, closing, reports, the public check."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lms.attendance import actions, queries
from lms.attendance.models import PageSignature, Register
from tests import factories as make
from tests.attendance.conftest import attend, hold, minutes
from tests.attendance.test_pages import AFTER, PASSWORD, address, signed_in
from tests.factories import NOW

CODE = "REG-ED-QUI"


def to(name, *args):
    return reverse(f"attendance:{name}", args=args)


@pytest.fixture
def closed(world):
    body = world.here
    return actions.close_page(hold(body, people=[(body.beneficiary, (0, 60))]), by=body.trainer, at=AFTER)


def test_the_director_opens_the_register_stamps_it_and_adds_a_new_cover(world):
    body = world.here
    client = signed_in(body.training_director)
    assert to("cover", body.edition.code) in client.get(to("registers")).content.decode()
    form = {"protocol": "2026/55", "region": "Puglia", "hours_online": "40", "protocol_on": "2026-10-01"}
    assert client.post(to("cover", body.edition.code), form).url == to("register", CODE)
    register = Register.objects.get()
    page = client.get(to("register", CODE)).content.decode()
    assert "2026/55" in page
    assert "Registro non vidimato" in page
    stamp = {
        "kind": "office",
        "office": "Regione",
        "number": "7",
        "stamped_on": "2026-11-01",
        "protocol": "A/1",
    }
    assert client.post(to("stamp", CODE), {**stamp, "number": ""}).status_code == 422
    assert client.post(to("stamp", CODE), stamp).status_code == 302
    assert "Registro non vidimato" not in client.get(to("register", CODE)).content.decode()
    client.post(to("cover", body.edition.code), {**form, "accreditation": "ACC-9"})
    assert [entry.kind for entry in register.entries.order_by("position")] == [
        "opening",
        "vidimation",
        "cover",
    ]


def test_a_wrong_password_signs_nothing_and_loses_nothing(world):
    body = world.here
    hold(body, people=[(body.beneficiary, (0, 60))])
    client = signed_in(body.trainer)
    mark = client.get(address("close", body.session)).context["preview"].sheet.mark
    form = {"topic": "La posta", "incidents": "Linea caduta", "previewed": mark, "secret": "sbagliata"}
    answer = client.post(address("close", body.session), form)
    assert answer.status_code == 422
    assert "Linea caduta" in answer.content.decode()
    assert "sbagliata" not in answer.content.decode()
    assert not PageSignature.objects.exists()
    assert client.post(address("close", body.session), {**form, "secret": PASSWORD}).status_code == 302
    assert PageSignature.objects.get().role == "trainer"


def test_the_list_of_pages_to_sign_is_one_s_own_turn(world, clock, closed):
    body = world.here
    entry = closed.entries.get(kind="page")
    people = {"trainer": body.trainer, "tutor": body.tutor, "director": body.training_director}
    for role, person in people.items():
        waiting = {name: rows(each) for name, each in people.items()}
        assert waiting == {name: [role] if name == role else [] for name in people}
        client = signed_in(person)
        assert client.post(to("signatures"), {"secret": PASSWORD}).status_code == 422, "nothing ticked"
        assert client.post(to("signatures"), {"secret": "no", "page": entry.uuid}).status_code == 422
        assert client.post(to("signatures"), {"secret": PASSWORD, "page": entry.uuid}).status_code == 302
    shown = signed_in(body.tutor).get(address("class", body.session)).content.decode()
    assert shown.count("Firmata") >= 3
    for stranger in (body.inspector, world.there.tutor, world.there.training_director):
        assert rows(stranger) == []
        assert (
            signed_in(stranger).post(to("signatures"), {"secret": PASSWORD, "page": entry.uuid}).status_code
            == 422
        )
    assert PageSignature.objects.count() == 3


def rows(person):
    return [row.role for row in signed_in(person).get(to("signatures")).context["waiting"]]


def test_a_code_of_the_app_signs_once(world, closed):
    import time

    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal import auth

    trainer = world.here.trainer
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(trainer, secret)
    code = auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))
    client = signed_in(trainer)
    entry = closed.entries.get(kind="page")
    assert client.post(to("signatures"), {"secret": code, "page": entry.uuid}).status_code == 302
    assert PageSignature.objects.get().method == "app"
    assert Authenticator.objects.filter(user=trainer).exists()
    later = make.session(world.here.edition, trainer, starts_at=NOW + timedelta(days=1))
    page = actions.close_page(hold(world.here, later), by=trainer, at=later.ends_at)
    again = {"secret": code, "page": page.entries.get(kind="page").uuid}
    assert client.post(to("signatures"), again).status_code == 422


def test_a_tutor_closes_own_study_and_the_director_the_register(world, closed):
    body = world.here
    key = uuid4()
    for minute in (0, 5, 8):
        actions.record_study(body.enrolment, key, 1, 60, at=NOW + timedelta(hours=3, minutes=minute))
    tutor = signed_in(body.tutor)
    day = NOW.date().isoformat()
    preview = tutor.get(to("study_close", CODE), {"last_day": day})
    assert preview.context["sheet"].minutes == 8
    assert tutor.get(to("study_close", CODE), {"last_day": "2999-01-01"}).status_code == 422
    assert tutor.post(to("study_close", CODE), {"last_day": day}).url == to("study_page", CODE, 2)
    assert "8" in tutor.get(to("study_page", CODE, 2)).content.decode()
    director = signed_in(body.training_director)
    assert director.post(to("register_close", CODE), {"secret": "no"}).status_code == 422
    assert Register.objects.get().closed_at is None
    assert director.post(to("register_close", CODE), {"secret": PASSWORD}).status_code == 302
    assert Register.objects.get().closed_at
    assert PageSignature.objects.filter(signed__kind="closing", role="director").exists()
    for name in ("register_pdf", "register_xlsx", "register_json", "register_csv"):
        assert director.get(to(name, CODE)).status_code == 200


def test_an_inspector_writes_a_report_and_changes_nothing_else(world, closed):
    body = world.here
    client = signed_in(body.inspector)
    form = {
        "number": "12",
        "inspected_on": "2026-11-24",
        "session": str(body.session.uuid),
        "name": "Anna Ispettrice",
        "office": "Regione",
        "text": "Tutto regolare.",
    }
    assert client.post(to("report", CODE), form).status_code == 302
    for reader in (body.inspector, body.trainer):
        assert "Tutto regolare." in signed_in(reader).get(address("class", body.session)).content.decode()
    assert (
        client.post(to("report", CODE), {**form, "session": str(world.there.session.uuid)}).status_code == 422
    )
    assert [
        f.fault.code for f in queries.verify(closed.register).findings if f.fault.code != "unanchored"
    ] == []


def test_a_pass_for_one_class_reads_its_register_and_reports_but_does_not_take_it_away(world, closed):
    from django.utils import timezone

    body = world.here
    held, _secret = actions.make_pass(
        body.session, name="Ospite", office="Regione", by=body.training_director, at=timezone.now()
    )
    client = signed_in(held.person)
    assert client.get(to("register", CODE)).status_code == 200
    assert client.get(address("class", body.session)).status_code == 200
    assert client.get(address("class_pdf", body.session)).status_code == 200
    assert client.get(to("report", CODE)).status_code == 200
    assert client.get(to("register_pdf", CODE)).status_code == 404
    assert client.get(to("register", "REG-ED-LA")).status_code == 404


def test_anybody_checks_a_code_or_a_paper_and_reads_no_name(client, world, closed):
    body = world.here
    from lms.attendance import anchors

    for entry in closed.register.entries.select_related("register"):
        anchors.write_anchor(entry)
    pdf = signed_in(body.training_director).get(to("register_pdf", CODE)).content
    for sent in ({"code": CODE}, {"paper": SimpleUploadedFile("r.pdf", pdf, "application/pdf")}):
        answer = client.post(to("verify"), sent)
        assert answer.context["found"].state == "whole", answer.context["found"]
        shown = answer.content.decode()
        for person in (body.beneficiary, body.trainer, body.training_director):
            assert person.last_name + " " + person.first_name not in shown
            assert str(person) not in shown
    forged = SimpleUploadedFile("r.pdf", pdf.replace(b"/Author", b"/AuthOr", 1), "application/pdf")
    assert client.post(to("verify"), {"paper": forged}).context["found"].state == "not_whole"
    assert client.post(to("verify"), {"code": "REG-ALTRO"}).context["found"].state == "unknown"
    for name in ("keys", "certificates", "programme"):
        assert client.get(to(name)).status_code == 200


def test_the_public_check_is_limited(client, db):
    answers = [client.post(to("verify"), {"code": "REG-X"}).status_code for _ in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_a_class_of_a_hundred_is_at_most_fifteen_queries(world, django_assert_max_num_queries):
    body = world.here
    actions.start_class(body.session, by=body.trainer, at=NOW)
    attend(body.session, body.trainer, (0, 120), role="trainer")
    attend(body.session, body.inspector, (10, 40), role="inspector")
    attend(body.session, body.beneficiary, (0, 30))
    actions.ask_presence(body.session, key=uuid4(), by=body.trainer, at=NOW + minutes(5))
    actions.open_visit(body.session, body.inspector, at=NOW + minutes(10))
    page = actions.end_class(body.session, by=body.trainer, at=NOW + minutes(120))
    for index in range(99):
        person = make.person(f"Nome{index}", f"Cognome{index}", role="beneficiary", agency=body.consortium)
        make.enrolment(person, body.edition)
    clients = [signed_in(person) for person in (body.trainer, body.tutor, body.training_director)]
    for state in ("ended", "closed"):
        for client in clients:
            client.get(address("class", body.session))
            with django_assert_max_num_queries(15):
                assert client.get(address("class", body.session)).status_code == 200, state
        if state == "ended":
            actions.close_page(page, by=body.trainer, at=AFTER)
