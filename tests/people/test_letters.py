"""The activation letter: who makes it, what it opens, how often."""

import io
import os
import threading
from datetime import timedelta

import pypdf
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lms.errors import Refused
from lms.people import actions
from lms.people.access import Relation, may_make_letter
from lms.people.letter_pdf import letter_pdf
from lms.people.models import ActivationLetter, User
from lms.people.rules import LETTER_ALPHABET, show_letter_code
from tests import factories as make
from tests.site import Site

pytestmark = pytest.mark.django_db

NOW = timezone.now


def letter_for(world):
    return actions.make_letter(world.here.beneficiary, by=world.here.social_worker, at=NOW())


def test_code_is_readable_and_stored_only_as_a_digest(world):
    letter, code = letter_for(world)
    assert len(code) == 12
    assert set(code) <= set(LETTER_ALPHABET)
    assert not set("0O1IL5S8B2Z") & set(LETTER_ALPHABET)
    assert code not in str(vars(letter))


def test_looking_does_not_use_it_and_using_does(world):
    letter, code = letter_for(world)
    for _ in range(3):
        assert actions.open_letter(show_letter_code(code).lower(), at=NOW()) == letter
    actions.use_letter(code, at=NOW())
    with pytest.raises(Refused, match=r"letter\.used"):
        actions.use_letter(code, at=NOW())


def test_expired_revoked_unknown_each_say_why(world):
    letter, code = letter_for(world)
    with pytest.raises(Refused, match=r"letter\.expired"):
        actions.open_letter(code, at=letter.expires_at + timedelta(seconds=1))
    actions.revoke_letter(letter, by=world.here.social_worker, at=NOW())
    actions.revoke_letter(letter, by=world.here.social_worker, at=NOW())
    with pytest.raises(Refused, match=r"letter\.revoked"):
        actions.open_letter(code, at=NOW())
    with pytest.raises(Refused, match=r"letter\.unknown"):
        actions.open_letter("AAAA-AAAA-AAAA", at=NOW())


def test_a_new_letter_ends_the_old_one(world):
    _, first = letter_for(world)
    _, second = letter_for(world)
    with pytest.raises(Refused, match=r"letter\.revoked"):
        actions.open_letter(first, at=NOW())
    assert actions.open_letter(second, at=NOW())


@pytest.mark.parametrize(
    ("maker", "may"),
    [
        ("social_worker", True),
        ("cpi_operator", True),
        ("agency_operator", True),
        ("trainer", False),
        ("training_director", False),
        ("consortium_coordinator", False),
        ("inspector", False),
        ("beneficiary", False),
        ("stranger", False),
    ],
)
def test_who_may_make_one(world, maker, may):
    def make():
        return actions.make_letter(world.here.beneficiary, by=world.here.people[maker], at=NOW())

    if may:
        assert make()
    else:
        with pytest.raises(Refused, match=r"letter\.not_yours_to_make"):
            make()
    with pytest.raises(Refused):
        actions.make_letter(world.there.beneficiary, by=world.here.people[maker], at=NOW())


def test_a_tutor_makes_one_for_the_class_when_the_page_above_says_so(world):
    args = {"by": world.here.tutor, "at": NOW()}
    with pytest.raises(Refused):
        actions.make_letter(world.here.beneficiary, **args)
    assert actions.make_letter(world.here.beneficiary, relation=Relation.CLASS, **args)


def may(by, person):
    return may_make_letter(by, User.objects.get(pk=person.pk))


def test_an_administrator_makes_none_for_who_left_or_also_works_elsewhere(world):
    here, there = world.here, world.there
    assert may(here.administrator, here.tutor)
    make.membership(here.tutor, "administrator", there.training_body)
    assert not may(here.administrator, here.tutor), "it would open the other network too"
    left = make.membership(there.administrator, "tutor", here.training_body)
    left.ends_on = timezone.localdate()
    left.save()
    assert not may(here.administrator, there.administrator)
    learner = make.person(role="beneficiary", agency=here.training_body)
    assert may(here.administrator, learner)
    learner.memberships.update(ends_on=timezone.localdate())
    assert not may(here.administrator, learner)


def test_nobody_but_another_superuser_makes_one_for_a_superuser(world):
    User.objects.filter(pk__in=[world.here.tutor.pk, world.here.beneficiary.pk]).update(is_superuser=True)
    assert not may(world.here.administrator, world.here.tutor)
    assert not may(world.here.social_worker, world.here.beneficiary), "not by a case either"
    assert may(make.person(is_superuser=True), world.here.tutor)


def test_nobody_makes_a_letter_into_a_colleagues_account(world):
    actions.assign_case(
        world.here.social_worker,
        world.here.trainer,
        world.here.consortium,
        basis="referral",
        by=None,
        at=NOW(),
    )
    with pytest.raises(Refused):
        actions.make_letter(world.here.trainer, by=world.here.social_worker, at=NOW())
    assert actions.make_letter(world.here.trainer, by=world.here.administrator, at=NOW())


def test_the_paper_holds_code_name_and_steps_as_text(world):
    person = world.here.beneficiary
    person.first_name = '#let x = 1 $y$ "`'
    person.preferred_language = "en"
    person.save()
    letter, code = actions.make_letter(person, by=world.here.social_worker, at=NOW())
    letter.user = person
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter_pdf(letter, code))).pages
    )
    assert show_letter_code(code) in text
    assert "#let x = 1 $y$" in text
    assert "/attiva/" in text


def test_the_whole_way_in(client, world):
    person = world.here.beneficiary
    client.force_login(world.here.social_worker)
    answer = client.post(reverse("people:letter_make", args=[person.uuid]))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    client.logout()

    _, code = letter_for(world)
    page = client.get(f"/attiva/?c={code}")
    assert show_letter_code(code) in page.text
    assert ActivationLetter.objects.filter(used_at=None, revoked_at=None).count() == 1
    assert client.post("/attiva/", {"code": show_letter_code(code)}).headers["Location"] == "/attiva/scegli/"
    page = client.post("/attiva/scegli/", {"language": "en"})
    assert page.status_code == 400
    assert page.context["form"].errors["phone"]
    answer = client.post("/attiva/scegli/", {"language": "en", "phone": "333 444 5555", "password": ""})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    person.refresh_from_db()
    assert str(person.phone) == "+393334445555"
    assert person.preferred_language == "en"
    assert client.post("/attiva/", {"code": code}).status_code == 400


def test_a_phone_of_somebody_else_leaves_the_letter_good(client, world):
    User.objects.filter(pk=world.there.tutor.pk).update(phone="+393334445555")
    _, code = letter_for(world)
    client.post("/attiva/", {"code": code})
    assert client.post("/attiva/scegli/", {"language": "it", "phone": "333 444 5555"}).status_code == 400
    assert actions.open_letter(code, at=NOW())


def test_choosing_without_a_letter_leads_back(client, db):
    assert client.get("/attiva/scegli/").headers["Location"] == "/attiva/"


def test_a_letter_stops_at_the_second_factor(client, world):
    TOTP.activate(world.here.beneficiary, generate_totp_secret())
    _, code = letter_for(world)
    client.post("/attiva/", {"code": code})
    answer = client.post("/attiva/scegli/", {"language": "it", "password": "tre-parole-belle"})
    assert answer.headers["Location"] == "/accedi/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_guessing_is_slowed_down(client, db):
    answers = [client.post("/attiva/", {"code": "ACDE-FGHJ-3467"}).status_code for _ in range(62)]
    assert answers[0] == 400
    assert answers[-1] == 429


def test_used_twice_at_once_it_opens_once(tmp_path):
    site = Site(tmp_path, {"DATABASE_URL": os.environ.get("DATABASE_URL", "")})
    results = []

    def use() -> None:
        try:
            results.append(actions.use_letter(code, at=NOW()))
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    try:
        with site.database():
            person = make.person("Amina", role="beneficiary", agency=make.agency())
            _, code = actions.make_letter(person, by=None, at=NOW())
            threads = [threading.Thread(target=use) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(30)
    finally:
        site.drop_database()
    assert sorted(map(str, results))[-3:] == ["letter.used"] * 3
    assert len(results) == 4
