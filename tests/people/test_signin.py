"""One sign-in for everybody: what lets in, what does not, and what it tells to strangers."""

import html
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from lms.people.models import User
from tests import factories as make

pytestmark = pytest.mark.django_db

PASSWORD = "una-prova-lunga"
DOOR = "/accedi/"


@pytest.fixture
def amina(db):
    return make.person(
        "Amina",
        "Hassan",
        username="amina",
        phone="+393331112222",
        email="amina@example.org",
        role="beneficiary",
        agency=make.agency(),
    )


def signed_in(client) -> str:
    return client.session.get("_auth_user_id", "")


def totp_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


# ------------------------------------------------------------------ ways in


@pytest.mark.parametrize(
    "name", ["amina", "AMINA@example.org", "+39 333 111 2222", "333 1112222", "3331112222"]
)
def test_password_with_any_name(client, amina, name):
    answer = client.post(DOOR, {"login": name, "password": PASSWORD})
    assert answer.status_code == 302
    assert signed_in(client) == str(amina.pk)


def test_a_user_name_is_asked_for_its_password_on_the_next_page(client, amina):
    answer = client.post(DOOR, {"login": "amina"})
    assert answer.status_code == 200
    assert 'name="password"' in answer.text
    assert 'value="amina"' in answer.text


def test_code_by_sms(client, amina, sms, code_in):
    answer = client.post(DOOR, {"login": "333 111 2222"})
    assert answer.headers["Location"] == "/accedi/codice/"
    [(number, text)] = sms
    assert number == "+393331112222"
    answer = client.post("/accedi/codice/", {"code": code_in(text)})
    assert signed_in(client) == str(amina.pk)
    amina.refresh_from_db()
    assert amina.phone_verified
    assert len(sms) == 1


def test_code_by_email(client, amina, code_in):
    client.post(DOOR, {"login": "amina@example.org"})
    [message] = mail.outbox
    assert message.alternatives, "there is an HTML part too"
    client.post("/accedi/codice/", {"code": code_in(message.body)})
    assert signed_in(client) == str(amina.pk)


def test_a_wrong_code_is_told_and_five_end_it(client, amina, sms):
    client.post(DOOR, {"login": "3331112222"})
    for _ in range(4):
        assert client.post("/accedi/codice/", {"code": "000000"}).status_code == 200
    assert client.post("/accedi/codice/", {"code": "000000"}).status_code == 302
    assert not signed_in(client)


def test_first_sign_in_leads_to_the_notice_and_the_next_does_not(client, amina, settings):
    answer = client.post(DOOR, {"login": "amina", "password": PASSWORD})
    assert answer.headers["Location"].startswith("/informativa/")
    assert client.post(answer.headers["Location"]).headers["Location"] == settings.LOGIN_REDIRECT_URL
    client.post("/accedi/esci/")
    answer = client.post(DOOR, {"login": "amina", "password": PASSWORD})
    assert answer.headers["Location"] == settings.LOGIN_REDIRECT_URL


def test_sign_in_sets_the_persons_language(client, amina):
    User.objects.filter(pk=amina.pk).update(preferred_language="en")
    answer = client.post(DOOR, {"login": "amina", "password": PASSWORD})
    assert answer.cookies["django_language"].value == "en"


def test_a_closed_account_does_not_open(client, amina):
    User.objects.filter(pk=amina.pk).update(is_active=False)
    client.post(DOOR, {"login": "amina", "password": PASSWORD})
    assert not signed_in(client)
    client.post(DOOR, {"login": "3331112222"})
    assert not signed_in(client)


def test_sessions_of_learners_are_shorter(client, world, settings):
    client.post(DOOR, {"login": world.here.beneficiary.username, "password": PASSWORD})
    assert client.session.get_expiry_age() <= settings.SESSION_IDLE
    client.post("/accedi/esci/")
    client.post(DOOR, {"login": world.here.tutor.username, "password": PASSWORD})
    assert client.session.get_expiry_age() > settings.SESSION_IDLE


def test_next_stays_on_this_site(client, amina):
    answer = client.post(DOOR, {"login": "amina", "password": PASSWORD, "next": "https://evil.example/"})
    assert "evil" not in answer.headers["Location"]
    assert "evil" not in client.get("/admin/login/?next=https://evil.example/").headers["Location"]


# ------------------------------------------------------------------ nothing for strangers


@pytest.mark.parametrize(
    ("known", "unknown"),
    [("amina", "nessuno"), ("amina@example.org", "nobody@example.org"), ("3331112222", "3339998888")],
)
def test_known_and_unknown_names_get_the_same_answer(client, amina, known, unknown):
    def first_page(name):
        client.cookies.clear()
        answer = client.post(DOOR, {"login": name}, follow=True)
        return answer.redirect_chain, answer.text.replace(name, "NAME").replace("+39333", "333").split(
            "<main"
        )[1]

    chain, text = first_page(known)
    other_chain, other_text = first_page(unknown)
    assert chain == other_chain

    def bare(page):
        return re.sub(r'csrfmiddlewaretoken" value="[^"]+"|[+\d]{6,}', "", page)

    assert bare(text) == bare(other_text)


def test_unknown_names_send_nothing(client, amina, sms):
    client.post(DOOR, {"login": "3339998888"})
    client.post(DOOR, {"login": "nobody@example.org"})
    client.post("/accedi/password/dimenticata/", {"email": "nobody@example.org"})
    assert not sms
    assert not mail.outbox


def test_wrong_password_and_unknown_name_say_the_same(client, amina):
    wrong = client.post(DOOR, {"login": "amina", "password": "sbagliata-del-tutto"}).text
    unknown = client.post(DOOR, {"login": "nessuno", "password": "sbagliata-del-tutto"}).text
    told = html.escape(
        gettext("The name or the password is not right. Try again, or ask for a code by SMS or e-mail.")
    )
    assert told in wrong
    assert told in unknown


def test_guessing_a_password_is_slowed_down(client, amina):
    for _ in range(6):
        answer = client.post(DOOR, {"login": "amina", "password": "sbagliata-del-tutto"})
    answer = client.post(DOOR, {"login": "amina", "password": PASSWORD})
    assert answer.status_code == 200
    assert not signed_in(client)


def test_asking_for_codes_is_slowed_down(client, amina, sms):
    for _ in range(6):
        client.post(DOOR, {"login": "3331112222"})
        client.cookies.clear()
    assert len(sms) <= 3


def test_nobody_signs_up(client, db):
    before = User.objects.count()
    client.post(
        "/accedi/richiesta/",
        {"username": "intruso", "email": "i@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert User.objects.count() == before


@pytest.mark.parametrize(
    "name",
    ["account_email", "account_confirm_email", "mfa_login_webauthn", "wagtailadmin_login_x", "admin:index"],
)
def test_doors_that_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


# ------------------------------------------------------------------ the editor, and the second factor


def editor(**fields):
    return make.person("Elena", "Redattrice", is_superuser=True, **fields)


@pytest.mark.parametrize(
    "address", ["/admin/login/", "/admin/password_reset/", "/admin/password_reset/done/"]
)
def test_wagtails_own_doors_lead_to_ours(client, db, address):
    answer = client.post(address, {"username": "x", "password": "y"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(DOOR)
    assert not signed_in(client)


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/pages/", "/admin/api/main/pages/", "/admin/users/", "/oggi/"]
)
def test_a_password_alone_never_reaches_the_editor(client, settings, address, db):
    settings.PROFESSIONALS_NEED_SECOND_FACTOR = True
    user = editor(username="elena")
    client.post(DOOR, {"login": "elena", "password": PASSWORD})
    assert signed_in(client) == str(user.pk)
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accedi/2fa/app/"


def test_professionals_are_asked_for_the_app_and_learners_are_not(client, settings, world):
    settings.PROFESSIONALS_NEED_SECOND_FACTOR = True
    client.force_login(world.here.tutor)
    assert client.get("/profilo/").status_code == 302
    client.force_login(world.here.beneficiary)
    assert client.get("/profilo/").status_code == 200


def test_the_whole_way_with_an_app(client, settings, db):
    settings.PROFESSIONALS_NEED_SECOND_FACTOR = True
    user = editor(username="elena")
    client.post(DOOR, {"login": "elena", "password": PASSWORD})
    page = client.get("/accedi/2fa/app/")
    secret = page.context["form"].secret
    answer = client.post("/accedi/2fa/app/", {"code": totp_now(secret)})
    assert answer.status_code == 302
    kept = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(kept.data), "the secret is sealed"
    assert client.get("/admin/").status_code == 200

    client.post("/accedi/esci/")
    answer = client.post(DOOR, {"login": "elena", "password": PASSWORD})
    assert answer.headers["Location"] == "/accedi/2fa/authenticate/"
    assert not signed_in(client)
    assert client.get("/admin/").status_code == 302
    Authenticator.objects.filter(pk=kept.pk).update(last_used_at=None)
    cache.clear()  # a code is good once; this one was used to switch the app on
    client.post("/accedi/2fa/authenticate/", {"code": totp_now(secret)})
    assert signed_in(client) == str(user.pk)
    assert client.get("/admin/").status_code == 200


def test_the_last_factor_of_a_professional_stays(client, settings, world):
    settings.PROFESSIONALS_NEED_SECOND_FACTOR = True
    tutor = world.here.tutor
    TOTP.activate(tutor, generate_totp_secret())
    client.force_login(tutor)
    client.post("/accedi/2fa/app/togli/")
    assert Authenticator.objects.filter(user=tutor, type="totp").exists()


def test_a_code_by_sms_still_stops_at_the_second_factor(client, amina, sms, code_in):
    TOTP.activate(amina, generate_totp_secret())
    client.post(DOOR, {"login": "3331112222"})
    answer = client.post("/accedi/codice/", {"code": code_in(sms[0][1])})
    assert answer.headers["Location"] == "/accedi/2fa/authenticate/"
    assert not signed_in(client)


@pytest.mark.parametrize("address", ["/admin/users/", "/admin/groups/", "/admin/users/add/"])
def test_wagtails_user_pages_are_for_superusers(client, world, address):
    director = world.here.training_director
    director.user_permissions.set(
        Permission.objects.filter(
            codename__in=["access_admin", "add_user", "change_user", "change_group", "add_group"]
        )
    )
    client.force_login(director)
    assert client.get("/admin/").status_code == 200
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "role", ["beneficiary", "trainer", "tutor", "social_worker", "administrator", "inspector"]
)
def test_the_editor_is_closed_to_roles_without_its_permission(client, world, role):
    client.force_login(world.here.people[role])
    assert client.get("/admin/").status_code in (302, 403)
    assert client.get("/admin/pages/").status_code in (302, 403)
