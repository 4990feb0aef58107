"""Reading editions, enrolments and the timetable, without asking who reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.people.queries import active_memberships, people_with_role

from . import rules
from .models import (
    ClassSession,
    Edition,
    EditionStaff,
    Enrolment,
    EnrolmentStatus,
    Mode,
    RecoveryPlace,
    StaffRole,
)

__all__ = ["EnrolmentStatus", "Mode", "StaffRole"]

EDITION_COLUMNS: list[Any] = [
    _("Code"),
    _("Title"),
    _("Agency"),
    _("First day"),
    _("Last day"),
    _("Places"),
    _("Enrolled"),
    _("Waiting"),
]
PERSON_COLUMNS: list[Any] = [_("Surname"), _("Name"), _("Status"), _("Asked on")]


def class_url(session: ClassSession) -> str:
    """The address of the live room of one class: the only place that builds it."""
    return f"/aula/{session.uuid}/"


def class_report_url(session: ClassSession) -> str:
    """The address of what happened in one class, person by person."""
    return f"{class_url(session)}resoconto/"


def class_inspectors_url(session: ClassSession) -> str:
    """Where who directs the course, or coordinates the network, lets inspectors into one class."""
    return f"/presenze/{session.uuid}/ispettori/"


def visit_url(token: str) -> str:
    """The address that lets a guest inspector into one class: the only place that builds it."""
    return f"/aula/visita/{token}/"


def edition_url(edition: Edition) -> str:
    """The page of one edition for the professionals of it."""
    return f"/edizioni/{edition.code}/"


def local_day(at: datetime) -> date:
    """The day it is in Italy at one moment."""
    return timezone.localtime(at).date()


def active_enrolments(person: Any) -> QuerySet[Enrolment]:
    """The courses a person is in, the ones that end soonest first, with edition and course loaded."""
    return (
        Enrolment.objects.filter(person=person, status=EnrolmentStatus.ACTIVE)
        .select_related("edition__course")
        .order_by("edition__ends_on", "id")
    )


def enrolments_of(person: Any) -> QuerySet[Enrolment]:
    """Every enrolment of one person, newest first."""
    return Enrolment.objects.filter(person=person).select_related("edition").order_by("-asked_at", "-id")


def active_learners(edition: Edition) -> QuerySet[Enrolment]:
    """The people in one edition, by name, with the person loaded."""
    return (
        edition.enrolments.filter(status=EnrolmentStatus.ACTIVE)
        .select_related("person")
        .order_by("person__last_name", "person__first_name", "id")
    )


def editions_for_course(course_ids: Iterable[int], *, at: datetime | None = None) -> dict[int, list[Edition]]:
    """The editions that have not ended yet of each course, soonest first. One query."""
    today = local_day(at or timezone.now())
    found: dict[int, list[Edition]] = {course_id: [] for course_id in course_ids}
    for edition in Edition.objects.filter(course_id__in=found, ends_on__gte=today).order_by(
        "starts_on", "id"
    ):
        found[edition.course_id].append(edition)
    return found


def places_free(edition_ids: Iterable[int]) -> dict[int, int]:
    """Free places of each edition. One query. People who wait for one are counted as taking it first."""
    rows = (
        Edition.objects.filter(pk__in=list(edition_ids))
        .annotate(
            taken=Count("enrolments", filter=Q(enrolments__status__in=["active", "waiting"])),
        )
        .values_list("pk", "capacity", "taken")
    )
    return {pk: max(capacity - taken, 0) for pk, capacity, taken in rows}


def current_staff(edition: Edition, at: datetime) -> QuerySet[EditionStaff]:
    """Who works in an edition at one moment."""
    return edition.staff.filter(is_current(at)).select_related("user")


def is_current(at: datetime, prefix: str = "") -> Q:
    """The condition for a task that holds at one moment."""
    return Q(**{f"{prefix}ended_at__isnull": True}) & (
        Q(**{f"{prefix}expires_at__isnull": True}) | Q(**{f"{prefix}expires_at__gt": at})
    )


def tasks_of(user: Any, at: datetime) -> QuerySet[EditionStaff]:
    """The tasks that this person has at one moment. Each asks for its role, in a body of the edition's network:
    a role lost there ends the task, and the same role elsewhere does not keep it."""
    fits = Q(pk__in=[])
    for task, role in rules.ROLE_FOR_TASK.items():
        heads = {m.agency.consortium_id or m.agency_id for m in active_memberships(user) if m.role == role}
        if heads:
            network = Q(edition__agency__in=heads) | Q(edition__agency__consortium__in=heads)
            fits |= Q(role=task) & network
    return EditionStaff.objects.filter(is_current(at), fits, user=user.pk)


def expected_as_learner(person: Any) -> Q:
    """The condition on a class "this person is expected there as a learner": in the edition, and for a recovery
    class with a place in it."""
    learning = Enrolment.objects.filter(person=person, status=EnrolmentStatus.ACTIVE)
    return _expected(learning.values("edition"), learning.values("pk"))


def _expected(editions: Any, enrolments: Any) -> Q:
    places = RecoveryPlace.objects.filter(enrolment__in=enrolments)
    return Q(recovery=False, edition__in=editions) | Q(pk__in=places.values("session"))


def learners_expected(session: ClassSession) -> QuerySet[Enrolment]:
    """The enrolments of which somebody is expected in a class, whatever their status."""
    if session.recovery:
        return session.edition.enrolments.filter(recovery_places__session=session)
    return session.edition.enrolments.all()


def recovery_places(enrolment_ids: Iterable[int]) -> QuerySet[RecoveryPlace]:
    """The places of some learners in recovery classes that were not cancelled, with both classes loaded."""
    return (
        RecoveryPlace.objects.filter(enrolment__in=list(enrolment_ids), session__cancelled_at__isnull=True)
        .select_related("session", "missed", "enrolment")
        .order_by("session__starts_at", "id")
    )


def places_to_recover() -> QuerySet[RecoveryPlace]:
    """Every place in a recovery class, whatever became of the class."""
    return RecoveryPlace.objects.all()


def recovered_in(session: ClassSession) -> dict[str, ClassSession]:
    """In a recovery class: for each learner, by the uuid of the enrolment, the class it makes up for. One query."""
    if not session.recovery:
        return {}
    places = RecoveryPlace.objects.filter(session=session).select_related("missed", "enrolment")
    return {str(place.enrolment.uuid): place.missed for place in places}


def next_classes(
    person: Any, at: datetime, limit: int = 3, *, active: Iterable[Enrolment] | None = None
) -> list[ClassSession]:
    """The next classes of a learner, the one under way included. `active`: the active enrolments, already read."""
    if active is None:
        expected = expected_as_learner(person)
    else:
        expected = _expected([row.edition_id for row in active], [row.pk for row in active])
    return list(
        ClassSession.objects.filter(expected, ends_at__gt=at, cancelled_at__isnull=True)
        .select_related("edition", "trainer")
        .order_by("starts_at", "id")[:limit]
    )


def classes_of_staff(user: Any, day: date, *, at: datetime) -> list[ClassSession]:
    """The classes of one day in the editions where this professional now trains, tutors or directs."""
    start = timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
    end = timezone.make_aware(
        datetime.combine(day + timedelta(days=1), time.min), timezone.get_default_timezone()
    )
    staffed = tasks_of(user, at).filter(role__in=rules.TEACHING).values("edition")
    return list(
        ClassSession.objects.filter(
            edition__in=staffed,
            starts_at__gte=start,
            starts_at__lt=end,
            cancelled_at__isnull=True,
        )
        .select_related("edition", "trainer")
        .order_by("starts_at", "id")
    )


def classes() -> QuerySet[ClassSession]:
    """Every class, with its edition, course and trainer: for code that asks for rights itself."""
    return ClassSession.objects.select_related("edition__course", "trainer")


def classes_of_edition(edition: Edition) -> QuerySet[ClassSession]:
    """The whole timetable of one edition, cancelled classes included."""
    return edition.sessions.select_related("trainer").order_by("starts_at", "id")


def held_classes(edition_ids: Iterable[int]) -> QuerySet[ClassSession]:
    """The timetable of some editions without what was cancelled; recovery classes are not planned for everybody."""
    return ClassSession.objects.filter(
        edition__in=list(edition_ids), cancelled_at__isnull=True, recovery=False
    ).order_by("starts_at", "id")


def classes_for(enrolment: Enrolment) -> QuerySet[ClassSession]:
    """The timetable of one learner, without what was cancelled: with the recovery classes of their own."""
    places = RecoveryPlace.objects.filter(enrolment=enrolment).values("session")
    return ClassSession.objects.filter(
        Q(recovery=False) | Q(pk__in=places), edition=enrolment.edition_id, cancelled_at__isnull=True
    ).order_by("starts_at", "id")


def waiting_list(edition: Edition) -> QuerySet[Enrolment]:
    """Who waits for a place, first come first."""
    return (
        edition.enrolments.filter(status=EnrolmentStatus.WAITING)
        .select_related("person")
        .order_by("asked_at", "id")
    )


def applications_in(editions: QuerySet[Edition]) -> int:
    """How many people wait for an answer in these editions."""
    return Enrolment.objects.filter(
        edition__in=editions.order_by().values("pk"), status=EnrolmentStatus.APPLIED
    ).count()


def with_counts(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    """Adds how many are in, wait and ask, for lists."""
    return editions.annotate(
        active_count=Count("enrolments", filter=Q(enrolments__status="active"), distinct=True),
        waiting_count=Count("enrolments", filter=Q(enrolments__status="waiting"), distinct=True),
        applied_count=Count("enrolments", filter=Q(enrolments__status="applied"), distinct=True),
    ).order_by("-starts_on", "code")


def editions_of_enrolments(enrolment_ids: Iterable[int]) -> dict[int, Edition]:
    """The edition of each enrolment, with its course; one object per edition. Two queries."""
    pairs = dict(Enrolment.objects.filter(pk__in=list(enrolment_ids)).values_list("pk", "edition_id"))
    editions = Edition.objects.select_related("course").in_bulk(set(pairs.values()))
    return {pk: editions[edition_id] for pk, edition_id in pairs.items()}


def entered_at(enrolment_ids: Iterable[int]) -> dict[int, datetime]:
    """Since when each of these enrolments is active. One query."""
    rows = Enrolment.objects.filter(pk__in=list(enrolment_ids), active_from__isnull=False)
    return {pk: since for pk, since in rows.values_list("pk", "active_from") if since is not None}


def staff_of_editions(edition_ids: Iterable[int], at: datetime, *roles: str) -> dict[int, list[Any]]:
    """Who works in each edition at one moment, in these tasks. One query."""
    found: dict[int, list[Any]] = {}
    tasks = EditionStaff.objects.filter(is_current(at), edition__in=list(edition_ids), role__in=roles)
    for task in tasks.select_related("user").order_by("user__last_name", "id"):
        found.setdefault(task.edition_id, []).append(task.user)
    return found


def edition_row(edition: Edition) -> list[Any]:
    """One edition, annotated by with_counts(), as a row of EDITION_COLUMNS."""
    return [
        edition.code,
        edition.title,
        str(edition.agency),
        edition.starts_on.isoformat(),
        edition.ends_on.isoformat(),
        edition.capacity,
        edition.active_count,  # type: ignore[attr-defined]
        edition.waiting_count,  # type: ignore[attr-defined]
    ]


def people_sheet(
    enrolments: Iterable[Enrolment], sender_known: set[int]
) -> tuple[list[Any], Iterator[list[Any]]]:
    """Header and rows of the people of an edition; who sent them only in the rows of `sender_known`, by id."""
    if not sender_known:
        return PERSON_COLUMNS, map(_person_row, enrolments)
    return [*PERSON_COLUMNS, _("Sent by")], (
        [*_person_row(row), str(row.referring_agency or "") if row.pk in sender_known else ""]
        for row in enrolments
    )


def _person_row(enrolment: Enrolment) -> list[Any]:
    return [
        enrolment.person.last_name,
        enrolment.person.first_name,
        enrolment.get_status_display(),
        local_day(enrolment.asked_at).isoformat(),
    ]


def phase_of(edition: Edition, today: date) -> str:
    """upcoming, running or ended."""
    return rules.phase(edition.starts_on, edition.ends_on, today)


def counts_of(edition: Edition) -> dict[str, int]:
    """How many are in, wait and ask. One query; numbers only, no person."""
    rows = edition.enrolments.order_by().values_list("status").annotate(count=Count("pk"))
    found = dict(rows)
    return {
        "active": found.get("active", 0),
        "waiting": found.get("waiting", 0),
        "applied": found.get("applied", 0),
        "free": rules.free_places(edition.capacity, found.get("active", 0) + found.get("waiting", 0)),
    }


def calendar_classes(user: Any, at: datetime) -> list[ClassSession]:
    """The classes for one person's calendar, from a month ago on: those they learn in and those they hold."""
    tasks = tasks_of(user, at)
    working = tasks.filter(role__in=[StaffRole.TUTOR, StaffRole.DIRECTOR]).values("edition")
    held = Q(trainer=user, edition__in=tasks.filter(role=StaffRole.TRAINER).values("edition"))
    return list(
        ClassSession.objects.filter(
            expected_as_learner(user) | Q(edition__in=working) | held,
            ends_at__gt=at - timedelta(days=31),
        )
        .select_related("edition")
        .order_by("starts_at", "id")
    )


def trainers_of(edition: Edition) -> QuerySet[Any]:
    """The trainers of one edition, for a choice."""
    tasks = edition.staff.filter(role=StaffRole.TRAINER, ended_at__isnull=True)
    trainers = people_with_role(rules.ROLE_FOR_TASK["trainer"])
    return trainers.filter(pk__in=tasks.values("user")).order_by("last_name", "first_name")


def professionals_for(edition: Edition) -> QuerySet[Any]:
    """Who may be given a task in an edition: the professionals of its network with a role that fits one."""
    head = edition.agency.consortium_id or edition.agency_id
    network = Q(memberships__agency=head) | Q(memberships__agency__consortium=head)
    found = people_with_role(rules.ROLE_FOR_TASK["trainer"])
    for role in set(rules.ROLE_FOR_TASK.values()) - {rules.ROLE_FOR_TASK["trainer"]}:
        found = found | people_with_role(role)
    return found.filter(network).distinct().order_by("last_name", "first_name")


@dataclass(frozen=True)
class EditionFacts:
    """One edition and its free places."""

    edition: Edition
    free: int


def facts_for_courses(course_ids: Iterable[int], *, at: datetime) -> dict[int, list[EditionFacts]]:
    """The editions that are not over of many courses, with free places. Two queries."""
    by_course = editions_for_course(course_ids, at=at)
    free = places_free([edition.pk for editions in by_course.values() for edition in editions])
    return {
        course: [EditionFacts(edition, free[edition.pk]) for edition in editions]
        for course, editions in by_course.items()
    }


def editions_like(
    *, where: str, starts_from: date | None, starts_to: date | None, free_places: bool, today: date
) -> QuerySet[Edition]:
    """The editions that are not over and match what the catalogue was asked."""
    found = Edition.objects.filter(ends_on__gte=today).order_by()
    if where in (Mode.ONLINE, Mode.PRESENCE):
        found = found.filter(mode__in=[where, Mode.MIXED])
    elif where:
        found = found.filter(mode=where)
    if starts_from:
        found = found.filter(starts_on__gte=starts_from)
    if starts_to:
        found = found.filter(starts_on__lte=starts_to)
    if free_places:
        taken = Count("enrolments", filter=Q(enrolments__status__in=["active", "waiting"]))
        found = found.annotate(taken=taken).filter(taken__lt=F("capacity"))
    return found
