"""Whoever alters, removes or adds a row by SQL behind a closed page is found, and the page is named.

Every column of every table that feeds a page is tried. The tables and columns are read from the models, so that a new
one fails here until somebody says whether it counts.
"""

import random
import uuid
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.attendance import fences, queries
from lms.attendance.models import JustifiedClass, RegisterEntry
from lms.attendance.queries.beside import faults_beside
from tests.attendance.whole import begin_another, whole_register

ADDRESS = "names the row in links and is said on no page"
NUMBER = "the row's own number"
TRAIL = "who did it is in the audit trail, not on the page"
#: Models that feed no page, or of which a page keeps what they said on its day: they may change afterwards.
FREE_MODELS = {
    "attendance.ServerLease": "keeps a connection believed while it is open; nothing of it is on a page",
    "attendance.InspectorPass": "lets somebody in; the visit has the name and body, and is sealed",
    "attendance.JustificationPaper": "a document about a person never reaches a page",
    "enrolments.Edition": "its cover keeps what it was; a later edit is a new cover when particulars are saved",
    "enrolments.EditionStaff": "tasks begin and end; cover and signatures keep whose they were",
    "enrolments.CalendarFeed": "is nobody's attendance",
}
#: Columns that do not matter, each with its reason.
FREE = {
    "attendance.Connection.last_evidence_at": "moves while open; a closed one has its own end, which is compared",
    "attendance.Connection.noted_at": "when the end was written down, which no page says",
    "attendance.RegisterPage.uuid": ADDRESS,
    "attendance.RegisterPage.started_by": TRAIL,
    "attendance.RegisterPage.ended_by": TRAIL,
    "attendance.ClassBreak.uuid": ADDRESS,
    "attendance.RegisterEntry.uuid": ADDRESS,
    "attendance.Register.told_position": "how far the directors were told; it only repeats a message",
    "attendance.StudyPage.uuid": ADDRESS,
    "attendance.PageSignature.uuid": ADDRESS,
    "attendance.InspectionReport.uuid": ADDRESS,
    "attendance.Vidimation.uuid": ADDRESS,
    "attendance.StudyInterval.closed_at": "a page says that a stretch is over, and until when it lasted",
    "attendance.StudyInterval.signs": "tells a page with scripts from one without; no page says it",
    "attendance.Particulars.written_by": TRAIL,
    "attendance.Particulars.written_at": TRAIL,
    "attendance.Justification.reason": "the reason of an absence is on no page: only that it is justified",
    "attendance.Justification.note": "words about a person, on no page; they go after a year",
    "attendance.Justification.why": "words about a person, on no page; they go after a year",
    "attendance.Justification.asked_by": TRAIL,
    "attendance.Justification.asked_at": "a page says that it is justified, not since when it was asked",
    "attendance.Justification.late": "was looked at when it was decided",
    "attendance.Justification.policy_version": "was looked at when it was asked",
    "attendance.Justification.paper_seen_by": TRAIL,
    "attendance.Justification.paper_seen_at": TRAIL,
    "enrolments.ClassSession.cancel_reason": "a class that was held has none",
    **{
        f"enrolments.Enrolment.{name}": "a status goes on after the page, which keeps who was expected then"
        for name in (
            "status",
            "asked_at",
            "asked_by",
            "referring_agency",
            "message",
            "decided_at",
            "decided_by",
            "active_from",
            "ended_at",
            "reason",
        )
    },
}
#: The columns that count: every other value in one of them is found.
COUNTS = {
    "attendance.Justification": "uuid enrolment state decided_by decided_at",
    "attendance.JustifiedClass": "justification session",
    "attendance.Register": "uuid edition code opened_at closed_at closed_by",
    "attendance.RegisterPage": "register session started_at ended_at topic incidents number closed_at closed_by",
    "attendance.ClassBreak": "page starts_at ends_at",
    "attendance.RegisterEntry": "register position kind page content previous_hash hash key_id signature written_at written_by",
    "attendance.RegisterLine": "page enrolment minutes status first_in last_out amended",
    "attendance.StudyPage": "register number since until closed_at closed_by entry",
    "attendance.Amendment": "uuid page reason changes proposed_by proposed_at state decided_by decided_at entry",
    "attendance.Connection": "uuid session person enrolment role device boot_id opened_at closed_at reason",
    "attendance.Particulars": "edition protocol protocol_on region tax_code accreditation seat representative activity_id figure hours_presence hours_online hours_own hours_stage",
    "attendance.Vidimation": "register kind office number stamped_on protocol recorded_by recorded_at entry",
    "attendance.RoomStay": "uuid session enrolment entered_at entered_by left_at left_by noted_by",
    "attendance.InspectorVisit": "uuid session person name office began_at minutes_number note",
    "attendance.VisitCheck": "visit enrolment outcome at",
    "attendance.Outage": "uuid session kind boot_id starts_at ends_at noted_at",
    "attendance.GapDecision": "outage connection given_back reason decided_by decided_at",
    "attendance.AttendancePolicy": "uuid edition version parameters made_by made_at",
    "attendance.WaitingStretch": "connection begins_at ends_at outcome ended_by",
    "attendance.Removal": "uuid session person reason removed_at removed_by undone_at undone_by",
    "attendance.PresencePrompt": "uuid session key announced_at opens_at deadline asked_by",
    "attendance.PresenceAnswer": "prompt person answered_at means key confirmed_by",
    "attendance.PageSignature": "signed role signer method proved_at signed_at due_by entry",
    "attendance.InspectionReport": "register page number inspected_on name office text written_by written_at entry",
    "attendance.StudyInterval": "uuid enrolment activity_key revision_id nominal_minutes started_at last_seen_at seconds",
    "attendance.Handover": "uuid session giver taker at by reason",
    "enrolments.Enrolment": "uuid edition person",
    "enrolments.ClassSession": "uuid edition module_key title starts_at ends_at mode place trainer recovery cancelled_at",
    "enrolments.RecoveryPlace": "uuid session enrolment missed made_by made_at",
}
#: Model → what its faults may be called; the rest of a model's faults would be luck.
NAMES = {
    "AttendancePolicy": {"policy"},
    "Connection": {"connections", "waiting", "decisions"},
    "WaitingStretch": {"waiting"},
    "Removal": {"removals"},
    "PresencePrompt": {"prompts", "answers"},
    "PresenceAnswer": {"answers"},
    "Handover": {"leading"},
    "InspectorVisit": {"visits", "checks"},
    "VisitCheck": {"checks"},
    "Outage": {"outages", "decisions"},
    "GapDecision": {"decisions"},
    "RoomStay": {"room", "room_notes"},
    "Justification": {"justified"},
    "JustifiedClass": {"justified"},
    "StudyInterval": {"stretches"},
    "StudyPage": {"study"},
    "PageSignature": {"signature"},
    "Amendment": {"amendment"},
    "InspectionReport": {"report"},
    "Vidimation": {"stamp"},
    "Particulars": {"cover"},
    "Register": {"cover", "closing", "signature", "report", "stamp", "page"},
    "RegisterPage": {"page", "amendment", "report", ""},
    "RegisterLine": {"minutes", "learners"},
    "ClassBreak": {"page"},
    "RegisterEntry": {"entry", "page", "amendment", "signature", "report", "stamp", "study", "closing", ""},
    "ClassSession": {"timetable", "page", "connections", "room", "recoveries", "justified"},
    "RecoveryPlace": {"recoveries"},
    "Enrolment": {
        "minutes",
        "learners",
        "connections",
        "room",
        "stretches",
        "checks",
        "recoveries",
        "justified",
    },
}


COLUMNS = [
    (apps.get_model(label), apps.get_model(label)._meta.get_field(name))
    for label, names in COUNTS.items()
    for name in names.split()
]
MODELS = [apps.get_model(label) for label in COUNTS]


@pytest.fixture
def register(world, records):
    """With its fences down, as whoever owns the database can take them down. Another register stands beside it."""
    register, there = whole_register(world.here), world.there
    begin_another(there)
    with fences.lifted(connection):
        yield register


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sql(statement, values=()):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def faults(register, model=None):
    """What the tables say otherwise. For the entries themselves the whole check, hashes and signatures too."""
    if model is RegisterEntry:
        return [finding.fault for finding in queries.verify(register).findings]
    entries = list(RegisterEntry.objects.filter(register=register).order_by("position"))
    return faults_beside(register, entries)


def other_value(field, now, chance):
    """Any value but the one that stands there. Times move by a second or more: a page shows no less."""
    if field.is_relation:
        others = field.related_model._default_manager.exclude(pk=now).values_list("pk", flat=True)
        return chance.choice([*others, *([None] if field.null and now is not None else [])] or [None])
    if field.null and now is not None and chance.random() < 0.2:
        return None
    if isinstance(field, models.DateTimeField):
        moved = timedelta(seconds=chance.choice([-1, 1]) * chance.randint(1, 100_000))
        return (now or datetime(2026, 11, 24, 15, tzinfo=connection.timezone)) + moved
    if isinstance(field, models.DateField):
        return (now or date(2026, 11, 24)) + timedelta(days=chance.randint(1, 400))
    if isinstance(field, models.BooleanField):
        return not now
    if isinstance(field, models.UUIDField):
        return uuid.UUID(int=chance.getrandbits(128), version=4)
    if isinstance(field, models.IntegerField):
        return (now or 0) + chance.randint(1, 50)
    if isinstance(field, models.JSONField):
        return [] if chance.random() < 0.5 else {"altro": chance.randint(0, 9)}
    if field.choices:
        return chance.choice([value for value, _label in field.choices if value != now])
    return f"{now[: (field.max_length or 50) - 4]}x{chance.randint(100, 999)}"[: field.max_length] or "x"


def alter(row, field, value):
    """By SQL, past every fence and every check of the database."""
    table, column = row._meta.db_table, field.column
    stored = field.get_db_prep_save(value, connection)
    sql(
        f'UPDATE "{table}" SET "{column}" = %s WHERE "{row._meta.pk.column}" = %s',
        [stored, row.pk],
    )


def tried(row, field, value):
    """False where the database itself cannot hold it, as two rows of one entry."""
    try:
        with transaction.atomic():
            alter(row, field, value)
    except IntegrityError:
        return False
    return True


@contextmanager
def unconstrained():
    """The constraints of the database are a help, not the proof: here they are off."""
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            sql("PRAGMA ignore_check_constraints = OFF")


#: Model → the way from a row to its edition.
WAYS = {
    "GapDecision": "connection__session__edition",
    "WaitingStretch": "connection__session__edition",
    "PresenceAnswer": "prompt__session__edition",
    "VisitCheck": "visit__session__edition",
    "RegisterLine": "page__register__edition",
    "ClassBreak": "page__register__edition",
    "Amendment": "page__register__edition",
    "PageSignature": "signed__register__edition",
    "Justification": "enrolment__edition",
    "StudyInterval": "enrolment__edition",
    **dict.fromkeys(
        ("RegisterPage", "RegisterEntry", "StudyPage", "Vidimation", "InspectionReport"), "register__edition"
    ),
    **dict.fromkeys(
        ("Register", "Particulars", "AttendancePolicy", "ClassSession", "Enrolment"),
        "edition",
    ),
}


def rows_behind(register, model):
    """The rows that a closed page of the register rests on."""
    only = {
        "ClassSession": {"register_page__isnull": False},
        "Enrolment": {"register_lines__isnull": False},
        "Justification": {"state": "accepted"},
        "JustifiedClass": {"justification__state": "accepted"},
        "StudyInterval": {"closed_at__isnull": False},
    }.get(model.__name__, {})
    way = WAYS.get(model.__name__, "session__edition")
    rows = model._default_manager.filter(**only, **{way: register.edition_id})
    if model.__name__ == "GapDecision":
        rows |= model._default_manager.filter(outage__session__edition=register.edition_id)
    return list(rows.order_by("pk").distinct())


def test_every_table_and_column_is_decided_on():
    """A new one fails here until somebody says that it counts, or why it does not."""
    known = [*apps.get_app_config("attendance").get_models(), *apps.get_app_config("enrolments").get_models()]
    assert {model._meta.label for model in known} == COUNTS.keys() | FREE_MODELS.keys()
    assert not COUNTS.keys() & FREE_MODELS.keys()
    columns = [
        f"{model._meta.label}.{field.name}"
        for model in MODELS
        for field in model._meta.local_concrete_fields
        if not field.primary_key
    ]
    decided = [*FREE, *(f"{model._meta.label}.{field.name}" for model, field in COLUMNS)]
    assert sorted(decided) == sorted(columns)


def test_an_untouched_register_with_a_row_of_everything_is_intact(register):
    assert queries.verify(register).findings == []
    for model in MODELS:
        assert rows_behind(register, model), f"no row of {model._meta.label} is behind this register"


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_altered_value_is_found_and_its_table_is_named(register, data):
    model, field = data.draw(st.sampled_from(COLUMNS), "column")
    row = data.draw(st.sampled_from(rows_behind(register, model)), "row")
    chance = random.Random(data.draw(st.integers(0, 2**32), "value"))
    with unconstrained(), undone():
        if tried(row, field, other_value(field, getattr(row, field.attname), chance)):
            must_be_named(register, model)
    assert faults(register) == []


@pytest.mark.slow
def test_every_column_of_every_row_is_found_and_its_table_is_named(register):
    chance, impossible = random.Random(4), []
    with unconstrained():
        for model, field in COLUMNS:
            for row in rows_behind(register, model):
                with undone():
                    now = getattr(row, field.attname)
                    if any(tried(row, field, other_value(field, now, chance)) for _ in range(9)):
                        must_be_named(register, model)
                    else:
                        impossible.append(f"{model.__name__}.{field.name}")
    assert impossible == []
    assert faults(register) == []


def test_every_removed_row_is_found(register):
    """Even past foreign keys. Without its own row there is no register of this code, which is another answer."""
    for model in MODELS:
        if model.__name__ == "Register":
            continue
        for row in rows_behind(register, model):
            with undone():
                sql("PRAGMA defer_foreign_keys = ON" if connection.vendor == "sqlite" else "SELECT 1")
                sql(f'DELETE FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = %s', [row.pk])
                must_be_named(register, model)


def must_be_named(register, model):
    found = faults(register, model)
    assert {fault.where for fault in found} & NAMES[model.__name__], found


#: What makes a copy of a row another row, where copying it as it is would be one too many of the same.
COPIED = {
    "PresencePrompt": ["key"],
    "PresenceAnswer": ["person"],
    "VisitCheck": ["enrolment"],
    "InspectorVisit": ["person"],
    "Outage": ["boot_id"],
    "RegisterLine": ["enrolment"],
    "RecoveryPlace": ["enrolment"],
    "JustifiedClass": ["session"],
    "AttendancePolicy": ["version"],
    "PageSignature": ["signed", "entry"],
    "StudyPage": ["number", "entry"],
    "Amendment": ["entry"],
    "InspectionReport": ["entry"],
    "Vidimation": ["entry"],
    "RegisterPage": ["session", "number"],
    "RegisterEntry": ["position", "kind"],
}
#: Of these another row is somebody else's, or not of a closed class.
NOT_ADDED = {"Register", "Particulars", "ClassSession", "Enrolment", "Justification"}


def test_every_added_row_is_found(register):
    """A copy of each row, with what must differ for the database to hold it."""
    chance = random.Random(5)
    for model in MODELS:
        if model.__name__ in NOT_ADDED:
            continue
        with undone(), unconstrained():
            assert any(added(row, chance) for row in rows_behind(register, model) * 9), model
            must_be_named(register, model)


def added(row, chance):
    changed = COPIED.get(type(row).__name__, [])
    values = {}
    for field in row._meta.local_concrete_fields:
        value = getattr(row, field.attname)
        if field.name == "version":
            value = 0
        elif isinstance(row, JustifiedClass) and field.name == "session":
            value = row.session.recovered_in.get().session_id  # the other class with a closed page
        elif field.name in changed or (field.unique and not field.primary_key):
            value = other_value(field, value, chance)
        if not field.primary_key:
            values[f'"{field.column}"'] = field.get_db_prep_save(value, connection)
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    try:
        with transaction.atomic():
            sql(f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({marks})', list(values.values()))
    except IntegrityError:
        return False
    return True
