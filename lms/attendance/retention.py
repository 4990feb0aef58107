"""How long registers, their facts, and reasons of absences with their papers stay.

A register with its facts is one thing: what its pages say is compared with the tables beside it, so nothing of it goes
alone. Words and documents of an absence go long before, and no page shows them.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from lms.audit.actions import record
from lms.audit.retention import Rows, Rule, months_before

from .models import (
    Amendment,
    AttendancePolicy,
    Connection,
    GapDecision,
    Handover,
    InspectionReport,
    InspectorPass,
    InspectorVisit,
    Justification,
    JustificationPaper,
    PageSignature,
    Particulars,
    PresenceAnswer,
    PresencePrompt,
    Register,
    RegisterEntry,
    RegisterLine,
    RegisterPage,
    Removal,
    RoomStay,
    StudyInterval,
    StudyPage,
    Vidimation,
    VisitCheck,
    WaitingStretch,
)
from .queries.policies import policies_of

_LAW = (
    "the law keeps it: ten years (c.c. art. 2220), at least five from 31 December of the last payment (Reg. UE "
    "2021/1060 art. 82); then the owner of the database takes the whole register down, fences and all"
)


def _ended_editions(at: datetime) -> dict[int, date]:
    """The last day of each edition that has had its last day, by id. One query."""
    field: Any = Register._meta.get_field("edition")
    rows = field.related_model._default_manager.filter(ends_on__lt=timezone.localtime(at).date())
    return dict(rows.values_list("pk", "ends_on"))


def registers_over(at: datetime) -> list[int]:
    """The editions whose register has had its years, from 31 December of the year in which they ended. Two queries."""
    ended = _ended_editions(at)
    this_year = timezone.localtime(at).year
    policies = policies_of(ended)
    return [pk for pk, day in ended.items() if day.year + policies[pk].retention_register_years < this_year]


def absences_over(at: datetime) -> list[int]:
    """The editions whose reasons and papers of absences have had their months. Two queries."""
    ended = _ended_editions(at)
    policies = policies_of(ended)
    return [
        pk
        for pk, day in ended.items()
        if day < months_before(at, policies[pk].retention_justification_months)
    ]


def _with_register(model: type[Model], path: str) -> Rule:
    def over(at: datetime) -> Rows:
        return model._default_manager.filter(**{f"{path}__in": registers_over(at)})

    return Rule(model, over, act=None, stays=_LAW)


def _of_absences(model: Any, path: str, worded: Q) -> Callable[[datetime], Rows]:
    return lambda at: model.objects.filter(worded, **{f"{path}__in": absences_over(at)})


def _shred(papers: Rows, at: datetime) -> int:
    """The sealed file goes with its row, and its person reads that it did."""
    done = 0
    for paper in papers.select_related("justification__enrolment__person"):
        person = paper.justification.enrolment.person
        record("write.retention", by=None, subject=person, target=paper, at=at)
        paper.sealed.delete(save=False)
        paper.delete()
        done += 1
    return done


def _unword(rows: Rows, at: datetime) -> int:
    return rows.update(note="", why="")


RULES = [
    Rule(
        JustificationPaper, _of_absences(JustificationPaper, "justification__enrolment__edition", Q()), _shred
    ),
    Rule(
        Justification,
        _of_absences(Justification, "enrolment__edition", ~Q(note="") | ~Q(why="")),
        _unword,
        stays="that an absence was justified stays with the register; its words go",
    ),
    *[
        _with_register(model, path)
        for model, path in (
            (Register, "edition"),
            (RegisterEntry, "register__edition"),
            (RegisterPage, "register__edition"),
            (RegisterLine, "page__register__edition"),
            (PageSignature, "signed__register__edition"),
            (Amendment, "page__register__edition"),
            (StudyPage, "register__edition"),
            (Vidimation, "register__edition"),
            (InspectionReport, "register__edition"),
            (Particulars, "edition"),
            (AttendancePolicy, "edition"),
            (Connection, "session__edition"),
            (WaitingStretch, "connection__session__edition"),
            (Removal, "session__edition"),
            (RoomStay, "session__edition"),
            (PresencePrompt, "session__edition"),
            (PresenceAnswer, "prompt__session__edition"),
            (Handover, "session__edition"),
            (GapDecision, "connection__session__edition"),
            (InspectorPass, "session__edition"),
            (InspectorVisit, "session__edition"),
            (VisitCheck, "visit__session__edition"),
            (StudyInterval, "enrolment__edition"),
        )
    ],
]
