"""What the catalogue learns about editions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.hooks import CatalogueParams, describe_courses, filter_catalogue
from courses.models import CoursePage
from tests import factories as make
from tests.factories import TODAY

pytestmark = pytest.mark.usefixtures("on_the_day")


def wanted(**params):
    return set(filter_catalogue(CoursePage.objects.all(), CatalogueParams(**params)))


def test_filters_by_place_dates_and_free_places(world):
    here, there = world.here, world.there
    there.edition.mode = "presence"
    there.edition.capacity = 1
    there.edition.starts_on = TODAY + timedelta(days=10)
    there.edition.save()
    assert wanted(where="online") == {here.course}
    assert wanted(where="presence") == {there.course}
    assert wanted(starts_from=TODAY) == {there.course}
    assert wanted(starts_to=TODAY) == {here.course}
    assert wanted(free_places=True) == {here.course}  # the one place of the other is taken
    assert wanted() == {here.course, there.course}


def test_editions_that_are_over_are_not_offered(world):
    world.here.edition.ends_on = TODAY - timedelta(days=10)
    world.here.edition.save()
    assert describe_courses([world.here.course])[world.here.course.pk].editions == ()


def test_facts_say_free_places_and_where_to_apply(world):
    facts = describe_courses([world.here.course])[world.here.course.pk]
    assert facts.free == 19
    assert facts.apply_url == "/edizioni/ED-QUI/domanda/"
    world.here.edition.applications_open = False
    world.here.edition.save()
    assert describe_courses([world.here.course])[world.here.course.pk].apply_url == ""


def test_a_whole_page_of_courses_costs_two_queries(world):
    courses = [world.here.course, world.there.course]
    for course in courses:
        for _ in range(20):
            make.edition(course, world.here.training_body)
    with CaptureQueriesContext(connection) as seen:
        describe_courses(courses)
    assert len(seen) == 2
