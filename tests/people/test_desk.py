"""Creating people, roles, cases, applications, one's own data."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from courses.permissions import author_group
from lms.audit.models import Entry
from lms.errors import Refused
from lms.people import access, actions, queries
from lms.people.models import AccountApplication, Role, User
from lms.people.wording import accesses_in_words

pytestmark = pytest.mark.django_db
NOW = timezone.now


def create(world, by="social_worker", **fields):
    args = {"first_name": "Lin", "last_name": "Wei", "agency": world.here.consortium, "at": NOW()} | fields
    return actions.create_person(by=world.here.people[by] if by else None, **args)


# ------------------------------------------------------------------ people


def test_names_make_user_names_that_nobody_has(world):
    assert create(world, first_name="Niccolò", last_name="D'Amico").username == "niccolo.d.amico"
    assert create(world, first_name="Niccolò", last_name="D'Amico").username == "niccolo.d.amico2"
    assert create(world, first_name="李", last_name="王").username == "persona"


@pytest.mark.parametrize("field", [{"email": "A@Example.org"}, {"phone": "333 111 2222"}])
def test_contacts_belong_to_one_person(world, field):
    create(world, **field)
    with pytest.raises(Refused, match=r"person\.(email|phone)_taken"):
        create(world, **{key: value.lower() for key, value in field.items()})


@pytest.mark.parametrize(
    "role", ["trainer", "training_director", "inspector", "beneficiary", "consortium_coordinator"]
)
def test_who_may_not_create(world, role):
    with pytest.raises(Refused, match=r"not_yours_to_create"):
        create(world, by=role)


def test_nobody_creates_for_another_body_or_a_colleague(world):
    with pytest.raises(Refused):
        create(world, agency=world.there.consortium)
    with pytest.raises(Refused):
        create(world, role=Role.SOCIAL_WORKER)
    create(world, by="administrator", agency=world.here.training_body, role=Role.TRAINER)


def test_a_wrong_phone_is_refused_with_the_page_still_there(client, world):
    client.force_login(world.here.social_worker)
    form = {
        "first_name": "A",
        "last_name": "B",
        "phone": "12",
        "language": "it",
        "agency": world.here.consortium.uuid,
    }
    assert client.post(reverse("people:create"), form).status_code == 400
    create(world, phone="333 111 2222")
    form |= {"phone": "333 1112222", "key": "once"}
    assert client.post(reverse("people:create"), form).status_code == 400, "the page stays, with the reason"
    form["phone"] = ""
    for _ in range(2):
        assert client.post(reverse("people:create"), form).status_code == 302
    assert User.objects.filter(last_name="B").count() == 1, "pressed twice, written once"
    assert access.follows(world.here.social_worker, User.objects.get(last_name="B"))


# ------------------------------------------------------------------ roles and cases


def test_roles_begin_and_end_at_once(world):
    here, at = world.here, NOW()
    actions.grant_role(here.stranger, Role.TUTOR, here.training_body, by=here.administrator, at=at)
    actions.grant_role(here.stranger, Role.TUTOR, here.training_body, by=here.administrator, at=at)
    assert access.has_role(here.stranger, Role.TUTOR)
    actions.end_role(here.stranger, Role.TUTOR, here.training_body, by=here.administrator, at=at)
    actions.end_role(here.stranger, Role.TUTOR, here.training_body, by=here.administrator, at=at)
    assert not access.has_role(here.stranger, Role.TUTOR)
    assert here.stranger.memberships.filter(role=Role.TUTOR).count() == 1
    assert not access.has_role(User.objects.get(pk=here.stranger.pk), Role.TUTOR)


def test_only_the_bodys_administrator_keeps_its_roles(world):
    here, there = world.here, world.there
    for by in (here.social_worker, there.administrator, here.training_director):
        with pytest.raises(Refused):
            actions.grant_role(here.stranger, Role.TUTOR, here.training_body, by=by, at=NOW())
    with pytest.raises(Refused, match=r"own_administration"):
        actions.end_role(
            here.administrator, Role.ADMINISTRATOR, here.training_body, by=here.administrator, at=NOW()
        )


def test_who_trains_no_more_writes_no_more(client, world):
    here, at = world.here, NOW()
    trainer = here.trainer
    trainer.groups.add(author_group(here.course))
    actions.grant_role(trainer, Role.TRAINING_DIRECTOR, here.training_body, by=None, at=at)
    client.force_login(trainer)
    actions.end_role(trainer, Role.TRAINER, here.training_body, by=None, at=at)
    assert client.get("/admin/").status_code == 200, "a director still writes"
    actions.end_role(trainer, Role.TRAINING_DIRECTOR, here.training_body, by=None, at=at)
    assert not trainer.groups.exists()
    assert client.get("/admin/").status_code != 200


def test_a_group_named_like_the_role_follows_it(world):
    group, _ = Group.objects.get_or_create(name=Role.TRAINING_DIRECTOR)
    here = world.here
    actions.grant_role(here.stranger, Role.TRAINING_DIRECTOR, here.training_body, by=None, at=NOW())
    assert group in here.stranger.groups.all()
    actions.end_role(here.stranger, Role.TRAINING_DIRECTOR, here.training_body, by=None, at=NOW())
    assert group not in here.stranger.groups.all()


def test_cases_are_given_by_who_follows_and_to_who_may_follow(world):
    here, at = world.here, NOW()
    colleague = create(world, by=None, role=Role.SOCIAL_WORKER)
    give = {"basis": "pais", "at": at}
    with pytest.raises(Refused, match=r"not_yours_to_assign"):
        actions.assign_case(here.social_worker, here.stranger, here.consortium, by=here.social_worker, **give)
    with pytest.raises(Refused, match=r"not_in_agency"):
        actions.assign_case(here.trainer, here.beneficiary, here.training_body, by=here.social_worker, **give)
    case = actions.assign_case(colleague, here.beneficiary, here.consortium, by=here.social_worker, **give)
    again = actions.assign_case(colleague, here.beneficiary, here.consortium, by=here.social_worker, **give)
    assert case == again
    assert access.follows(colleague, here.beneficiary)
    with pytest.raises(Refused, match=r"not_yours_to_end"):
        actions.end_case(case, by=here.social_worker, at=at)
    actions.end_case(case, by=colleague, at=at)
    actions.end_case(case, by=colleague, at=at)
    assert not access.follows(colleague, here.beneficiary)


def test_the_equipe_is_given_on_the_page(client, world):
    colleague = create(world, by=None, role=Role.SOCIAL_WORKER)
    client.force_login(world.here.social_worker)
    url = reverse("people:case_assign", args=[world.here.beneficiary.uuid])
    assert client.post(url, {"professional": colleague.uuid, "basis": "pais"}).status_code == 302
    assert colleague in [case.professional for case in queries.open_cases_about(world.here.beneficiary)]


# ------------------------------------------------------------------ asking for an account

FORM = {
    "first_name": "Besnik",
    "last_name": "Gjoka",
    "phone": "333 444 5555",
    "language": "it",
    "message": "Ciao",
}


def ask(client, world, **changes):
    return client.post("/accedi/richiesta/", FORM | {"agency": world.here.consortium.uuid} | changes)


def test_asking_grants_nothing_and_tells_nothing(client, world):
    before = User.objects.count()
    create(world, phone="333 444 5555")
    assert (
        ask(client, world).text.split("<main")[1]
        == ask(client, world, phone="333 999 8888").text.split("<main")[1]
    )
    assert User.objects.count() == before + 1
    assert AccountApplication.objects.count() == 2


def test_the_same_request_counts_once_a_day_and_programs_not_at_all(client, world):
    ask(client, world)
    ask(client, world)
    ask(client, world, first_name="Robot", website="http://spam.example")
    assert AccountApplication.objects.count() == 1


def test_without_any_contact_it_is_asked_again(client, world):
    assert ask(client, world, phone="").status_code == 400


def test_accepting_makes_one_account_followed_by_who_accepts(client, world):
    ask(client, world)
    application = AccountApplication.objects.get()
    here = world.here
    with pytest.raises(Refused, match=r"application\.not_yours"):
        actions.accept_application(application, by=world.there.social_worker, at=NOW())
    person = actions.accept_application(application, by=here.social_worker, at=NOW())
    assert actions.accept_application(application, by=here.social_worker, at=NOW()) == person
    assert access.follows(here.social_worker, person)
    assert access.roles_of(person) == {Role.BENEFICIARY}


def test_set_aside(client, world):
    ask(client, world)
    application = AccountApplication.objects.get()
    client.force_login(world.here.social_worker)
    assert "Gjoka" in client.get(reverse("people:applications")).text
    assert client.post(reverse("people:application", args=[application.uuid])).status_code == 302
    with pytest.raises(Refused, match=r"application\.rejected"):
        actions.accept_application(application, by=world.here.social_worker, at=NOW())


def test_who_asked_is_forgotten_after_six_months(client, world):
    """As the page promises: decided or not, and never before."""
    ask(client, world)
    ask(client, world, first_name="Arta")
    decided = AccountApplication.objects.first()
    actions.reject_application(decided, by=world.here.social_worker, at=NOW() + timedelta(days=30))
    assert actions.forget_applications(at=NOW() + timedelta(days=180)) == 0
    assert actions.forget_applications(at=NOW() + timedelta(days=190)) == 1
    assert AccountApplication.objects.get() == decided
    assert actions.forget_applications(at=NOW() + timedelta(days=220)) == 1


# ------------------------------------------------------------------ one's own data


def test_one_changes_language_phone_and_mail(client, world):
    me = world.here.beneficiary
    client.force_login(me)
    answer = client.post(
        "/profilo/dati/", {"language": "en", "phone": "333 444 5555", "email": "Io@Example.org"}
    )
    assert answer.status_code == 302
    me.refresh_from_db()
    assert (me.preferred_language, str(me.phone), me.email) == ("en", "+393334445555", "io@example.org")
    assert not me.phone_verified
    assert client.cookies["django_language"].value == "en"
    assert (
        Entry.objects.get(verb="write.profile").purpose == "preferred_language, phone, phone_verified, email"
    )


def test_somebody_elses_phone_is_refused_on_the_page(client, world):
    User.objects.filter(pk=world.there.tutor.pk).update(phone="+393334445555")
    client.force_login(world.here.beneficiary)
    answer = client.post("/profilo/dati/", {"language": "it", "phone": "333 444 5555", "email": ""})
    assert answer.status_code == 400


def test_the_notice_is_read_once(client, world):
    me = world.here.beneficiary
    client.force_login(me)
    assert not queries.notice_read(me)
    for _ in range(2):
        assert client.post("/informativa/?next=/corsi/").headers["Location"] == "/corsi/"
    assert me.notices.count() == 1
    assert "evil" not in client.post("/informativa/?next=https://evil.example/").headers["Location"]


def test_accesses_are_told_in_words(world):
    here = world.here
    actions.open_card(here.social_worker, here.beneficiary, at=NOW())
    [line] = accesses_in_words(Entry.objects.filter(verb="read.contacts"))
    assert line.who == str(here.social_worker)
    assert here.consortium.name in line.acting_as
    assert "." not in line.did
    unknown = Entry(verb="read.something_new", at=NOW())
    assert accesses_in_words([unknown])[0].did


def test_old_letters_are_told_so(world):
    letter, _ = actions.make_letter(
        world.here.beneficiary, by=world.here.social_worker, at=NOW() - timedelta(days=90)
    )
    assert letter.too_old
