"""Who receives records, what was sent to them, and how each attempt went."""

from .deliveries import EVENT_WORDS, UNFINISHED, Attempt, Delivery, DeliveryState, Outcome
from .files import FileForm, NightlyFile, NightlyIssue
from .reconciliations import Reconciliation, ReconciliationState
from .subscribers import KIND_OF_SCOPE, Access, DeliverableKind, People, RecordPart, Subscriber

__all__ = [
    "EVENT_WORDS",
    "KIND_OF_SCOPE",
    "UNFINISHED",
    "Access",
    "Attempt",
    "DeliverableKind",
    "Delivery",
    "DeliveryState",
    "FileForm",
    "NightlyFile",
    "NightlyIssue",
    "Outcome",
    "People",
    "Reconciliation",
    "ReconciliationState",
    "RecordPart",
    "Subscriber",
]
