"""The one next thing, and how far people are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from courses.queries import outlines
from lms.enrolments import queries as enrolments
from lms.progress import rules
from lms.progress.models import ActivityProgress

from .course import course_map


@dataclass(frozen=True)
class NextThing:
    """The one thing that a learner does next. `kind`: class, lesson, quiz, class_later, wait, finished, none."""

    kind: str
    title: str = ""
    url: str = ""
    where: str = ""
    at: datetime | None = None
    begun: bool = False
    enrolment: Any = field(default=None, repr=False)


def next_thing(
    person: Any,
    at: datetime,
    *,
    classes: Sequence[Any] | None = None,
    active: Sequence[Any] | None = None,
    taught: Mapping[int, Any] | None = None,
) -> NextThing:
    """A class going on, else the lesson or quiz to go on with, else what there is to wait for.

    A page that has the person's next classes, active enrolments and the outlines of their courses gives them.
    """
    if classes is None:
        classes = enrolments.next_classes(person, at, 1)
    coming = classes[0] if classes else None
    if coming and coming.starts_at <= at:
        return NextThing(
            "class", coming.title, enrolments.class_url(coming), coming.edition.title, coming.starts_at, True
        )
    if active is None:
        active = list(enrolments.active_enrolments(person))
    if not active:
        return NextThing("none")
    for enrolment in active:
        if enrolments.local_day(at) > enrolment.edition.ends_on:
            continue
        known = taught[enrolment.edition.course_id] if taught else None
        course = course_map(enrolment, at=at, with_classes=False, course=known)
        if course.next:
            activity = course.next
            return NextThing(
                activity.kind,
                activity.title,
                activity.url,
                enrolment.edition.title,
                begun=activity.opened,
                enrolment=enrolment,
            )
    if coming:
        return NextThing(
            "class_later",
            coming.title,
            enrolments.class_url(coming),
            coming.edition.title,
            coming.starts_at,
        )
    if any(enrolment.edition.starts_on > enrolments.local_day(at) for enrolment in active):
        first = min(active, key=lambda enrolment: enrolment.edition.starts_on)
        return NextThing("wait", first.edition.title, enrolment=first)
    return NextThing("finished", active[-1].edition.title, enrolment=active[-1])


def percent_done(
    enrolment_ids: Iterable[int],
    editions: Mapping[int, Any] | None = None,
    taught: Mapping[int, Any] | None = None,
) -> dict[int, int]:
    """How much of the published course each enrolled person has completed, for lists. Five queries at most,
    however many the people; classes are not counted here (attendance counts hours).

    A caller that has the edition of each enrolment with its course, or the outline of each course, saves queries.
    """
    editions = editions or enrolments.editions_of_enrolments(enrolment_ids)
    courses = {pk: edition.course for pk, edition in editions.items()}
    by_course = taught or outlines({course.pk: course for course in courses.values()}.values())
    done: dict[int, set[UUID]] = {pk: set() for pk in courses}
    for pk, key in ActivityProgress.objects.filter(
        enrolment__in=courses, completed_at__isnull=False
    ).values_list("enrolment_id", "activity_key"):
        done[pk].add(key)
    found = {}
    for pk, course in courses.items():
        keys = [item.key for item in by_course[course.pk].activities]
        found[pk] = rules.percent(rules.count_done(keys, done[pk]), len(keys))
    return found
