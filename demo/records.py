"""Awards of the finished edition, and a consortium's endpoint on this machine to receive their records."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from lms.competencies import actions as competencies
from lms.competencies import queries
from lms.consortium import actions as consortium
from lms.consortium.models import Subscriber
from lms.enrolments.models import Edition
from lms.errors import Refused

from .people import Cast
from .runs import RUNS

#: The smallest PDF there is: one empty page.
_PAPER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
NAME = "Consorzio C.I.I.S.A.F., archivio delle attestazioni"
DEFAULT_ENDPOINT = "http://127.0.0.1:8001/"


def secret_file() -> Path:
    """Where the receiver of the demo finds the secret it verifies signatures with."""
    return Path(settings.DATA_DIR) / "demo-receiver-secret"


def build(cast: Cast, at: datetime) -> None:
    """Safe to call twice: awards and the subscriber are made once."""
    if Subscriber.objects.filter(name=NAME).exists():
        return  # awards that somebody revoked since then stay revoked
    _subscriber, secret = consortium.create_subscriber(
        name=NAME,
        agency=cast.agencies["consorzio"],
        endpoint=DEFAULT_ENDPOINT,
        kinds=["frequenza", "trasparenza_I", "register.page_closed"],
        all_editions=True,
        legal_basis="Protocollo d'intesa della rete, art. 26 GDPR (accordo di contitolarità)",
        by=cast.admin,
        at=at - timedelta(days=60),
    )
    file = secret_file()
    file.touch(mode=0o600)
    file.write_text(secret + "\n")
    edition = Edition.objects.get(code=RUNS[0].code)
    goals = queries.goals_of(edition.course)
    enrolments = edition.enrolments.filter(status="active").order_by("asked_at")
    learners = list(enrolments.select_related("person", "edition__course"))
    for index, enrolment in enumerate(learners):
        day = at - timedelta(days=20) + timedelta(minutes=7 * index)
        with suppress(Refused):
            evidence = queries.evidence_for(enrolment)
            competencies.certify_attendance(enrolment, evidence=evidence, by=cast.docente, at=day)
        for number, goal in enumerate(goals):
            # The last goal of the first two is left: Amina's is to be proposed, the other's to be decided.
            last = number == len(goals) - 1
            if not (last and index == 0):
                _award(cast, enrolment, goal, day, decide=not (last and index == 1))
    _put_right_and_receive(cast, learners, at)
    _lay_files(cast, at)


def _award(cast: Cast, enrolment: Any, goal: Any, at: datetime, *, decide: bool) -> None:
    """As in life: a trainer sees, a trainer proposes, the director awards; whoever lacks evidence gets no record."""
    what = {"level": goal.level, "at": at}
    with suppress(Refused):
        evidence = queries.evidence_for(enrolment, goal)
        competencies.propose(enrolment, goal.competency, evidence=evidence, by=cast.docente, **what)
        competencies.observe(
            enrolment,
            goal.competency,
            seen="done",
            text="In classe l'ha fatto da solo, davanti a me, senza aiuto.",
            seen_on=at.date(),
            by=cast.docente,
            **what,
        )
        if decide:
            evidence = queries.evidence_for(enrolment, goal)
            competencies.award(enrolment, goal.competency, evidence=evidence, by=cast.direttore, **what)


def _put_right_and_receive(cast: Cast, learners: list[Any], at: datetime) -> None:
    """One award at the wrong level, one certificate that another body issued."""
    enrolment = learners[2]
    found = queries.records_of(enrolment.person)
    wrong = next((row for row in found if row.competency and row.level), None)
    if wrong is not None:
        goal = next(g for g in queries.goals_of(enrolment.edition.course) if g.competency == wrong.competency)
        higher = queries.levels_of(wrong).exclude(pk=wrong.level_id).first()
        with suppress(Refused):
            competencies.rectify(
                wrong,
                level=higher,
                code="wrong_level",
                reason="Era scritto il livello di un'altra competenza.",
                evidence=queries.evidence_for(enrolment, goal),
                by=cast.direttore,
                at=at - timedelta(days=18),
            )
    competencies.receive(
        learners[0],
        kind="certificazione_III",
        competency=None,
        level=None,
        title="Addetto alle pulizie: pulire e riordinare gli ambienti",
        body="Ente titolato dimostrativo di Brindisi",
        body_code="ET-BR-007",
        number="114/2026",
        issued_on=(at - timedelta(days=12)).date(),
        document=_PAPER,
        by=cast.tutor,
        at=at - timedelta(days=10),
    )


def _lay_files(cast: Cast, at: datetime) -> None:
    """A body without a system of its own: a file was laid down for it this night."""
    consortium.create_subscriber(
        name="Centro per l'impiego di Fasano, file notturni",
        agency=cast.agencies["cpi"],
        endpoint="",
        files=True,
        kinds=["frequenza", "trasparenza_I"],
        access=[],
        parts=["course", "learning"],
        all_editions=True,
        purpose="Proporre un lavoro adatto a ciò che la persona sa fare",
        legal_basis="Protocollo d'intesa della rete, art. 26 GDPR (accordo di contitolarità)",
        by=cast.admin,
        at=at - timedelta(days=30),
    )
    competencies.assign_feed_seq()
    consortium.make_files(at=at)


def point_to(endpoint: str, at: datetime) -> None:
    """Send the records to this address from now on: the receiver's port may change from start to start."""
    subscriber = Subscriber.objects.filter(name=NAME).first()
    if subscriber and subscriber.endpoint != endpoint:
        consortium.change_subscriber(subscriber, endpoint=endpoint, by=None, at=at)
