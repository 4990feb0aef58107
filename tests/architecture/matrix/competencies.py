"""Addresses below /competenze/."""

from lms.competencies.models import CompetencyRecord
from tests.architecture.permission_matrix import Row
from tests.competencies import build

SIGN_IN = {"anonymous": 302}
#: who works in an edition; an inspector looks, and is a member of its staff
STAFF = {"trainer": 200, "tutor": 200, "training_director": 200, "inspector": 200}
HIDDEN = {"*": 404} | SIGN_IN


def with_goal(body):
    build.goal(body.course)


def with_record(body):
    build.award(body)


def one_record(body):
    return {"uuid": CompetencyRecord.objects.get().uuid}


def edition(body):
    return {"code": body.edition.code}


def learner(body):
    return {"code": body.edition.code, "uuid": body.enrolment.uuid}


def goal(body):
    return learner(body) | {"competency": build.competency().uuid}


def with_proposal(body):
    from lms.competencies import actions
    from tests.factories import NOW

    aimed = build.goal(body.course)
    actions.propose(
        body.enrolment, aimed.competency, level=aimed.level, evidence=build.ENOUGH, by=body.trainer, at=NOW
    )


def one_proposal(body):
    from lms.competencies.models import Proposal

    return {"uuid": Proposal.objects.get().uuid}


def with_document(body):
    from datetime import date

    from lms.competencies import actions
    from tests.factories import NOW

    body.document_received = actions.receive(
        body.enrolment,
        kind="certificazione_III",
        competency=None,
        level=None,
        title="Una figura",
        body="Un ente titolato",
        body_code="",
        number="1",
        issued_on=date(2026, 11, 2),
        document=b"%PDF-1.7 attestatomarca",
        by=body.tutor,
        at=NOW,
    )


def one_document(body):
    return {"uuid": body.document_received.uuid}


RUNNERS = {"tutor": 200, "training_director": 200}
READERS = STAFF | {
    "beneficiary": 200,
    "social_worker": 200,
    "cpi_operator": 200,
    "agency_operator": 200,
    "consortium_coordinator": 200,
}

ROWS = [
    Row("competencies:to_decide", codes={"*": 200} | SIGN_IN),
    Row(
        "competencies:propose",
        goal,
        setup=with_goal,
        method="post",
        codes=HIDDEN | dict.fromkeys(STAFF, 409),
        other=HIDDEN,
    ),
    Row(
        "competencies:observe",
        goal,
        setup=with_goal,
        method="post",
        codes=HIDDEN | dict.fromkeys(STAFF, 400),
        other=HIDDEN,
    ),
    Row(
        "competencies:send_back",
        one_proposal,
        setup=with_proposal,
        method="post",
        codes=HIDDEN | {"training_director": 400},
        other=HIDDEN,
    ),
    Row(
        "competencies:rectify",
        one_record,
        setup=with_record,
        method="post",
        codes=HIDDEN | {"training_director": 400},
        other=HIDDEN,
    ),
    Row("competencies:received", learner, codes=HIDDEN | RUNNERS, other=HIDDEN),
    Row("competencies:correct", one_document, setup=with_document, codes=HIDDEN | RUNNERS, other=HIDDEN),
    Row(
        "competencies:received_file",
        one_document,
        setup=with_document,
        codes=HIDDEN | READERS | {"trainer": 404},
        other=HIDDEN,
    ),
    Row("competencies:index", codes={"*": 200, "beneficiary": 302, "stranger": 302} | SIGN_IN),
    Row("competencies:mine", codes={"*": 200} | SIGN_IN),
    Row("competencies:edition", edition, codes=HIDDEN | STAFF, other=HIDDEN),
    Row("competencies:edition_csv", edition, codes=HIDDEN | STAFF, other=HIDDEN),
    Row("competencies:attendance", learner, codes=HIDDEN | STAFF, other=HIDDEN),
    Row("competencies:award", goal, setup=with_goal, codes=HIDDEN | STAFF, other=HIDDEN),
    Row(
        "competencies:award",
        goal,
        setup=with_goal,
        method="post",
        codes=HIDDEN | dict.fromkeys(STAFF, 409),
        other=HIDDEN,
    ),
    Row(
        "competencies:record",
        one_record,
        setup=with_record,
        codes=HIDDEN | READERS,
        other=HIDDEN,
    ),
    Row(
        "competencies:revoke",
        one_record,
        setup=with_record,
        method="post",
        codes=HIDDEN | {"trainer": 400, "training_director": 400},
        other=HIDDEN,
    ),
    Row(
        "competencies:person",
        lambda body: {"uuid": body.people["beneficiary"].uuid},
        codes=HIDDEN
        | {
            "beneficiary": 200,
            "tutor": 200,
            "training_director": 200,
            "inspector": 200,
            "social_worker": 200,
            "cpi_operator": 200,
            "agency_operator": 200,
            "consortium_coordinator": 200,
        },
        other=HIDDEN,
    ),
]
