"""Figures of the desk: nobody can be found in a small group; pages for comparing and sending again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.competencies import actions as competencies
from lms.consortium import actions, queries
from lms.consortium.queries import Figure, Stretch
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build


def award_to(body, number: int, edition=None) -> None:
    for _ in range(number):
        person = make.enrolment(make.person("Allieva"), edition or body.edition)
        records.award(body, person=person, at=timezone.now())
    competencies.assign_feed_seq()


@given(st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=8))
def test_no_small_group_can_be_worked_out(sizes):
    shown = queries.suppressed([Figure(str(n), size, size) for n, size in enumerate(sizes)], smallest=5)
    hidden = [size for size, figure in zip(sizes, shown, strict=True) if not figure.shown]
    assert all(figure.people == size for size, figure in zip(sizes, shown, strict=True) if figure.shown)
    assert not any(figure.shown and figure.people < 5 for figure in shown)
    if len(sizes) > 1:
        assert len(hidden) != 1, "the total would give it away"


@pytest.fixture
def coordinator(client, world):
    client.force_login(world.here.consortium_coordinator)
    return client


def test_figures_by_municipality_edition_framework_and_month(coordinator, world):
    here = world.here
    here.training_body.municipality = "Fasano"
    here.training_body.save()
    second = make.edition(here.course, here.training_body)
    make.staff(second, here.trainer)
    third = make.edition(here.course, here.training_body)
    make.staff(third, here.trainer)
    award_to(here, 6)
    award_to(here, 7, second)
    award_to(here, 2, third)
    award_to(world.there, 9)
    page = coordinator.get(reverse("consortium:statistics"))
    (fasano,) = page.context["figures"]
    assert (fasano.label, fasano.people, fasano.records) == ("Fasano", 15, 15)
    page = coordinator.get(reverse("consortium:statistics"), {"by": "edition"})
    assert {f.label: f.people for f in page.context["figures"]} == {
        second.code: 7,
        here.edition.code: None,  # kept back with the small one
        third.code: None,
    }
    assert page.context["total"].people == 15
    text = page.content.decode()
    assert text.count("bars__row") == 1
    table = coordinator.get(reverse("consortium:statistics_export"), {"by": "edition"}).content.decode()
    assert f"{second.code};7;7" in table
    assert ";6;" not in table
    assert ";2;" not in table
    for by in ("framework", "month"):
        (figure,) = coordinator.get(reverse("consortium:statistics"), {"by": by}).context["figures"]
        assert figure.people == 15
    assert coordinator.get(reverse("consortium:statistics"), {"by": "cf"}).context["by"] == "municipality"


def test_a_revoked_record_stands_no_more(coordinator, world):
    award_to(world.here, 6)
    one = world.here.edition.enrolments.exclude(competency_records=None).first().competency_records.get()
    competencies.revoke(one, reason="mistake", by=world.here.trainer, at=timezone.now())
    competencies.assign_feed_seq()
    (figure,) = coordinator.get(reverse("consortium:statistics")).context["figures"]
    assert (figure.people, figure.records) == (5, 5)


def test_records_by_municipality(coordinator, world):
    world.here.training_body.municipality = "Ostuni"
    world.here.training_body.save()
    award_to(world.here, 1)
    index = reverse("consortium:index")
    assert coordinator.get(index, {"municipality": "Ostuni"}).context["page"].paginator.count == 1
    assert coordinator.get(index, {"municipality": "Bari"}).context["page"].paginator.count == 0


def test_the_list_of_comparisons_costs_the_same_for_two_and_for_fifty(
    coordinator, world, django_assert_max_num_queries
):
    subscriber, _ = build.subscriber(world.here, "https://records.example.org/")
    costs = []
    coordinator.get(reverse("consortium:comparisons"))  # what is read once for the whole process
    for days in (range(2), range(2, 50)):
        for day in days:
            actions.ask_all(at=timezone.now() + timedelta(days=day))
        with django_assert_max_num_queries(20) as queries_made:
            page = coordinator.get(reverse("consortium:comparisons"))
        costs.append(len(queries_made))
    assert costs[0] == costs[1]
    assert page.context["page"].paginator.count == 50
    assert subscriber.name in page.content.decode()


def test_a_stretch_is_counted_and_then_sent(client, world):
    subscriber, _ = build.subscriber(world.here, "https://records.example.org/")
    award_to(world.here, 3)
    actions.fan_out(at=timezone.now())
    client.force_login(world.here.administrator)
    address = reverse("consortium:subscriber_replay", args=[subscriber.uuid])
    assert client.get(address).context["size"] is None
    assert client.get(address, {"first_place": 2, "last_place": 3}).context["size"] == 2
    for wrong in (
        {"first_place": 3, "last_place": 2},
        {"first_place": 1},
        {"first_place": 1, "last_place": 2, "first_day": "2026-01-01", "last_day": "2026-01-02"},
        {"first_place": "x", "last_place": 1},
    ):
        page = client.post(address, wrong)
        assert page.status_code == 400
        assert page.context["form"].errors
    answer = client.post(address, {"first_place": 2, "last_place": 3}, follow=True)
    assert "2 attestazioni saranno rimandate" in answer.content.decode()
    today = timezone.localdate()
    assert queries.stretch_size(subscriber, Stretch(today, today)) == 3
    tomorrow = today + timedelta(days=1)
    assert queries.stretch_size(subscriber, Stretch(tomorrow, tomorrow)) == 0
