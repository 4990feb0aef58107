"""Who was there, from when to when, and the register that says so."""

from .absences import Justification, JustificationPaper, JustificationState, JustifiedClass
from .amendments import Amendment, AmendmentState
from .connections import CloseReason, Connection, ConnectionRole, ServerLease
from .covers import Particulars, Vidimation, VidimationKind
from .in_room import RoomMeans, RoomStay
from .inspections import CheckOutcome, InspectorPass, InspectorVisit, VisitCheck, digest_of
from .outages import GapDecision, Outage, OutageKind
from .policy import AttendancePolicy
from .presence import AnswerMeans, PresenceAnswer, PresencePrompt, Removal, WaitingEnd, WaitingStretch
from .register import (
    AttendanceStatus,
    ClassBreak,
    EntryKind,
    Register,
    RegisterEntry,
    RegisterLine,
    RegisterPage,
    StudyPage,
)
from .signatures import InspectionReport, PageSignature, SignerRole
from .study import StudyInterval
from .teaching import Handover

__all__ = [
    "Amendment",
    "AmendmentState",
    "AnswerMeans",
    "AttendancePolicy",
    "AttendanceStatus",
    "CheckOutcome",
    "ClassBreak",
    "CloseReason",
    "Connection",
    "ConnectionRole",
    "EntryKind",
    "GapDecision",
    "Handover",
    "InspectionReport",
    "InspectorPass",
    "InspectorVisit",
    "Justification",
    "JustificationPaper",
    "JustificationState",
    "JustifiedClass",
    "Outage",
    "OutageKind",
    "PageSignature",
    "Particulars",
    "PresenceAnswer",
    "PresencePrompt",
    "Register",
    "RegisterEntry",
    "RegisterLine",
    "RegisterPage",
    "Removal",
    "RoomMeans",
    "RoomStay",
    "ServerLease",
    "SignerRole",
    "StudyInterval",
    "StudyPage",
    "Vidimation",
    "VidimationKind",
    "VisitCheck",
    "WaitingEnd",
    "WaitingStretch",
    "digest_of",
]
