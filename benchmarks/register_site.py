"""The database of the register's benchmark: `python -m benchmarks.register_site EDITIONS CLASSES LEARNERS FILE`.

Facts are written straight into their tables, as so many classes would have left them; everything measured goes through
the product's own actions and queries.
"""

import hashlib
import itertools
import json
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from benchmarks.machine import resident_mb

BEGINS = datetime(2026, 1, 7, 14, 0, tzinfo=UTC)
BOOT = UUID("00000000-0000-4000-8000-0000000000be")
#: What a register of 800 rows has: ten classes of eighty.
PAPER_CLASSES, PAPER_LEARNERS = 10, 80


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = act()
    return time.perf_counter() - began, found


class Site:
    """One training body, its director and trainer, and so many editions of one course."""

    def __init__(self) -> None:
        from tests.conftest import build_body

        self.body = build_body("Qui")
        self.chance = random.Random(4)
        self.numbers = itertools.count()

    def edition(self, classes: int, learners: int, *, stays: int) -> Any:
        """An edition whose classes were all held. `stays`: connections of each learner in two classes."""
        from lms.attendance.actions import open_register
        from lms.attendance.models import RegisterPage
        from lms.enrolments.models import ClassSession, Enrolment
        from lms.people.models import User
        from tests import factories as make

        body, number = self.body, next(self.numbers)
        edition = make.edition(body.course, body.training_body, code=f"BANCO-{number}")
        make.staff(edition, body.trainer, "trainer")
        make.staff(edition, body.training_director, "director")
        people = User.objects.bulk_create(
            User(username=f"banco-{number}-{n}", first_name=f"Allieva{n}", last_name=f"Banco{number}")
            for n in range(learners)
        )
        rows = Enrolment.objects.bulk_create(
            Enrolment(
                edition=edition,
                person=person,
                status="active",
                asked_at=BEGINS,
                asked_by=person,
                active_from=BEGINS - timedelta(days=30),
            )
            for person in people
        )
        sessions = ClassSession.objects.bulk_create(
            ClassSession(
                edition=edition,
                title=f"Lezione {n + 1}",
                trainer=body.trainer,
                starts_at=BEGINS + timedelta(days=n),
                ends_at=BEGINS + timedelta(days=n, hours=2),
            )
            for n in range(classes)
        )
        register = open_register(edition, by=body.training_director, at=BEGINS - timedelta(days=1))
        RegisterPage.objects.bulk_create(
            RegisterPage(register=register, session=each, started_at=each.starts_at, ended_at=each.ends_at)
            for each in sessions
        )
        self._connect(sessions, rows, stays)
        return edition

    def _connect(self, sessions: list[Any], rows: list[Any], stays: int) -> None:
        from django.db import connection

        names = "uuid session_id person_id enrolment_id role device boot_id opened_at last_evidence_at closed_at reason noted_at"
        columns = names.replace(" ", ", ")
        connection.ensure_connection()
        table = f"COPY attendance_connection ({columns}) FROM STDIN"
        with connection.connection.cursor() as cursor, cursor.copy(table) as copy:
            for (n, session), row in itertools.product(enumerate(sessions), rows):
                who = (session.pk, row.person_id, row.pk, "learner", f"telefono-{row.pk}", BOOT)
                for opened, closed, reason in self._stays(session, stays // 2 + n % 2 * (stays % 2)):
                    copy.write_row((uuid4(), *who, opened, closed, closed, reason, closed))

    def _stays(self, session: Any, number: int) -> list[tuple[datetime, datetime, str]]:
        """Coming late, leaving early, dropping out for seconds or minutes, now and then two devices."""
        marks = sorted(self.chance.sample(range(60, 7140), 2 * number - 2))
        moments = [self.chance.randint(-240, 400), *marks, 7200 - self.chance.randint(0, 400)]
        found = []
        for n in range(number):
            opened, closed = moments[2 * n], moments[2 * n + 1]
            if self.chance.random() < 0.2:
                closed = min(closed + 600, 7200)  # a second device
            at = session.starts_at
            reason = "left" if n == number - 1 else "line_lost"
            found.append(
                (at + timedelta(seconds=opened), at + timedelta(seconds=max(opened, closed)), reason)
            )
        return found


def close_all(editions: list[Any], by: Any) -> int:
    """Every page of these editions, class after class, with its anchor outside."""
    from lms.attendance.actions import close_page
    from lms.attendance.models import RegisterPage

    pages = RegisterPage.objects.filter(register__edition__in=editions, closed_at=None)
    closed = 0
    for page in pages.select_related("session").order_by("session__starts_at", "pk").iterator(500):
        close_page(page, by=by, at=page.session.ends_at + timedelta(hours=1))
        closed += 1
    return closed


def reckon(editions: list[Any]) -> int:
    """Minutes of every learner of every class, written nowhere."""
    from lms.attendance.models import RegisterPage
    from lms.attendance.queries.sheets import live_sheet

    pages = RegisterPage.objects.filter(register__edition__in=editions)
    return sum(
        live_sheet(page.session, page).minutes
        for page in pages.select_related("session__edition").prefetch_related("breaks").iterator(500)
    )


AGGREGATE = """
SELECT enrolment_id, session_id, count(*), min(opened_at), max(closed_at), sum(closed_at - opened_at)
FROM attendance_connection GROUP BY enrolment_id, session_id
"""


def aggregate() -> int:
    """What plain SQL says of the same rows: overlaps counted twice, no window, no policy, nothing kept."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(AGGREGATE)
        return len(cursor.fetchall())


def check_chains(registers: list[Any]) -> dict[str, float]:
    """Seconds for the chains of registers once they are read, and for bare SHA-256 over the same texts."""
    from lms.attendance.anchors import stored_anchors
    from lms.attendance.chain import Link
    from lms.attendance.models import RegisterEntry
    from lms.attendance.queries.verification import faults_of_chain

    spent = {"chain_seconds": 0.0, "sha_seconds": 0.0, "bytes": 0.0}
    fields = ("position", "kind", "content", "previous_hash", "hash", "key_id", "signature")
    for register in registers:
        entries = RegisterEntry.objects.filter(register=register).order_by("position")
        links = [Link(*row) for row in entries.values_list(*fields)]
        seconds, faults = timed(
            lambda code=register.code, links=links, register=register: faults_of_chain(
                code, links, stored_anchors(register)
            )
        )
        assert faults == []
        contents = [link.content.encode() for link in links]
        spent["chain_seconds"] += seconds
        spent["sha_seconds"] += timed(lambda contents=contents: bare(contents))[0]
        spent["bytes"] += sum(map(len, contents))
    return spent


def bare(contents: list[bytes]) -> None:
    for content in contents:
        hashlib.sha256(content).digest()


def papers(site: Site) -> dict[str, Any]:
    """The page of a class of 100, and the PDFs."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse

    from lms.attendance.papers import class_pdf, register_pdf

    trainer = site.body.trainer
    hundred = site.edition(1, 100, stays=5)
    close_all([hundred], trainer)
    session = hundred.sessions.get()
    client = Client()
    client.force_login(trainer)
    address = reverse("attendance:class", args=[session.uuid])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    counted = len(queries)
    assert answer.status_code == 200, answer.status_code
    page_ms = statistics.median(timed(lambda: client.get(address))[0] for _ in range(5)) * 1000
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    class_pdf(session, at=at)  # the first one loads the fonts
    class_seconds = statistics.median(timed(lambda: class_pdf(session, at=at))[0] for _ in range(3))
    course = site.edition(PAPER_CLASSES, PAPER_LEARNERS, stays=5)
    close_all([course], trainer)
    register_seconds = statistics.median(
        timed(lambda: register_pdf(course.register, at=at))[0] for _ in range(3)
    )
    return {
        "queries": counted,
        "page_ms": page_ms,
        "class_pdf_seconds": class_seconds,
        "register_pdf_seconds": register_seconds,
        "pdf_rows": PAPER_CLASSES * PAPER_LEARNERS,
    }


def main(number: int, classes: int, learners: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    settings.STORAGES["records"]["OPTIONS"]["location"] = str(settings.PRIVATE_ROOT / "records")
    from lms.attendance.models import Connection, Register
    from lms.attendance.queries import verify

    site = Site()
    editions = [site.edition(classes, learners, stays=5) for _ in range(number)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = Connection.objects.count()
    print(f"{rows} connections of {number * learners} people in {number * classes} classes", flush=True)
    sql = statistics.median(timed(aggregate)[0] for _ in range(3))
    few = editions[: max(1, number // 10)]
    reckoned = timed(lambda: reckon(few))[0] * number / len(few)
    before = resident_mb(os.getpid())
    close_seconds, pages = timed(lambda: close_all(editions, site.body.trainer))
    grown = resident_mb(os.getpid()) - before
    assert pages == number * classes
    registers = list(Register.objects.filter(edition__in=editions))
    checked = check_chains(registers)
    verify_seconds, intact = timed(lambda: all(verify(register).intact for register in registers))
    assert intact
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "events": 2 * rows,
        "pages": pages,
        "sql_seconds": sql,
        "reckon_seconds": reckoned,
        "close_seconds": close_seconds,
        "close_grown_mb": grown,
        "peak_mb": peak,
        "verify_seconds": verify_seconds,
        **checked,
        **papers(site),
    }


if __name__ == "__main__":
    import django

    django.setup()
    *size, file = sys.argv[1:]
    number, classes, learners = map(int, size)
    Path(file).write_text(json.dumps(main(number, classes, learners)))
