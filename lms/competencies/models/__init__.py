"""What a person was found able to do, as it was given out and shown: rows that are added and never changed."""

from .credentials import Credential, Form, SpentPlace, StatusList, StatusPlace, StatusReason, Suspension
from .evidence import Decision, Observation, Outcome, Proposal, Rectification, Seen
from .received import ReceivedDocument, ReceivedEvent, ReceivedKind
from .records import (
    CompetencyRecord,
    Event,
    Pseudonym,
    RecordKind,
    RecordQuerySet,
    RevocationReason,
)
from .shares import Share, ShareOpening
from .tombstones import DeletionReason, Tombstone

__all__ = [
    "CompetencyRecord",
    "Credential",
    "Decision",
    "DeletionReason",
    "Event",
    "Form",
    "Observation",
    "Outcome",
    "Proposal",
    "Pseudonym",
    "ReceivedDocument",
    "ReceivedEvent",
    "ReceivedKind",
    "RecordKind",
    "RecordQuerySet",
    "Rectification",
    "RevocationReason",
    "Seen",
    "Share",
    "ShareOpening",
    "SpentPlace",
    "StatusList",
    "StatusPlace",
    "StatusReason",
    "Suspension",
    "Tombstone",
]
