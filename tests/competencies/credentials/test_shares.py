"""A person shows competencies by link: until a day, to whoever says who they are, and sees who that was."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.audit.queries import Entry
from lms.competencies import actions, queries
from lms.competencies.models import Share, ShareOpening
from lms.errors import Refused
from tests.competencies import build


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def record(world):
    return build.award(world.here, at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def shared(record):
    return actions.share(record.person, [record], days=7, label="forno", at=timezone.now())


def path(shared) -> str:
    return urlsplit(queries.share_address(shared)).path


def test_the_person_makes_a_link_and_sees_who_opened_it(world, record):
    owner = signed_in(record.person)
    page = owner.get(reverse("competencies:shares"), {"record": record.uuid})
    assert "Cercare informazioni" in page.text
    made = owner.post(
        reverse("competencies:shares"),
        {"records": [record.uuid], "days": "30", "label": "forno"},
        follow=True,
    )
    shared = Share.objects.get()
    assert queries.share_address(shared) in made.text
    assert "data:image/svg+xml;base64," in made.text

    visitor = Client()
    first = visitor.get(path(shared))
    assert 'name="said"' in first.text
    assert record.person.last_name + "<" not in first.text
    assert visitor.post(path(shared), {"said": " x "}).status_code == 400
    seen = visitor.post(path(shared), {"said": "Lucia   Bianchi, Forno"}, follow=True)
    assert str(record.person) in seen.text
    assert "10 h" in seen.text
    assert visitor.get(path(shared)).status_code == 200
    files = [visitor.get(f"{path(shared)}{record.uuid}.{form}") for form in ("pdf", "json")]
    assert [file.content[:4] for file in files] == [b"%PDF", b'{"@c']
    assert visitor.get(f"{path(shared)}{record.uuid}.png").status_code == 404

    assert "Lucia Bianchi, Forno" in owner.get(reverse("competencies:share", args=[shared.uuid])).text
    assert ShareOpening.objects.count() == 1, "looking again in the same browser is the same opening"
    owner.get(path(shared))
    assert ShareOpening.objects.count() == 1, "the person is not a visitor"


def test_who_has_not_said_who_they_are_gets_no_file(record, shared):
    answer = Client().get(f"{path(shared)}{record.uuid}.pdf")
    assert answer.status_code == 302
    other = Client()
    other.cookies["seen-" + str(shared.uuid)[:8]] = str(shared.uuid)
    assert other.get(f"{path(shared)}{record.uuid}.pdf").status_code == 302, "the cookie is signed"


def test_a_link_shows_only_what_was_chosen(world, record):
    other = build.award(world.here, "1.2", at=timezone.now())
    stranger = build.award(world.there, at=timezone.now())
    shared = actions.share(record.person, [record, stranger], days=7, at=timezone.now())
    assert list(shared.records.all()) == [record]
    visitor = Client()
    page = visitor.post(path(shared), {"said": "Lucia Bianchi"}, follow=True).text
    assert str(record.uuid) in page
    assert str(other.uuid) not in page
    assert visitor.get(f"{path(shared)}{other.uuid}.pdf").status_code == 404


def test_expired_closed_and_invented_links_say_the_same(record, shared):
    closed = actions.share(record.person, [record], days=7, at=timezone.now())
    old = actions.share(record.person, [record], days=7, at=timezone.now() - timedelta(days=8))
    for _twice in range(2):
        actions.withdraw_share(closed, by=record.person, at=timezone.now())
    answers = [
        Client().get(address) for address in (path(closed), path(old), "/verifica/c/AAAAAAAAAAAAAAAAAAAAAA/")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.split("<main")[1].split("</main")[0] for answer in answers}) == 1
    letters = path(shared)
    assert Client().get(letters.swapcase().replace("/VERIFICA/C/", "/verifica/c/")).status_code == 404


def test_a_revocation_reaches_the_link(record, shared):
    visitor = Client()
    visitor.post(path(shared), {"said": "Lucia Bianchi"})
    actions.revoke(record, reason="request", by=record.by, at=timezone.now())
    page = visitor.get(path(shared)).text
    assert "verdict--danger" in page
    assert "verify__files" not in page


def test_what_cannot_be_shared_is_refused_with_a_sentence(world, record):
    now = timezone.now()
    with pytest.raises(Refused, match=r"share\.nothing"):
        actions.share(world.there.beneficiary, [record], days=7, at=now)
    with pytest.raises(Refused, match=r"share\.days"):
        actions.share(record.person, [record], days=3650, at=now)
    for _ in range(50):
        actions.share(record.person, [record], days=7, at=now)
    with pytest.raises(Refused, match=r"share\.too_many"):
        actions.share(record.person, [record], days=7, at=now)
    actions.revoke(record, reason="mistake", by=record.by, at=now)
    with pytest.raises(Refused, match=r"share\.nothing"):
        actions.share(record.person, [record], days=7, at=now)


def test_the_database_alone_does_not_give_the_links_away(shared):
    token = path(shared).split("/")[3]
    row = Share.objects.values().get()
    assert token.encode() not in bytes(row["token_sealed"])
    assert token not in row["token_digest"]
    assert Entry.objects.filter(verb="write.competencies_shared", subject=shared.person).count() == 1


def test_old_links_are_forgotten_with_who_opened_them(record, shared):
    actions.open_share(shared, said="Lucia Bianchi", at=timezone.now())
    assert actions.forget_shares(at=timezone.now() + timedelta(days=300)) == 0
    assert actions.forget_shares(at=timezone.now() + timedelta(days=373)) == 1
    assert not ShareOpening.objects.exists()


def test_the_list_costs_the_same_with_two_and_with_many(world, record):
    owner = signed_in(record.person)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert owner.get(reverse("competencies:shares")).status_code == 200
        return len(found)

    def add(number: int) -> None:
        for _ in range(number):
            made = actions.share(record.person, [record], days=7, at=timezone.now())
            actions.open_share(made, said="Lucia Bianchi", at=timezone.now())

    add(2)
    cost()  # what is kept between requests is kept from here on
    few = cost()
    add(18)
    for code in range(2, 12):
        build.award(world.here, f"1.{code}", at=timezone.now())
    assert cost() == few
