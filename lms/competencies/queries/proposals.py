"""Reading what was seen, proposed, decided and received."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from ..models import (
    CompetencyRecord,
    Observation,
    Proposal,
    ReceivedDocument,
    ReceivedEvent,
    Rectification,
)


def open_proposal(enrolment: Any, competency: Any, level: Any) -> Proposal | None:
    """The proposal of this that nobody has decided yet."""
    rows = Proposal.objects.filter(
        enrolment=enrolment, competency=competency, level=level, decision__isnull=True
    )
    return rows.select_related("by").first()


def open_proposals(editions: QuerySet) -> QuerySet[Proposal]:
    """The proposals of these editions that nobody has decided yet, oldest first."""
    rows = Proposal.objects.filter(
        enrolment__edition__in=editions.order_by().values("pk"), decision__isnull=True
    )
    return rows.select_related(
        "enrolment__edition", "enrolment__person", "competency__framework", "level", "by"
    ).order_by("at", "id")


def open_by_goal(enrolment_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(enrolment id, competency id) of what is proposed and not decided. One query."""
    rows = Proposal.objects.filter(enrolment__in=list(enrolment_ids), decision__isnull=True)
    return set(rows.order_by().values_list("enrolment", "competency"))


def proposals_of(enrolment: Any, competency: Any) -> list[Proposal]:
    """Every proposal of this for this person with its decision, newest first."""
    rows = Proposal.objects.filter(enrolment=enrolment, competency=competency)
    return list(rows.select_related("by", "level", "decision__by", "decision__record"))


def observations_of(enrolment: Any, competency: Any) -> list[Observation]:
    """What trainers saw of this, newest first."""
    return list(Observation.objects.filter(enrolment=enrolment, competency=competency).select_related("by"))


def received_documents() -> QuerySet[ReceivedDocument]:
    """Documents of other bodies with what showing them needs; those that were corrected too (`corrected_by`)."""
    rows = ReceivedDocument.objects.filter(event=ReceivedEvent.RECEIVED)
    return rows.select_related(
        "enrolment__person",
        "enrolment__edition",
        "competency__framework",
        "level",
        "by",
        "corrected_by",
        "about",
    )


def received_of(person: Any, *, standing: bool = True) -> list[ReceivedDocument]:
    """One person's documents of other bodies, newest first."""
    rows = received_documents().filter(enrolment__person=person)
    return list(rows.filter(corrected_by__isnull=True) if standing else rows)


def received_in(enrolment: Any) -> list[ReceivedDocument]:
    """What was recorded for one enrolment, the corrected ones too, newest first."""
    return list(received_documents().filter(enrolment=enrolment))


def levels_of(record: CompetencyRecord) -> QuerySet:
    """The levels of the framework of an award, lowest first; none for a certificate of attendance."""
    level = CompetencyRecord._meta.get_field("level").related_model
    framework = record.competency.framework_id if record.competency else None
    return level._default_manager.filter(framework=framework).order_by("position")


def rectification_of(record: CompetencyRecord) -> tuple[Rectification | None, Rectification | None]:
    """(the one that put this record right, the one by which it took another's place). One query."""
    rows = list(
        Rectification.objects.filter(Q(wrong=record) | Q(right=record)).select_related("wrong", "right", "by")
    )
    put_right = next((row for row in rows if row.wrong_id == record.pk), None)
    return put_right, next((row for row in rows if row.right_id == record.pk), None)
