"""Three runs of the courses and all that happened in them: places, classes, lessons, quizzes, register, awards.

Everything goes through the product's own actions with the clock passed in; chance is seeded, so every demo is
the same but for its dates.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db.models import F

from courses import queries as content
from lms.assessments import actions as assessments
from lms.attendance import actions as attendance
from lms.attendance import queries as registers
from lms.enrolments import actions as enrolments
from lms.enrolments.models import ClassSession, Edition, Enrolment
from lms.progress import actions as progress
from lms.progress import queries as progress_queries
from lms.progress.access import Activity

from . import paperwork
from .people import Cast

ROME = ZoneInfo("Europe/Rome")
RUNNING = "ITA-2026-02"


#: Amina's next step is a lesson, Fatou's a quiz: who tries the demo finds both.
FIRST_STEPS = {0: 2, 1: 4}


@dataclass(frozen=True)
class Run:
    """One edition to stage: days are counted from today."""

    code: str
    course: str
    first: int
    last: int
    capacity: int
    learners: range
    applicants: range
    classes: tuple[int, ...]
    trainer: str
    titles: tuple[str, ...]
    cup: str


RUNS = (
    Run(
        "DIG-2026-01",
        "DIG-BASE",
        -82,
        -21,
        16,
        range(12),
        range(0),
        (-77, -70, -63, -56, -49, -42),
        "docente",
        (
            "Conosciamo il telefono",
            "Internet senza sprechi",
            "Scriviamo una mail",
            "Notizie vere e false",
            "SPID e carta d'identità",
            "Il curriculum insieme",
        ),
        "B91J26000010009",
    ),
    Run(
        RUNNING,
        "ITA-A1",
        -26,
        34,
        18,
        range(0, 30, 2),
        range(0),
        (-23, -19, -16, -12, -9, -5, 2, 5, 9, 12, 16, 19),
        "docente",
        (
            "Ci presentiamo",
            "Io abito a…",
            "I numeri al telefono",
            "Che ore sono",
            "La mia giornata",
            "In negozio",
            "Gli attrezzi",
            "Chiedere aiuto",
            "I cartelli",
            "La sicurezza",
            "Oggi non posso venire",
            "Ripasso",
        ),
        "B91J26000020009",
    ),
    Run(
        "DIG-2026-03",
        "DIG-BASE",
        9,
        65,
        12,
        range(15, 30),
        range(31, 34),
        (10, 17, 24, 31),
        "docente2",
        ("Conosciamo il telefono", "Internet senza sprechi", "Scriviamo una mail", "Notizie vere e false"),
        "B91J26000030009",
    ),
)


def moment(today: date, days: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(today + timedelta(days=days), time(hour, minute), ROME)


class Stage:
    """The actors and the clock of one demo."""

    def __init__(self, cast: Cast, courses: dict[str, Any], at: datetime) -> None:
        self.cast, self.courses, self.at = cast, courses, at
        self.today = at.astimezone(ROME).date()
        self.chance = random.Random(2026)  # noqa: S311 - a demo, not a secret

    def when(self, days: int, hour: int, minute: int = 0) -> datetime:
        return moment(self.today, days, hour, minute)

    def edition(self, run: Run) -> Edition:
        begun = self.when(run.first - 30, 9)
        edition = enrolments.create_edition(
            by=self.cast.direttore,
            course=self.courses[run.course],
            agency=self.cast.agencies["dante"],
            code=run.code,
            starts_on=self.today + timedelta(days=run.first),
            ends_on=self.today + timedelta(days=run.last),
            capacity=run.capacity,
            mode="online",
            place="Fasano, via Roma 12" if run.course == "ITA-A1" else "",
            cup=run.cup,
            notice="Avviso dimostrativo n. 2/2026",
            at=begun,
        )
        for user, role in (
            (getattr(self.cast, run.trainer), "trainer"),
            (self.cast.tutor, "tutor"),
            (self.cast.ispettore, "inspector"),
        ):
            ends = self.at + timedelta(days=30) if role == "inspector" else None
            enrolments.assign_staff(edition, user, role, by=self.cast.direttore, expires_at=ends, at=begun)
        enrolments.assign_author(
            getattr(self.cast, run.trainer), self.courses[run.course], by=self.cast.direttore
        )
        return edition

    def places(self, run: Run, edition: Edition) -> list[Enrolment]:
        """Referred by whoever follows them; the last ones apply by themselves."""
        asked = self.when(min(run.first, 0) - 12, 10)
        for index in run.learners:
            person = self.cast.learners[index]
            if index % 4 == 0:
                by, body = self.cast.cpi, "cpi"
            else:
                by = self.cast.assistente if index % 3 != 2 else self.cast.assistente2
                body = "consorzio"
            enrolments.refer(
                person, edition, by=by, agency=self.cast.agencies[body], at=asked + timedelta(minutes=index)
            )
        for index in run.applicants:
            enrolments.apply(
                self.cast.learners[index],
                edition,
                message="Vorrei imparare a usare il telefono per cercare lavoro.",
                at=min(self.at, asked) + timedelta(hours=index),
            )
        return list(edition.enrolments.filter(status="active").select_related("person").order_by("asked_at"))

    def timetable(self, run: Run, edition: Edition) -> list[ClassSession]:
        modules = content.outline(self.courses[run.course]).modules
        planned = []
        for index, (day, title) in enumerate(zip(run.classes, run.titles, strict=True)):
            hour = 10 if run.trainer == "docente2" else 15
            planned.append(
                enrolments.plan_class(
                    edition,
                    title=title,
                    starts_at=self.when(day, hour),
                    ends_at=self.when(day, hour + 2),
                    trainer=getattr(self.cast, run.trainer),
                    module_key=modules[index * len(modules) // len(run.classes)].key,
                    by=self.cast.tutor,
                    at=self.when(min(run.first, 0) - 9, 9),
                )
            )
        return planned

    def slips(self, enrolment: Enrolment) -> bool:
        """Some people lose the thread, and somebody has to call them."""
        return self.cast.learners.index(enrolment.person) % 5 == 4

    def connect(
        self, person: Any, session: Any, role: str, boot: UUID, start: datetime, end: datetime
    ) -> None:
        """One connection, alive from start to end."""
        row = attendance.record_connection(
            person, session, device=f"demo-{person.pk}", boot_id=boot, role=role, at=start
        )
        attendance.record_evidence({row.pk: end}, boot_id=boot)
        attendance.close_connection(row.pk, reason="left", at=end + timedelta(seconds=1))

    def hold(self, session: ClassSession, learners: list[Enrolment], *, close: bool, sign: bool) -> None:
        """A class that was held: some late, some gone early, some dropped and back, some absent."""
        trainer, boot = session.trainer, uuid4()
        start, end = session.starts_at, session.ends_at
        attendance.start_class(session, by=trainer, at=start - timedelta(minutes=3))
        for role, person in (("trainer", trainer), ("tutor", self.cast.tutor)):
            self.connect(
                person, session, role, boot, start - timedelta(minutes=5), end + timedelta(minutes=1)
            )
        for row in learners:
            fate = self.chance.random()
            if self.slips(row) and fate < 0.75:
                continue
            if fate < 0.08:
                continue
            come = start + timedelta(seconds=self.chance.randint(-240, 200))
            go = end - timedelta(seconds=self.chance.randint(0, 90))
            if fate < 0.2:
                come = start + timedelta(minutes=self.chance.randint(12, 25))
            elif fate < 0.28:
                go = end - timedelta(minutes=self.chance.randint(15, 40))
            if fate > 0.8:  # the line dropped once
                dropped = start + timedelta(minutes=self.chance.randint(35, 80))
                self.connect(row.person, session, "learner", boot, come, dropped)
                come = dropped + timedelta(seconds=self.chance.choice([40, 75, 260, 420]))
            self.connect(row.person, session, "learner", boot, come, go)
        page = attendance.end_class(session, by=trainer, at=end + timedelta(minutes=2))
        if close:
            attendance.close_page(page, by=trainer, at=end + timedelta(minutes=20))
        if sign:
            paperwork.sign_class(session, self.cast, at=end + timedelta(minutes=25))

    def study(self, enrolment: Enrolment, steps: int, first: datetime) -> None:
        """The first activities of the course, one sitting after the other."""
        at = first
        for _step in range(steps):
            course = progress_queries.course_map(enrolment, at=at, with_classes=False)
            if course.next is None:
                return
            activity = Activity(enrolment, course, course.next)
            minutes = max(course.next.item.minimum_minutes, round(course.next.item.nominal_minutes * 0.7))
            progress.open_activity(activity, at=at)
            if course.next.kind == "quiz":
                page = content.activity_by_key(enrolment.edition.course, activity.key)
                attempt = assessments.open_attempt(enrolment, page, at=at)
                progress.submit_quiz(
                    activity, page, self.answers(attempt.snapshot), key=uuid4(), at=at + timedelta(minutes=5)
                )
            else:
                for sign in range(3, minutes, 3):
                    progress.keep_studying(activity, position=None, at=at + timedelta(minutes=sign))
                progress.finish_lesson(activity, at=at + timedelta(minutes=minutes))
            at += timedelta(hours=self.chance.choice([1, 2, 18]))
            if at > self.at - timedelta(hours=1):
                return

    def answers(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """Right answers, with now and then a wrong one."""
        given: dict[str, Any] = {}
        for question in snapshot["questions"]:
            right = [answer for answer in question["answers"] if answer["correct"]]
            if question["kind"] == "short_text":
                given[question["key"]] = right[0]["text"]
            elif question["kind"] == "several":
                given[question["key"]] = [answer["key"] for answer in right]
            elif self.chance.random() < 0.12:
                given[question["key"]] = next(a["key"] for a in question["answers"] if not a["correct"])
            else:
                given[question["key"]] = right[0]["key"]
        return given


def stage(run: Run, actors: Stage) -> Edition:
    """One edition, from its opening to today. Left alone when it is already there."""
    known = Edition.objects.filter(code=run.code).first()
    if known:
        return known
    edition = actors.edition(run)
    learners = actors.places(run, edition)
    over = run.last < 0
    opened = actors.when(min(run.first, 0) - 1, 9)
    paperwork.open_register(edition, actors.cast, at=opened, stamped=over)
    sessions = actors.timetable(run, edition)
    held = [session for session in sessions if session.ends_at < actors.at]
    wanted = {
        row.pk: 15 if over else FIRST_STEPS.get(index) or actors.chance.randint(2, 7)
        for index, row in enumerate(learners)
        if not actors.slips(row)
    }
    # In the order of time, as it happens: a class, then lessons until the next one.
    for number, session in enumerate(held, start=1):
        actors.hold(session, learners, close=over or session is not held[-1], sign=over)
        for row in learners:
            if steps := -(-wanted.get(row.pk, 0) // (len(held) - number + 1)):
                actors.study(row, steps, session.ends_at + timedelta(hours=3))
                wanted[row.pk] -= steps
    if over:
        paperwork.study_page(edition, actors.cast, until=actors.when(run.last, 0))
    elif held:
        paperwork.absences(edition, actors.cast, at=actors.at)
    return edition


def open_class_now(at: datetime) -> ClassSession | None:
    """One class of the running edition is open whenever the demo starts. Safe to call twice."""
    edition = Edition.objects.filter(code=RUNNING, ends_on__gte=at.astimezone(ROME).date()).first()
    if edition is None:
        return None
    going_on = edition.sessions.filter(
        starts_at__lte=at, ends_at__gte=at + timedelta(minutes=30), cancelled_at=None, recovery=False
    )
    for session in going_on:
        if registers.class_state(session) in {"open", "planned"}:
            break
    else:
        tutor = edition.staff.filter(role="tutor").first().user
        trainer = edition.staff.filter(role="trainer").first().user
        start = at.replace(second=0, microsecond=0)
        busy = ClassSession.objects.filter(trainer=trainer, cancelled_at=None, starts_at__lt=F("ends_at"))
        following = busy.filter(starts_at__gt=start).order_by("starts_at").first()
        end = min([start + timedelta(hours=3), *([following.starts_at] if following else [])])
        if end - start < timedelta(minutes=15):
            return None
        session = enrolments.plan_class(
            edition,
            title="Aula aperta: prova il collegamento",
            starts_at=start,
            ends_at=end,
            trainer=trainer,
            by=tutor,
            at=at,
        )
    attendance.start_class(session, by=session.trainer, at=at)
    return session
