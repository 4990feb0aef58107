"""The desk: what the consortium and the administrator see and do."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.competencies import actions as competencies
from lms.consortium import actions
from lms.consortium.models import Delivery, Reconciliation, Subscriber
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def coordinator(world):
    return signed_in(world.here.consortium_coordinator)


@pytest.fixture
def administrator(world):
    return signed_in(world.here.administrator)


def received(body, number: int = 1):
    made = []
    for _ in range(number):
        enrolment = make.enrolment(make.person("Zoraide"), body.edition)
        made.append(records.award(body, person=enrolment, at=timezone.now()))
    competencies.assign_feed_seq()
    actions.fan_out(at=timezone.now())
    return made


def test_the_list_shows_pseudonyms_and_only_one_s_own_network(world, coordinator):
    (record,) = received(world.here)
    received(world.there)
    page = coordinator.get(reverse("consortium:index"))
    assert [each.pk for each in page.context["page"]] == [record.pk]
    assert "Zoraide" not in page.text
    assert str(record.person.pseudonym.uuid)[:8] in page.text


def test_filters_of_the_list(world, coordinator):
    (record,) = received(world.here)
    month = timezone.localtime(record.at).strftime("%Y-%m")

    def found(**query) -> int:
        return len(coordinator.get(reverse("consortium:index"), query).context["page"])

    assert found(edition=world.here.edition.code) == 1
    assert found(edition="x") == 0
    assert found(month=month) == 1
    assert found(month="2001-01") == 0
    assert found(month="2026-13") == found(month="'; drop") == 1, "what cannot be read filters nothing"
    assert found(framework="digcomp") == 1
    assert found(search="1.1") == 1
    assert found(search="zzz") == 0


def test_the_export_has_no_names(world, coordinator):
    (record,) = received(world.here)
    text = coordinator.get(reverse("consortium:export")).content.decode()
    assert record.sha256 in text
    assert "Zoraide" not in text


def test_totals_reconcile(world, coordinator, administrator):
    first, second = received(world.here, 2)
    competencies.revoke(first, reason="mistake", by=world.here.trainer, at=timezone.now())
    competencies.assign_feed_seq()
    received(world.there)
    for client in (coordinator, administrator):
        (row,) = client.get(reverse("consortium:totals")).context["rows"]
        assert (row.people, row.awarded, row.revoked, row.standing) == (2, 2, 1, 1)
    assert second.pk


def test_an_administrator_sees_no_person(world, administrator):
    build.subscriber(world.here, "https://records.example.org/")
    (record,) = received(world.here)
    delivery = Delivery.objects.get()
    for name, args in [
        ("totals", []),
        ("deliveries", []),
        ("delivery", [delivery.uuid]),
        ("subscribers", []),
    ]:
        page = administrator.get(reverse(f"consortium:{name}", args=args))
        assert page.status_code == 200
        for word in ("Zoraide", str(record.uuid) if name != "delivery" else "Zoraide"):
            assert word not in page.text


def test_a_delivery_in_trouble_says_why_and_is_sent_again(world, coordinator):
    build.subscriber(world.here, "https://records.example.org/")
    received(world.here)
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="needs_person", attempts=3, last_status=422)
    page = coordinator.get(reverse("consortium:deliveries"))
    assert "422" in page.text
    assert coordinator.post(reverse("consortium:resend", args=[delivery.uuid])).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts_forgiven) == ("pending", 3)
    Delivery.objects.update(state="needs_person")
    coordinator.post(reverse("consortium:resend_parked"))
    delivery.refresh_from_db()
    assert delivery.state == "pending"


def test_an_administrator_adds_a_subscriber_and_sees_its_secret_once(world, administrator):
    form = {
        "name": "Sistema regionale",
        "agency": world.here.consortium.pk,
        "endpoint": "https://records.example.org/ponte",
        "kinds": ["trasparenza_I"],
        "parts": ["course", "learning"],
        "people": "all",
        "editions": [world.here.edition.pk],
        "legal_basis": "accordo del 3 maggio",
    }
    page = administrator.post(reverse("consortium:subscriber_new"), form)
    assert page.status_code == 200
    assert "whsec_" in page.text
    assert page["Cache-Control"] == "no-store"
    made = Subscriber.objects.get()
    assert made.kinds == ["trasparenza_I"]
    assert list(made.editions.all()) == [world.here.edition]
    url = reverse("consortium:subscriber", args=[made.uuid])
    assert "whsec_" not in administrator.get(url).text
    again = administrator.post(reverse("consortium:subscriber_new"), form)
    assert again.status_code == 400, "the name is taken"


@pytest.mark.parametrize(
    "endpoint",
    ["http://records.example.org/", "https://127.0.0.1/", "https://10.0.0.1/", "https://localhost/", "ciao"],
)
def test_a_bad_address_is_refused_in_words(world, administrator, endpoint, settings):
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = False
    form = {
        "name": "X",
        "agency": world.here.consortium.pk,
        "endpoint": endpoint,
        "legal_basis": "y",
        "people": "all",
    }
    page = administrator.post(reverse("consortium:subscriber_new"), form)
    assert page.status_code == 400
    assert page.context["form"].errors["endpoint"]
    assert not Subscriber.objects.exists()


def test_another_network_cannot_be_chosen(world, administrator):
    form = {
        "name": "X",
        "agency": world.there.consortium.pk,
        "editions": [world.there.edition.pk],
        "legal_basis": "y",
    }
    page = administrator.post(reverse("consortium:subscriber_new"), form)
    assert {"agency", "editions"} <= set(page.context["form"].errors)


def test_an_administrator_changes_rotates_gives_and_stops(world, administrator):
    subscriber, secret = build.subscriber(world.here, "https://records.example.org/")
    edit = reverse("consortium:subscriber_edit", args=[subscriber.uuid])
    form = {
        "name": "Nuovo nome",
        "endpoint": "",
        "kinds": ["frequenza"],
        "access": ["attendance-records.read"],
        "people": "all",
        "all_editions": "on",
        "legal_basis": "z",
    }
    assert administrator.post(edit, form).status_code == 302
    subscriber.refresh_from_db()
    assert (subscriber.name, subscriber.kinds, subscriber.all_editions) == ("Nuovo nome", ["frequenza"], True)
    rotated = administrator.post(reverse("consortium:subscriber_rotate", args=[subscriber.uuid])).text
    assert "whsec_" in rotated
    assert secret not in rotated
    shown = administrator.post(reverse("consortium:subscriber_credentials", args=[subscriber.uuid]))
    assert shown.context["credentials"].client_secret in shown.text
    administrator.post(reverse("consortium:subscriber_switch", args=[subscriber.uuid]))
    subscriber.refresh_from_db()
    assert not subscriber.active


@pytest.mark.parametrize("name", ["index", "deliveries", "totals"])
def test_lists_cost_the_same_for_two_and_for_fifty(world, coordinator, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    build.subscriber(world.here, "https://records.example.org/")
    url = reverse(f"consortium:{name}") + ("?state=" if name == "deliveries" else "")
    received(world.here, 2)
    coordinator.get(url)

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            assert coordinator.get(url).status_code == 200
        return len(made)

    few = cost()
    received(world.here, 46)
    assert cost() == few


def test_who_coordinates_one_network_and_administers_another_is_shown_links_that_open(world):
    """Records of the one, receivers of the other: no page of the desk leads to a closed door."""
    reader = world.here.consortium_coordinator
    make.membership(reader, "administrator", world.there.training_body)
    for body in (world.here, world.there):
        subscriber, _ = build.subscriber(body, "https://example.org/in", name=body.consortium.name)
        received(body)
        Reconciliation.objects.create(
            subscriber=subscriber, made_at=timezone.now(), before=timezone.now(), count=1, state="differs"
        )
    client = signed_in(reader)
    pages = {name: reverse(f"consortium:{name}") for name in ("totals", "comparisons", "subscribers")}
    pages |= {
        str(each.uuid): reverse("consortium:delivery", args=[each.uuid]) for each in Delivery.objects.all()
    }
    links = set()
    for address in pages.values():
        text = client.get(address).text
        links |= set(re.findall(r'href="(/(?:consorzio|competenze)[^"]*)"', text.partition("<main")[2]))
    for link in links:
        answer = client.get(html.unescape(link))
        assert answer.status_code == 200, link
        if "?edition=" in link:
            assert answer.context["page"].object_list, link
    resent = [link for link in links if "/ripeti/" in link]
    assert len(resent) == 1, "of the network that they administer"
    assert len([link for link in links if "?edition=" in link]) == 1, "of the network that they coordinate"
