"""One course as one learner walks it, computed when it is read."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.dates import calendar_day
from courses.queries import ActivityItem, lesson_html_of, outline
from lms.attendance.queries import sessions_attended
from lms.enrolments import queries as enrolments
from lms.progress import rules
from lms.progress.models import ActivityProgress


@dataclass(frozen=True)
class ActivityView:
    """One activity as one learner sees it."""

    item: ActivityItem
    state: rules.State
    url: str
    reason: str = ""
    row: ActivityProgress | None = None
    is_first_locked: bool = False

    @property
    def opened(self) -> bool:
        return self.row is not None

    @property
    def key(self) -> UUID:
        return self.item.key

    @property
    def title(self) -> str:
        return self.item.title

    @property
    def kind(self) -> str:
        return self.item.kind


@dataclass(frozen=True)
class ClassView:
    """One class of the timetable as one learner sees it: done is attended, never merely past."""

    session: Any
    state: str  # done, missed, now, ahead
    url: str


@dataclass(frozen=True)
class ModuleView:
    key: UUID | None
    title: str
    summary: str
    nominal_minutes: int
    activities: tuple[ActivityView, ...]
    classes: tuple[ClassView, ...] = ()

    @property
    def state(self) -> rules.State:
        found = {activity.state for activity in self.activities}
        if found <= {"done"}:
            return "done"
        return "here" if "here" in found or "done" in found else "locked"


@dataclass(frozen=True)
class CourseMap:
    """One course as one learner walks it."""

    enrolment: Any
    modules: tuple[ModuleView, ...]
    other_classes: tuple[ClassView, ...] = ()

    @property
    def activities(self) -> tuple[ActivityView, ...]:
        return tuple(activity for module in self.modules for activity in module.activities)

    @property
    def next(self) -> ActivityView | None:
        return next((activity for activity in self.activities if activity.state == "here"), None)

    @property
    def done(self) -> int:
        return sum(activity.state == "done" for activity in self.activities)

    @property
    def total(self) -> int:
        return len(self.activities)

    @property
    def percent(self) -> int:
        return rules.percent(self.done, self.total)

    @property
    def finished(self) -> bool:
        return self.total > 0 and self.done == self.total

    def find(self, key: UUID) -> ActivityView | None:
        return next((activity for activity in self.activities if activity.key == key), None)

    def around(self, key: UUID) -> tuple[ActivityView | None, ActivityView | None]:
        keys = [activity.key for activity in self.activities]
        before, after = rules.neighbours(keys, key)
        return (self.find(before) if before else None, self.find(after) if after else None)


def activity_url(edition_code: str, key: UUID) -> str:
    """The player's page of one activity."""
    return reverse("progress:activity", args=[edition_code, key])


def completed_keys(enrolment: Any) -> set[UUID]:
    """The activities that this learner has completed, by whatever rule."""
    return set(
        ActivityProgress.objects.filter(enrolment=enrolment, completed_at__isnull=False).values_list(
            "activity_key", flat=True
        )
    )


def progress_of(enrolment: Any, key: UUID) -> ActivityProgress | None:
    """The row of one activity, if it was ever opened."""
    return ActivityProgress.objects.filter(enrolment=enrolment, activity_key=key).first()


def course_map(
    enrolment: Any, *, at: datetime | None = None, with_classes: bool = True, course: Any = None
) -> CourseMap:
    """The whole course as this learner sees it now: three queries, five with the classes.

    `course`: its outline, where it is known already.
    """
    at = at or timezone.now()
    edition = enrolment.edition
    course = course or outline(edition.course)
    rows = {row.activity_key: row for row in ActivityProgress.objects.filter(enrolment=enrolment)}
    completed = {key for key, row in rows.items() if row.completed_at}
    begun = enrolments.local_day(at) >= edition.starts_on
    found = rules.states([item.key for item in course.activities], completed, open_now=begun)
    by_key = {item.key: state for item, state in zip(course.activities, found, strict=True)}
    here = next((item.title for item in course.activities if by_key[item.key] == "here"), "")
    first_locked = next((item.key for item in course.activities if by_key[item.key] == "locked"), None)
    modules = tuple(
        ModuleView(
            module.key,
            module.title,
            module.summary,
            module.nominal_minutes,
            tuple(
                ActivityView(
                    item,
                    by_key[item.key],
                    activity_url(edition.code, item.key),
                    _reason(by_key[item.key], here, edition),
                    rows.get(item.key),
                    item.key == first_locked,
                )
                for item in module.activities
            ),
        )
        for module in course.modules
    )
    if not with_classes:
        return CourseMap(enrolment, modules)
    return _with_classes(CourseMap(enrolment, modules), at)


def _reason(state: rules.State, here: str, edition: Any) -> str:
    """Why something is locked, in words."""
    if state != "locked":
        return ""
    if here:
        return _("First finish “%(title)s”.") % {"title": here}
    return _("The course starts on %(day)s.") % {"day": calendar_day(edition.starts_on)}


def _with_classes(course: CourseMap, at: datetime) -> CourseMap:
    sessions = list(enrolments.classes_for(course.enrolment))
    attended = sessions_attended(course.enrolment) if sessions else set()
    views = [class_view(session, attended, at) for session in sessions]
    keys = {module.key for module in course.modules}
    return replace(
        course,
        modules=tuple(
            replace(module, classes=tuple(v for v in views if v.session.module_key == module.key))
            for module in course.modules
        ),
        other_classes=tuple(view for view in views if view.session.module_key not in keys),
    )


def class_view(session: Any, attended: set[int], at: datetime) -> ClassView:
    """One class with its state: attended, going on, still to come, or gone by."""
    if session.pk in attended:
        state = "done"
    elif session.starts_at <= at < session.ends_at:
        state = "now"
    else:
        state = "ahead" if session.starts_at > at else "missed"
    return ClassView(session, state, enrolments.class_url(session))


def lesson_body(item: ActivityItem) -> str:
    """The words and pictures of a lesson, from the cache of its revision."""
    return lesson_html_of(item)


def lessons_before(course: CourseMap, key: UUID) -> list[ActivityView]:
    """The lessons of the same module that come before a quiz: what to read again."""
    for module in course.modules:
        keys = [activity.key for activity in module.activities]
        if key in keys:
            before = module.activities[: keys.index(key)]
            return [activity for activity in before if activity.kind == "lesson"]
    return []
