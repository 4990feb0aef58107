"""Own study: timed by the server, never twice for the same minute."""

from datetime import timedelta
from uuid import uuid4

from lms.attendance import actions, queries
from lms.attendance.models import StudyInterval
from lms.attendance.queries.summaries import signs_of
from tests import factories as make
from tests.factories import NOW, TODAY

LESSON, OTHER = uuid4(), uuid4()


def sign(body, minute, activity=LESSON, *, nominal=30, closing=False, enrolment=None):
    return actions.record_study(
        enrolment or body.enrolment,
        activity,
        7,
        nominal,
        at=NOW + timedelta(minutes=minute),
        opening=minute == 0,
        closing=closing,
    )


def studied(body):
    return queries.minutes_of(body.enrolment).study


def test_signs_add_up_and_idle_time_does_not(world):
    body = world.here
    for minute in (0, 5, 9, 30, 33):
        sign(body, minute)
    assert studied(body) == 12


def test_without_scripts_from_opening_to_the_press_and_capped(world):
    body = world.here
    sign(body, 0)
    sign(body, 50, closing=True)
    assert studied(body) == 30
    assert StudyInterval.objects.get().revision_id == 7


def test_pressing_after_a_silence_does_not_fill_it_on_a_page_that_gave_signs(world):
    """Idle, back with one sign, idle again, then the button: only the first five minutes were study."""
    body = world.here
    for minute in (0, 5, 30):
        sign(body, minute)
    sign(body, 45, closing=True)
    assert studied(body) == 5


def test_the_same_sign_twice_adds_nothing(world):
    body = world.here
    for minute in (0, 5, 5, 5):
        sign(body, minute)
    assert studied(body) == 5


def test_two_windows_share_the_time(world):
    body = world.here
    for minute in range(0, 21, 2):
        sign(body, minute)
        sign(body, minute + 1, OTHER)
    assert studied(body) <= 21


def test_two_courses_of_one_person_share_the_time(world):
    body = world.here
    second = make.enrolment(body.beneficiary, make.edition(body.course, body.training_body))
    for minute in range(0, 21, 2):
        sign(body, minute)
        sign(body, minute + 1, OTHER, enrolment=second)
    hours = queries.hours_by_enrolment([body.enrolment.pk, second.pk])
    assert sum(each.study for each in hours.values()) <= 21


def test_a_live_class_counts_as_the_class(world):
    body = world.here
    sign(body, 0)
    connection = actions.record_connection(
        body.beneficiary,
        body.session,
        device="pc",
        boot_id=uuid4(),
        role="learner",
        at=NOW + timedelta(minutes=1),
    )
    sign(body, 5)
    sign(body, 9)
    actions.close_connection(connection.pk, reason="left", at=NOW + timedelta(minutes=10))
    assert studied(body) == 0


def test_planned_hours_are_classes_and_lessons(world):
    hours = queries.minutes_of(world.here.enrolment)
    assert hours.planned == 120 + 10 + 10 + 10
    assert hours.total == 0


def test_hours_of_many_cost_the_same_queries_as_of_one(world, django_assert_max_num_queries):
    body = world.here
    ids = [body.enrolment.pk]
    queries.hours_by_enrolment(ids)
    with django_assert_max_num_queries(20) as one:
        queries.hours_by_enrolment(ids)
    for index in range(20):
        ids.append(make.enrolment(make.person(f"N{index}"), body.edition).pk)
    with django_assert_max_num_queries(20) as many:
        found = queries.hours_by_enrolment(ids)
    assert len(one) == len(many)
    assert set(found) == set(ids)


def test_weeks_end_at_midnight_in_italy(world):
    """Six minutes just before the last week begins, four just after, and ten too long ago to be shown."""
    body = world.here
    midnight = NOW.replace(hour=0, minute=0) - timedelta(days=6)
    for day, minutes in (
        (midnight - timedelta(minutes=6), 6),
        (midnight, 4),
        (midnight - timedelta(days=40), 10),
    ):
        StudyInterval.objects.create(
            enrolment=body.enrolment,
            activity_key=LESSON,
            started_at=day,
            last_seen_at=day + timedelta(minutes=minutes),
            seconds=minutes * 60,
        )
    signs = signs_of([body.enrolment.pk], today=TODAY)[body.enrolment.pk]
    assert signs.weeks == [0, 0, 6, 4]
    assert signs.last == midnight + timedelta(minutes=4)
