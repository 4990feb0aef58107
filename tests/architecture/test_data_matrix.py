"""Role by kind of data, on the pages and downloads themselves: what the protocol's table says is what the bytes say.

One person's data carry words that stand nowhere else. Every address of the permission matrix that answers a role is
fetched as that role, and its bytes are searched: pages, CSV, workbooks, PDF with what is attached to them. Who must
see a word sees it somewhere; everybody else sees it nowhere. The pure table is in `tests/people/test_matrix.py`.
"""

import csv
import io
import re
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pypdf
import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from lms.attendance import actions
from lms.audit.actions import record
from lms.people.actions import set_codice_fiscale
from tests import factories as make
from tests.architecture.matrix import attendance as of_attendance
from tests.architecture.matrix import competencies as of_competencies
from tests.architecture.permission_matrix import ROLES
from tests.architecture.test_permissions import ROWS
from tests.attendance.conftest import attend
from tests.factories import NOW

CODE = "RSSMRA80A01D508J"
#: Kind of data → words that only its own fields hold.
WORDS = {
    "name": ["Marcanome"],
    "identity": [CODE, CODE[-4:], "1 gennaio 1980", "01/01/1980", "1980-01-01"],
    "contacts": ["7654321", "765 4321", "marca@posta.example"],
    "connections": ["dispositivomarca"],
    "justification": ["parolemarca"],
    "health_document": ["certificatomarca"],
    "measure": [r"\bPaIS\b", r"\bPSP\b", "Patto per l", "Patto di servizio", "inclusione sociale"],
    "corrections": ["rettificamarca"],
    "results": [r"(?<!\d)7[.,]25(?!\d)"],
    "received": ["attestatomarca"],
    "audit": ["scopomarca"],
}
CASE = {"social_worker", "cpi_operator", "agency_operator"}
CLASS = {"trainer", "tutor", "training_director", "inspector"}
#: Kind of data → who sees it somewhere. Nobody else sees it anywhere.
SEEN_BY = {
    # Of the trail the data protection officer reads whose it is.
    "name": {"beneficiary", *CLASS, *CASE, "consortium_coordinator", "data_protection_officer"},
    # On no page: shown once to who follows the person, for a purpose (see below); one's own at one's own page.
    "identity": {"beneficiary"},
    "contacts": {"beneficiary", "tutor", *CASE},
    # The table gives a coordinator no log, and "Register PDF, signed logs: R": what was signed, and nothing else (below).
    "connections": {*CLASS, "consortium_coordinator"},
    "justification": {"beneficiary", "social_worker", "cpi_operator"},
    "health_document": {"beneficiary", "social_worker", "cpi_operator"},
    "measure": {"beneficiary", *CASE},
    # Of the trail the data protection officer reads why somebody wrote.
    "corrections": {*CLASS, "consortium_coordinator", "data_protection_officer"},
    # One's own stands on the quiz, which in this world still waits for its lessons (tests/progress). A social worker
    # reads only whether it was passed; a coordinator what pages of own study say, in the register.
    "results": {*CLASS, "cpi_operator", "agency_operator", "consortium_coordinator"},
    # A trainer proposes competencies and opens no document of another body.
    "received": {"beneficiary", "tutor", "training_director", "inspector", *CASE, "consortium_coordinator"},
    "audit": {"beneficiary", "consortium_coordinator", "data_protection_officer"},
}
#: A form that lists every basis of a case to choose from says nothing of anybody.
FORMS = {"people:case_assign", "people:create", "people:import"}
OUTSIDE = [role for role in ROLES if role not in ("anonymous",)]


@pytest.fixture
def marked(world):
    """The beneficiary of the first network, with something of every kind on record; classes are over."""
    body, person, enrolment = world.here, world.here.beneficiary, world.here.enrolment
    person.last_name, person.birth_date = "Marcanome", date(1980, 1, 1)
    person.phone, person.email = "+393337654321", "marca@posta.example"
    person.save()
    set_codice_fiscale(person, CODE, by=body.social_worker, at=NOW)
    for case in person.followed_by.all():
        case.basis_of_care = "pais" if case.professional_id == body.social_worker.pk else "psp"
        case.save()
    record("read.person", by=body.social_worker, subject=person, target=person, purpose="scopomarca", at=NOW)
    handed_in = NOW - timedelta(days=8)
    quiz = next(each for each in _activities(body) if each.kind == "quiz")
    apps.get_model("assessments.Attempt").objects.create(
        enrolment=enrolment,
        activity_key=quiz.key,
        number=1,
        snapshot={"questions": []},
        started_at=handed_in,
        saved_at=handed_in,
        submitted_at=handed_in,
        submission_key=uuid4(),
        score=Decimal("7.25"),
        max_score=Decimal("11"),
        passed=True,
    )
    register = actions.open_register(body.edition, by=body.training_director, at=NOW - timedelta(days=9))
    for minute in (0, 5):
        began = NOW - timedelta(days=8) + timedelta(minutes=minute)
        actions.record_study(enrolment, quiz.key, 1, 60, at=began)
    actions.close_study_page(register, until=NOW - timedelta(days=7), by=body.tutor, at=NOW)
    with time_machine.travel(NOW + timedelta(hours=3), tick=True):
        attend(body.session, person, (0, 67), device="dispositivomarca")
        asked = actions.ask_justification(
            enrolment, [body.session], reason="illness", note="parolemarca", by=person, at=NOW
        )
        actions.attach_paper(
            asked, name="certificatomarca.pdf", content=b"%PDF-1.7 certificatomarca", by=person, at=NOW
        )
        body.people |= {"justification": asked, "paper": asked.papers.get()}
        _set_up(body)
        yield body


def _activities(body):
    from courses.queries import outline

    return outline(body.course).activities


def _set_up(body):
    """A record, a document of another body, a delivery; then the page is closed and rectified."""
    for make_it in DONE:
        make_it(body)
    page = body.session.register_page
    page.refresh_from_db()
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 60}]
    asked = actions.amend(page, by=body.tutor, at=NOW, reason="rettificamarca", changes=changes)
    actions.approve_amendment(asked, by=body.training_director, at=NOW)
    actions.accept_justification(body.people["justification"], by=body.social_worker, at=NOW)


#: What was made for these addresses; others need another state of the class, which holds no other data.
DONE = (of_competencies.with_record, of_competencies.with_document, of_attendance.closed)
MADE = {None, *DONE, of_attendance.asked, of_attendance.ended, of_attendance.studied}
PAGES = [row for row in ROWS if row.method == "get" and row.setup in MADE]


def fetched(role, body, owner):
    """Address → what a role reads there, of those that the permission matrix says it may open."""
    own = body is owner
    rows = [row for row in PAGES if row.expected(role, own=own) == 200]
    found = opened(body.people[role], owner, rows)
    assert found.keys() == {row.url for row in rows}
    return found


def opened(user, owner, rows=PAGES):
    """Address → what somebody reads there, or downloads, of those that open."""
    client, found = Client(), {}
    if user is not None:
        client.force_login(user)
    for row in rows:
        answer = client.get(reverse(row.url, kwargs=row.kwargs(owner)), row.data(owner))
        if answer.status_code == 200:
            found[row.url] = plain(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    return found


def plain(content: bytes) -> str:
    """The words in a page or a file, and in the files inside it."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if content.startswith(b"%PDF") and b"startxref" in content:  # what other bodies send is taken as it is
        paper = pypdf.PdfReader(io.BytesIO(content))
        inside = [data for files in paper.attachments.values() for data in files]
        words = [page.extract_text() for page in paper.pages]
        return "\n".join([*words, *(data.decode("utf-8", "replace") for data in inside)])
    return content.decode("utf-8", "replace")


def found_in(pages, kind):
    """Where words of this kind stand."""
    pattern = re.compile("|".join(WORDS[kind]))
    return sorted(url for url, text in pages.items() if url not in FORMS and pattern.search(text))


def where(pages, kinds=tuple(WORDS)):
    """Each kind that is found anywhere, with where."""
    return {kind: urls for kind in kinds if (urls := found_in(pages, kind))}


HIDDEN_FROM_TRAINERS = (
    "identity",
    "contacts",
    "justification",
    "health_document",
    "measure",
    "received",
    "audit",
)
#: The cell "Register PDF, signed logs: R" of a coordinator.
SIGNED = {f"attendance:register_{form}" for form in ("pdf", "csv", "xlsx", "json")}


def test_no_trainer_learns_of_a_measure_or_a_reason(marked):
    """Whatever they open or download; of an absence they read that it is justified, and no more."""
    pages = fetched("trainer", marked, marked)
    assert where(pages, HIDDEN_FROM_TRAINERS) == {}
    rows = csv.DictReader(io.StringIO(pages["attendance:class_csv"]), delimiter=";")
    (row,) = [each for each in rows if each["persona"].startswith("Marcanome")]
    assert row["giustificata"] == "sì"


def test_a_coordinator_reads_connections_only_where_they_are_signed(marked):
    """The live log is not theirs: no class, no page of one, no list of hours; the register that was closed is."""
    pages = fetched("consortium_coordinator", marked, marked)
    found = where(pages, ["connections", "results"])
    assert set(found) == {"connections", "results"}
    assert set().union(*found.values()) <= SIGNED


def test_a_classmate_reads_nothing(marked):
    """Not even the family name; in the room they read a given name and an initial (tests/live/test_room.py)."""
    mate = marked.people["stranger"]
    make.enrolment(mate, marked.edition)
    pages = opened(mate, marked)
    assert "progress:map" in pages
    assert where(pages) == {}


@pytest.mark.slow
@pytest.mark.parametrize("role", OUTSIDE)
def test_a_role_reads_what_its_cell_says_and_nothing_else(role, marked):
    pages = fetched(role, marked, marked)
    found = {kind: found_in(pages, kind) for kind in WORDS}
    assert {kind: urls for kind, urls in found.items() if bool(urls) != (role in SEEN_BY[kind])} == {}


@pytest.mark.slow
@pytest.mark.parametrize("role", OUTSIDE)
def test_the_same_role_of_another_network_reads_nothing(role, world, marked):
    pages = fetched(role, world.there, marked)
    assert where(pages) == {}


def test_nobody_reads_anything_without_signing_in(marked):
    assert where(opened(None, marked)) == {}
