"""Who may see which absence in what detail, ask for it, decide on it, open its papers. Lists and single fetches agree.

The person and who follows the case read reason and words; the tutor of the class only a reason that is not health;
the case of an agency, trainers, directors and inspectors only yes or no, which is `queries.justified_in`.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404

from lms.enrolments.access import editions_with_task, enrolments_visible_to
from lms.people.access import Role, has_role, people_followed_as, people_who_read_cases_of
from lms.people.rules import PSP

from .models import Justification, JustificationPaper
from .reasons import HEALTH

#: The roles that read, enter and decide absences of their cases.
_CARE = (Role.SOCIAL_WORKER, Role.CPI_OPERATOR)


@dataclass(frozen=True)
class Standing:
    """The ids by which one reader reads absences: people in full, people whose papers open, editions as a tutor.

    Four queries, for one row or for a hundred.
    """

    own: int
    full: frozenset[int]
    papers: frozenset[int]
    tutored: frozenset[int]


@dataclass(frozen=True)
class View:
    """What one reader may know and do about one justification."""

    reason: bool  # its reason, and the words of who asked
    papers: bool
    attach: bool
    decide: bool
    logged: bool  # reading it is noted with its purpose


def standing_of(user: Any) -> Standing:
    """Where this reader stands to all absences."""
    if not user.is_authenticated:
        return Standing(0, frozenset(), frozenset(), frozenset())
    health = people_followed_as(user, Role.SOCIAL_WORKER) | people_followed_as(
        user, Role.CPI_OPERATOR, basis=PSP
    )
    return Standing(
        own=user.pk,
        full=frozenset(people_followed_as(user, *_CARE).values_list("pk", flat=True)),
        papers=frozenset(health.values_list("pk", flat=True)),
        tutored=frozenset(editions_with_task(user, "tutor").values_list("pk", flat=True)),
    )


def view_of(justification: Justification, standing: Standing, *, nobody_else: bool = False) -> View:
    """What the reader may know of it and do with it. No query: its enrolment is loaded.

    `nobody_else`: no professional who may read health follows this person, so that a tutor decides blindly
    rather than never.
    """
    person, edition = justification.enrolment.person_id, justification.enrolment.edition_id
    health = justification.reason in HEALTH
    own = person == standing.own
    full = person in standing.full
    tutor = edition in standing.tutored
    papers = person in standing.papers if health else full
    return View(
        reason=own or full or (tutor and not health),
        papers=own or papers,
        attach=own or papers,
        decide=not own and (full or (tutor and (not health or nobody_else))),
        logged=not own and full,
    )


def justifications_visible_to(user: Any) -> QuerySet[Justification]:
    """One's own, those of the people whose case one follows in a role that reads them, and as a tutor those of
    one's editions."""
    if not user.is_authenticated:
        return Justification.objects.none()
    rule = Q(enrolment__person=user.pk)
    rule |= Q(enrolment__person__in=people_followed_as(user, *_CARE))
    rule |= Q(enrolment__edition__in=editions_with_task(user, "tutor").values("pk"))
    return Justification.objects.filter(rule).select_related(
        "enrolment__person", "enrolment__edition", "asked_by", "decided_by"
    )


def justification_for(user: Any, uuid: UUID | str) -> Justification:
    """One of those, or 404."""
    return _one(justifications_visible_to(user), uuid=uuid)


def view_for(user: Any, justification: Justification) -> View:
    """The same answer as for a list, for one: with the case of a person whom nobody else can decide for."""
    standing = standing_of(user)
    nobody = (
        justification.reason in HEALTH
        and justification.enrolment.edition_id in standing.tutored
        and not people_who_read_cases_of(justification.enrolment.person, *_CARE).exists()
    )
    return view_of(justification, standing, nobody_else=nobody)


def justification_to_decide(user: Any, uuid: UUID | str) -> Justification:
    """One that this person may decide on, or 404."""
    found = justification_for(user, uuid)
    if not view_for(user, found).decide:
        raise Http404
    return found


def justification_to_prove(user: Any, uuid: UUID | str) -> Justification:
    """One to which this person may add a document, or 404."""
    found = justification_for(user, uuid)
    if not view_for(user, found).attach:
        raise Http404
    return found


def paper_for(user: Any, uuid: UUID | str) -> JustificationPaper:
    """A document that this person may open, or 404."""
    rows = JustificationPaper.objects.filter(justification__in=justifications_visible_to(user).values("pk"))
    paper = _one(rows.select_related("justification__enrolment__person"), uuid=uuid)
    if not view_for(user, paper.justification).papers:
        raise Http404
    return paper


def enrolments_to_justify(user: Any) -> QuerySet:
    """The enrolments for which this person may enter a justification: of one's own, of one's cases, of the editions
    that one tutors."""
    rule = Q(person=user.pk) | Q(person__in=people_followed_as(user, *_CARE))
    rule |= Q(edition__in=editions_with_task(user, "tutor").values("pk"))
    return enrolments_visible_to(user).filter(rule, active_from__isnull=False)


def enters_for_others(user: Any) -> bool:
    """May this person enter absences of somebody else at all?"""
    return has_role(user, *_CARE) or editions_with_task(user, "tutor").exists()


def must_enter_for_others(user: Any) -> None:
    if not enters_for_others(user):
        raise Http404


def enrolment_for_another(user: Any, uuid: UUID | str) -> Any:
    """An enrolment of somebody else for which this person may enter a justification, or 404."""
    return _one(enrolments_to_justify(user).exclude(person=user.pk), uuid=uuid)


def _one(rows: QuerySet, **lookup: Any) -> Any:
    try:
        return rows.get(**lookup)
    except (rows.model.DoesNotExist, ValidationError) as error:
        raise Http404 from error
