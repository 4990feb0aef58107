"""What people are told when something about their place or timetable changes, in their own language."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cms.dates import calendar_day, day_time
from lms.notifications.actions import notify

from . import queries
from .models import ClassSession, EditionStaff, Enrolment, EnrolmentStatus, StaffRole

SOON = timedelta(days=7)


def _words(value: Any) -> str:
    """A moment as "mar 24 nov, 15:00", a day as "24 novembre 2026"."""
    if isinstance(value, datetime):
        return day_time(value)
    return calendar_day(value) if isinstance(value, date) else str(value)


def _tell(person: Any, subject: str, body: str, url: str, at: datetime, **words: Any) -> None:
    """Send one message; `subject` and `body` are msgids, translated for the reader and then filled in."""
    with translation.override(person.preferred_language):
        filled = {name: _words(value) for name, value in words.items()}
        notify(person, subject=_(subject) % filled, body=_(body) % filled, url=url, at=at)


def _deciders(enrolment: Enrolment, at: datetime) -> list[Any]:
    staff = queries.current_staff(enrolment.edition, at).filter(
        role__in=[StaffRole.TUTOR, StaffRole.DIRECTOR]
    )
    return list({task.user_id: task.user for task in staff}.values())


def referred(enrolment: Enrolment, *, by: Any, at: datetime) -> None:
    words = {
        "course": enrolment.edition.title,
        "who": by,
        "start": enrolment.edition.starts_on,
    }
    if enrolment.status == EnrolmentStatus.ACTIVE:
        _tell(
            enrolment.person,
            gettext_noop("You are in the course “%(course)s”"),
            gettext_noop(
                "%(who)s enrolled you. The course starts on %(start)s. You find everything in Courses."
            ),
            "/impara/",
            at,
            **words,
        )
    else:
        _tell(
            enrolment.person,
            gettext_noop("You are on the waiting list of “%(course)s”"),
            gettext_noop("%(who)s asked for a place for you. When a place is free we write to you."),
            "/impara/",
            at,
            **words,
        )


def applied(enrolment: Enrolment, *, at: datetime) -> None:
    words = {"course": enrolment.edition.title, "code": enrolment.edition.code}
    _tell(
        enrolment.person,
        gettext_noop("We have your request for “%(course)s”"),
        gettext_noop("The tutor reads it and answers you. You have nothing else to do now."),
        "/impara/",
        at,
        **words,
    )
    for decider in _deciders(enrolment, at):
        _tell(
            decider,
            gettext_noop("A new application for %(code)s"),
            gettext_noop("Somebody asks for a place in “%(course)s”. Open the edition to decide."),
            queries.edition_url(enrolment.edition),
            at,
            **words,
        )


def approved(enrolment: Enrolment, *, at: datetime) -> None:
    words = {"course": enrolment.edition.title, "start": enrolment.edition.starts_on}
    if enrolment.status == EnrolmentStatus.ACTIVE:
        _tell(
            enrolment.person,
            gettext_noop("You are in the course “%(course)s”"),
            gettext_noop("Your request was accepted. The course starts on %(start)s."),
            "/impara/",
            at,
            **words,
        )
    else:
        _tell(
            enrolment.person,
            gettext_noop("You are on the waiting list of “%(course)s”"),
            gettext_noop(
                "Your request was accepted, but there is no free place now. When one is free we write to you."
            ),
            "/impara/",
            at,
            **words,
        )


def rejected(enrolment: Enrolment, *, at: datetime) -> None:
    _tell(
        enrolment.person,
        gettext_noop("Your request for “%(course)s” was not accepted"),
        gettext_noop("The reason: %(reason)s If you have questions, ask the person who follows you."),
        "/corsi/",
        at,
        course=enrolment.edition.title,
        reason=_sentence(enrolment.reason),
    )


def withdrawn(enrolment: Enrolment, *, by: Any, at: datetime) -> None:
    words = {
        "course": enrolment.edition.title,
        "code": enrolment.edition.code,
        "reason": _sentence(enrolment.reason),
    }
    if by.pk != enrolment.person_id:
        _tell(
            enrolment.person,
            gettext_noop("You are no longer in the course “%(course)s”"),
            gettext_noop(
                "The reason: %(reason)s What you did stays saved. If it is a mistake, call your tutor."
            ),
            "/impara/",
            at,
            **words,
        )
        return
    for decider in _deciders(enrolment, at):
        _tell(
            decider,
            gettext_noop("Somebody left %(code)s"),
            gettext_noop("A person withdrew from “%(course)s”. The waiting list has moved on."),
            queries.edition_url(enrolment.edition),
            at,
            **words,
        )


def promoted(enrolment: Enrolment, *, at: datetime) -> None:
    _tell(
        enrolment.person,
        gettext_noop("There is a place for you in “%(course)s”"),
        gettext_noop("You were on the waiting list. Now you are in the course: you can start today."),
        "/impara/",
        at,
        course=enrolment.edition.title,
    )


def staff_assigned(task: EditionStaff, *, at: datetime) -> None:
    with translation.override(task.user.preferred_language):
        role = task.get_role_display()
    _tell(
        task.user,
        gettext_noop("A task for you in %(code)s"),
        gettext_noop("You are now %(role)s of “%(course)s”."),
        queries.edition_url(task.edition),
        at,
        code=task.edition.code,
        course=task.edition.title,
        role=role,
    )


def class_planned(session: ClassSession, *, at: datetime, moved: bool = False) -> None:
    """A move is always told; a new class only when it is near, so that a whole timetable typed in one
    afternoon is not twenty messages."""
    if session.starts_at <= at or (not moved and session.starts_at - at > SOON):
        return
    for person in _class_people(session):
        _tell(
            person,
            gettext_noop("A class has moved: %(title)s") if moved else gettext_noop("A new class: %(title)s"),
            gettext_noop("It is now on %(start)s. You find it in Hours.")
            if moved
            else gettext_noop("It is on %(start)s. You find it in Hours."),
            "/impara/ore/",
            at,
            title=session.title,
            start=session.starts_at,
        )


def class_cancelled(session: ClassSession, *, at: datetime) -> None:
    for person in _class_people(session):
        _tell(
            person,
            gettext_noop("No class on %(start)s"),
            gettext_noop("“%(title)s” is cancelled. The reason: %(reason)s You need to do nothing."),
            "/impara/ore/",
            at,
            title=session.title,
            start=session.starts_at,
            reason=_sentence(session.cancel_reason),
        )


def _class_people(session: ClassSession) -> Iterable[Any]:
    expected = queries.learners_expected(session).filter(status=EnrolmentStatus.ACTIVE)
    return [
        enrolment.person
        for enrolment in expected.select_related("person").order_by("person__last_name", "id")
    ]


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."
