"""Who may open which activity and which file of a course."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from courses.permissions import may_use_file
from courses.queries import ActivityItem, file_of_course
from lms.enrolments.access import enrolment_in, works_in_courses
from lms.enrolments.queries import active_enrolments
from lms.errors import Refused

from . import queries


@dataclass(frozen=True)
class Activity:
    """One activity that one enrolled person may open now."""

    enrolment: Any
    course: queries.CourseMap
    view: queries.ActivityView

    @property
    def item(self) -> ActivityItem:
        return self.view.item

    @property
    def key(self) -> UUID:
        return self.view.item.key

    @property
    def module(self) -> queries.ModuleView:
        return next(m for m in self.course.modules if m.key == self.view.item.module_key)

    @property
    def language(self) -> str:
        """The language of teaching, for the voice that reads aloud."""
        return self.enrolment.edition.course.language


def activity_for(user: Any, edition_code: str, activity_key: UUID) -> Activity:
    """The activity, for who is enrolled: 404 if there is none, refused while it is locked."""
    enrolment = enrolment_in(user, edition_code)
    course = queries.course_map(enrolment, with_classes=False)
    view = course.find(activity_key)
    if view is None:
        raise Http404
    if view.state == "locked":
        raise Refused(
            "lesson.locked",
            _("This step is not open yet. %(reason)s") % {"reason": view.reason},
            status=403,
        )
    return Activity(enrolment, course, view)


def map_for(user: Any, edition_code: str) -> queries.CourseMap:
    """The course as this learner sees it, or 404."""
    return queries.course_map(enrolment_in(user, edition_code))


def file_for(user: Any, kind: str, uuid: UUID) -> Any:
    """A picture, document or film of a lesson: for who is in such a course, works in one, or writes it.

    Everybody else, and everything absent, gets the same 404.
    """
    if not user.is_authenticated:
        raise Http404
    file, courses = file_of_course(kind, uuid)
    if file is None:
        raise Http404
    if courses and (
        active_enrolments(user).filter(edition__course__in=courses).exists()
        or works_in_courses(user, courses)
    ):
        return file
    if may_use_file(user, file):
        return file
    raise Http404
