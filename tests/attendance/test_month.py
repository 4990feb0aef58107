"""A whole month of one edition, and every total of its register recounted from the exported CSV by a script that
knows nothing of the product."""

import json
import random
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from lms.attendance import actions, queries
from lms.attendance.models import Connection
from lms.attendance.queries.totals import closing_body
from lms.enrolments.actions import plan_recovery
from lms.people.proofs import PASSWORD, Proof
from tests import factories as make
from tests.attendance.conftest import minutes
from tests.factories import ROME

RECOUNT = Path(__file__).with_name("recount.py")
LEARNERS = 30
#: Thirty-eight classes of October, one of them over the night in which the clocks go back; two recovery classes.
DAYS = [day for day in range(1, 31) if date(2026, 10, day).weekday() < 5]
MODES = ["online"] * 5 + ["mixed", "presence"]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=ROME)


class Month:
    """One edition whose classes are held as people are: late, early, cut off, twice, not at all."""

    def __init__(self, body):
        self.body, self.chance = body, random.Random(1026)
        self.edition = make.edition(
            body.course,
            body.training_body,
            starts_on=date(2026, 10, 1),
            ends_on=date(2026, 12, 31),
            capacity=40,
        )
        for role in ("trainer", "tutor"):
            make.staff(self.edition, body.people[role], role)
        make.staff(self.edition, body.training_director, "director")
        self.rows = [
            make.enrolment(
                make.person("Allieva", f"Mese{n:02d}", role="beneficiary", agency=body.consortium),
                self.edition,
                at=at(1, 8) - timedelta(days=9),
            )
            for n in range(LEARNERS)
        ]
        given = {"source": "Avviso 3/2026, art. 7", "valid_from": "2026-09-01"}
        actions.set_policy(
            self.edition,
            {"outage_credit": {"value": True, **given}},
            by=body.training_director,
            at=at(1, 8) - timedelta(days=9),
        )
        self.pages = []

    def plan(self):
        times = [at(day, 9) for day in DAYS] + [at(day, 15) for day in DAYS[:15]]
        night = datetime(2026, 10, 25, 1, 30, tzinfo=ROME)
        sessions = [
            make.session(
                self.edition,
                self.body.trainer,
                starts_at=start,
                minutes=self.chance.choice([60, 90, 120]),
                title=f"Lezione {n}",
                mode=self.chance.choice(MODES),
            )
            for n, start in enumerate(sorted(times), start=1)
        ]
        # From 1.30 of summer time to 2.30 of winter time: two hours, whatever the clock on the wall says.
        ends = datetime(2026, 10, 25, 2, 30, tzinfo=ROME, fold=1)
        return [*sessions, self.night(night, ends)]

    def night(self, starts, ends):
        length = int((ends.timestamp() - starts.timestamp()) // 60)
        assert length == 120
        session = make.session(
            self.edition, self.body.trainer, starts_at=starts, minutes=60, title="Di notte"
        )
        session.ends_at = ends
        session.save()
        return session

    # ------------------------------------------------------------------------------- one class

    def hold(self, session, *, number, people=None):
        trainer, chance = self.body.trainer, self.chance
        length = (session.ends_at.timestamp() - session.starts_at.timestamp()) / 60
        begun = session.starts_at + timedelta(seconds=chance.choice([-120, 0, 95]))
        page = actions.start_class(session, by=trainer, at=begun)
        fails = number % 9 == 4 and session.mode == "online"
        came = people or [row for row in self.rows if chance.random() > 0.1]
        if session.mode == "presence":
            for row in came:
                self.in_the_room(session, row, length)
        elif fails:
            self.through_a_failure(session, came, length)
        else:
            for row in came:
                self.online(session, row, length)
        if length >= 90:
            pause = session.starts_at + minutes(45)
            actions.add_break(page, starts_at=pause, ends_at=pause + minutes(10), by=trainer, at=pause)
        page = actions.end_class(
            session, by=trainer, at=session.ends_at + timedelta(seconds=chance.randint(-60, 200))
        )
        for broken in self.to_give_back(session, number):
            actions.decide_on_gap(
                broken, given_back=True, reason="Mancava la corrente", by=self.body.tutor, at=session.ends_at
            )
        self.pages.append(actions.close_page(page, by=trainer, at=session.ends_at + minutes(30)))

    def stay(self, session, row, start, end, reason, boot, device="telefono"):
        """In seconds from the planned start; microseconds too, as clocks have them."""
        opened, closed = (
            session.starts_at + timedelta(seconds=mark, microseconds=self.chance.randint(0, 999_999))
            for mark in (start, end)
        )
        line = actions.record_connection(
            row.person, session, device=device, boot_id=boot, role="learner", at=opened
        )
        actions.close_connection(line.pk, reason=reason, at=closed, last_evidence=max(opened, closed))

    def online(self, session, row, length):
        chance, boot, seconds = self.chance, uuid4(), int(length * 60)
        come = chance.choice([-200, 5, 60, 300, 900, chance.randint(0, 2400)])
        go = seconds - chance.choice([-100, 0, 30, 600, chance.randint(0, 1800)])
        if chance.random() < 0.4:  # the line broke
            middle = chance.randint(come + 60, max(come + 61, go - 60))
            self.stay(session, row, come, middle, "line_lost", boot)
            come = middle + chance.choice([3, 118, 121, 200, 600])
        self.stay(session, row, come, max(go, come + 1), "left", boot)
        if chance.random() < 0.2:  # a computer beside the telephone
            self.stay(session, row, come + 300, max(go - 300, come + 301), "left", boot, "computer")

    def through_a_failure(self, session, came, length):
        """At a third of the class a server is lost, with whom it held; most come back by another one."""
        boot, down = uuid4(), session.starts_at + minutes(length / 3)
        evidence = {}
        for row in came:
            line = actions.record_connection(
                row.person,
                session,
                device="telefono",
                boot_id=boot,
                role="learner",
                at=session.starts_at + timedelta(seconds=self.chance.choice([-30, 40])),
            )
            evidence[line.pk] = down - timedelta(seconds=self.chance.randint(0, 9))
        actions.record_evidence(evidence, boot_id=boot)
        closed = [actions.reap_expired_leases(at=down + minutes(look)) for look in (1, 2)]
        assert closed == [0, len(came)], "doubted first, then given up"
        for row in came:
            if self.chance.random() < 0.8:
                back = int(length * 20) + self.chance.choice([150, 170, 240, 520])
                self.stay(session, row, back, int(length * 60), "left", uuid4())

    def in_the_room(self, session, row, length):
        come, go = self.chance.choice([0, 120, 1000]), int(length * 60) - self.chance.choice([0, 60, 900])
        start = session.starts_at
        actions.sign_in_room(
            session, row, means="tablet", at=start + timedelta(seconds=come), by=self.body.trainer
        )
        if self.chance.random() < 0.95:
            actions.sign_out_of_room(session, row, means="tablet", at=start + timedelta(seconds=go))

    def to_give_back(self, session, number):
        """The broken lines of one person now and then, where they came back."""
        if number % 5:
            return []
        gaps = queries.outages_of(session).gaps
        keys = [gap.connection for gap in gaps if gap.kind == "line_lost" and gap.end]
        return Connection.objects.filter(uuid__in=keys[:1])

    # ----------------------------------------------------------------------------- afterwards

    def justify(self):
        """Of the classes missed, in part or whole, some are asked for; of those most are accepted."""
        told = {"accepted": 0, "refused": 0}
        for page in self.pages[::3]:
            missed = [row for row in queries.absentees(page.session) if row.lost > 20][:2]
            for row in missed:
                asked = actions.ask_justification(
                    row.enrolment, [page.session], reason="court", by=self.body.tutor, at=page.closed_at
                )
                if self.chance.random() < 0.7:
                    actions.accept_justification(asked, by=self.body.tutor, at=page.closed_at)
                    told["accepted"] += 1
                else:
                    actions.refuse_justification(
                        asked, by=self.body.tutor, at=page.closed_at, why="Altro giorno"
                    )
                    told["refused"] += 1
        assert min(told.values()) > 0, told

    def recover(self):
        for n, page in enumerate(self.pages[3:5]):
            missed = [row.enrolment for row in queries.absentees(page.session)][:6]
            when = at(29 + n, 18)
            session = plan_recovery(
                page.session,
                missed,
                title=f"Recupero {n}",
                starts_at=when,
                ends_at=when + minutes(90),
                trainer=self.body.trainer,
                by=self.body.tutor,
                at=when - timedelta(days=1),
            )
            self.hold(session, number=100 + n, people=missed[:-1])

    def rectify(self):
        """Four eyes: one person asks, another confirms; one of them is refused and changes nothing."""
        for n, page in enumerate(self.pages[5:30:6]):
            line = queries.sheet_of(page.session).lines[n]
            change = [{"enrolment": line.enrolment, "minutes": 0 if line.minutes else 25}]
            asked = actions.amend(
                page, by=self.body.tutor, at=at(31, 9), reason="Foglio firme", changes=change
            )
            decide = actions.reject_amendment if n == 2 else actions.approve_amendment
            decide(asked, by=self.body.training_director, at=at(31, 10))


@pytest.fixture
def month(world, django_capture_on_commit_callbacks):
    month = Month(world.here)
    with django_capture_on_commit_callbacks(execute=True):
        for number, session in enumerate(month.plan(), start=1):
            month.hold(session, number=number)
        month.justify()
        month.recover()
        month.rectify()
    return month


def recounted(month, tmp_path, planned):
    """What the script says, in a process of its own that cannot see the product."""
    client = Client()
    client.force_login(month.body.training_director)
    register = month.edition.register
    answer = client.get(reverse("attendance:register_csv", args=[register.code]))
    file = tmp_path / "registro.csv"
    file.write_bytes(answer.content)
    command = [sys.executable, "-I", str(RECOUNT), str(file), "--planned", str(planned)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    return json.loads(done.stdout)


def test_every_total_of_a_month_is_recounted_from_the_csv_to_the_minute(month, tmp_path):
    register = month.edition.register
    assert len(month.pages) == 40
    assert queries.verify(register).intact
    planned = queries.minutes_of(month.rows[0]).planned
    found = recounted(month, tmp_path, planned)

    sheets = [queries.sheet_of(page.session) for page in month.pages]
    lines = [line for sheet in sheets for line in sheet.lines]
    for happened in (
        "outage_credit_seconds",
        "merged_seconds",
        "excluded",
    ):
        assert sum(bool(getattr(line.outcome, happened)) for line in lines) > 4, happened
    assert sum(line.amended for line in lines) == 4
    assert any(line.given_back for line in lines)
    assert any(line.recovers and line.minutes for line in lines)
    for page, sheet in zip(month.pages, sheets, strict=True):
        counted = found["pages"][str(page.number)]
        assert counted["raw"] == {line.enrolment: line.outcome.minutes for line in sheet.lines}, page.session
        assert counted["minutes"] == sheet.minutes

    body = closing_body(register, representative="", log_sha256="", at=at(31, 12))
    assert len(body["learners"]) == LEARNERS == len(found["people"])
    for row in body["learners"]:
        counted = found["people"][row["enrolment"]]
        assert counted == {
            "online": row["by_mode"]["online"],
            "mixed": row["by_mode"]["mixed"],
            "presence": row["by_mode"]["presence"],
            "attended": row["attended"],
            "missed": row["missed"],
            "recovered": row["recovered"],
            "total": row["minutes"],
            "justified": row["lost"]["justified"],
            "lost": row["lost"]["justified"] + row["lost"]["unjustified"],
        }, row["name"]
    for enrolment in month.rows:
        hours = queries.minutes_of(enrolment)
        counted = found["people"][str(enrolment.uuid)]
        assert (hours.total, hours.recovered, hours.lost, hours.justified) == tuple(
            counted[name] for name in ("total", "recovered", "lost", "justified")
        )
    some = found["people"].values()
    assert all(
        any(one[name] for one in some) for name in ("online", "mixed", "presence", "recovered", "justified")
    )

    closing = at(31, 12)
    director = month.body.training_director
    actions.close_and_sign_register(
        register, by=director, proof=Proof(director.pk, PASSWORD, closing), at=closing
    )
    entry = register.entries.get(kind="closing")
    assert queries.body_of_entry(entry)["learners"] == body["learners"]
