"""Who may see which record, and who may award."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404

from lms.enrolments import access as enrolments
from lms.people.access import Data, Grant, has_role, is_professional, roles_of

from . import queries
from .credentials.document import STATUS
from .models import CompetencyRecord, Proposal, ReceivedDocument, Share, StatusList

__all__ = ["has_role", "is_professional", "record_for", "roles_of"]

#: The tasks in an edition that carry the right to observe, to propose, to certify attendance, and to revoke: a wrong
#: record must be stopped by whoever sees it.
AWARDING = frozenset({"trainer", "director"})
#: Who answers for the edition, and awards what is proposed.
DECIDING = frozenset({"director"})
#: Who records the documents of other bodies.
RECEIVING = frozenset({"tutor", "director"})

visible_to = queries.records_visible_to


def record_for(user: Any, uuid: UUID | str) -> CompetencyRecord:
    """The record with this uuid, if records_visible_to() holds it; else 404, as if absent."""
    try:
        return visible_to(user).get(uuid=uuid)
    except (CompetencyRecord.DoesNotExist, ValidationError, ValueError):
        raise Http404 from None


def record_to_revoke(user: Any, uuid: UUID | str) -> CompetencyRecord:
    """A record that this person may revoke: whoever awards in its edition; 404 for anybody else."""
    record = record_for(user, uuid)
    if not awards_in(user, record.enrolment.edition):
        raise Http404
    return record


def share_for(user: Any, uuid: UUID | str) -> Share:
    """A link that this person made; 404 for anybody else's."""
    try:
        return queries.shares_of(user).get(uuid=uuid)
    except Share.DoesNotExist:
        raise Http404 from None


def share_by_token(token: str, *, at: datetime) -> Share | None:
    """The link with this secret, while it works; None for a wrong one, an old one and a closed one alike."""
    found = Share.objects.filter(token_digest=queries.token_digest(token)).select_related("person").first()
    return found if found is not None and found.is_open(at) else None


def shared_record(shared: Share, uuid: UUID) -> CompetencyRecord:
    """A record that a link shows; 404 for any other."""
    for record in queries.shared_records(shared):
        if record.uuid == uuid:
            return record
    raise Http404


def issuing_agency(uuid: UUID) -> Any:
    """The agency with this uuid, if records were ever issued in its name; 404 for any other."""
    found = queries.issuing_agencies().filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def status_list_for(uuid: UUID, purpose: str) -> StatusList:
    """A status list and a purpose that it serves; 404 for anything else. Public by nature."""
    found = StatusList.objects.filter(uuid=uuid).select_related("agency").first()
    if found is None or purpose not in STATUS:
        raise Http404
    return found


def awards_in(user: Any, edition: Any) -> bool:
    """Does this person propose awards, certify attendance and revoke in this edition?"""
    return bool(enrolments.staff_roles(user, edition) & AWARDING)


def decides_in(user: Any, edition: Any) -> bool:
    """Does this person answer for this edition, and so award?"""
    return bool(enrolments.staff_roles(user, edition) & DECIDING)


def receives_in(user: Any, edition: Any) -> bool:
    """Does this person record in this edition what other bodies issued?"""
    return bool(enrolments.staff_roles(user, edition) & RECEIVING)


def proposal_to_decide(user: Any, uuid: UUID) -> Proposal:
    """A proposal of an edition for which this person answers; 404 for anybody else."""
    found = (
        Proposal.objects.select_related("enrolment__edition", "competency", "level").filter(uuid=uuid).first()
    )
    if found is None or not decides_in(user, found.enrolment.edition):
        raise Http404
    return found


def proposals_to_decide(user: Any) -> QuerySet[Proposal]:
    """The open proposals of the editions for which this person answers, oldest first."""
    return queries.open_proposals(enrolments.editions_with_task(user, *DECIDING))


def received_for(user: Any, uuid: UUID) -> ReceivedDocument:
    """A document of another body, for who records such documents there and whom the table lets read; else 404.

    A trainer proposes awards and reads none: the table says "propose" and nothing more.
    """
    visible = enrolments.enrolments_visible_to(user).order_by().values("pk")
    found = queries.received_documents().filter(uuid=uuid, enrolment__in=visible).first()
    if found is None or not _reads_received(user, found.enrolment):
        raise Http404
    return found


def _reads_received(user: Any, enrolment: Any) -> bool:
    return receives_in(user, enrolment.edition) or bool(grant(user, enrolment.person))


def received_to_correct(user: Any, uuid: UUID) -> ReceivedDocument:
    """The same for who may correct it."""
    found = received_for(user, uuid)
    if not receives_in(user, found.enrolment.edition):
        raise Http404
    return found


def enrolment_to_receive(user: Any, code: str, uuid: UUID) -> Any:
    """The enrolment of one learner, for who records documents in its edition; 404 for anybody else."""
    enrolment = enrolment_to_award(user, code, uuid)
    if not receives_in(user, enrolment.edition):
        raise Http404
    return enrolment


def record_to_rectify(user: Any, uuid: UUID | str) -> CompetencyRecord:
    """A record that this person may put right: whoever answers for its edition; 404 for anybody else."""
    record = record_for(user, uuid)
    if not decides_in(user, record.enrolment.edition):
        raise Http404
    return record


def edition_for(user: Any, code: str) -> Any:
    """The edition whose list of competencies this person may open: its staff; 404 for anybody else."""
    edition = enrolments.edition_for(user, code)
    if not enrolments.staff_roles(user, edition):
        raise Http404
    return edition


def enrolment_to_award(user: Any, code: str, uuid: UUID | str) -> Any:
    """The enrolment of one learner in an edition of whose staff this person is; 404 for anybody else."""
    edition = edition_for(user, code)
    enrolment = enrolments.enrolment_for(user, uuid)
    if enrolment.edition_id != edition.pk:
        raise Http404
    return enrolment


def goal_for(enrolment: Any, competency: UUID | str) -> queries.Goal:
    """The goal of the course with this competency; 404 when the course does not aim at it."""
    for goal in queries.goals_of(enrolment.edition.course):
        if goal.competency.uuid == competency:
            return goal
    raise Http404


def editions_to_award(user: Any) -> QuerySet:
    """The editions in which this person has a task, or which this person directs."""
    return enrolments.editions_worked_in(user).select_related("agency").order_by("-starts_on", "code")


def person_for(user: Any, uuid: UUID | str) -> Any:
    """A person whose records this user may read one by one; 404 for anybody else."""
    try:
        person = enrolments.people_visible_to(user).filter(uuid=uuid).first()
    except (ValidationError, ValueError):
        raise Http404 from None
    if person is None or not grant(user, person):
        raise Http404
    return person


def grant(user: Any, person: Any) -> Grant:
    """What the table of the protocol gives this user on this person's competency records."""
    return enrolments.may(user, person, Data.COMPETENCIES)
