"""Editions, places, timetable."""

from tests.architecture.permission_matrix import Row
from tests.factories import NOW

NOBODY = {"*": 404, "anonymous": 302}
CASE = ("social_worker", "cpi_operator", "agency_operator")
RUN = ("tutor", "training_director")


def just(code, *roles):
    return {**NOBODY, **dict.fromkeys(roles, code)}


def code(body):
    return {"code": body.edition.code}


def enrolment(body):
    return {"uuid": body.enrolment.uuid}


def calendar(body):
    from lms.enrolments import access, actions

    return {"token": access.feed_token(actions.make_feed(body.beneficiary, at=NOW))}


def task(body):
    return {"code": body.edition.code, "user": body.trainer.uuid, "role": "trainer"}


ROWS = [
    Row("enrolments:editions", codes={"*": 200, "anonymous": 302, "beneficiary": 404, "stranger": 404}),
    Row("enrolments:new", codes=just(200, "training_director")),
    Row(
        "enrolments:edition",
        code,
        codes=just(200, *CASE, *RUN, "trainer", "inspector", "consortium_coordinator"),
        other=NOBODY,
    ),
    Row("enrolments:edit", code, codes=just(200, *RUN), other=NOBODY),
    Row("enrolments:plan_class", code, codes=just(200, *RUN), other=NOBODY),
    Row("enrolments:assign_staff", code, codes=just(200, "training_director"), other=NOBODY),
    Row("enrolments:end_staff", task, codes=just(302, "training_director"), other=NOBODY, method="post"),
    Row("enrolments:refer", code, codes=just(200, *CASE), other=NOBODY),
    # The catalogue shows every edition to everybody, and whoever has an account may ask for a place.
    Row("enrolments:apply", code, codes={"*": 200, "anonymous": 302}),
    Row("enrolments:approve", enrolment, codes=just(302, *RUN), other=NOBODY, method="post"),
    Row("enrolments:reject", enrolment, codes=just(200, *RUN), other=NOBODY),
    Row("enrolments:withdraw", enrolment, codes=just(200, *RUN, *CASE), other=NOBODY),
    Row("enrolments:leave", enrolment, codes=just(302, "beneficiary"), other=NOBODY, method="post"),
    Row(
        "enrolments:move_class",
        lambda body: {"uuid": body.session.uuid},
        codes=just(200, *RUN),
        other=NOBODY,
    ),
    Row(
        "enrolments:cancel_class",
        lambda body: {"uuid": body.session.uuid},
        codes=just(200, *RUN),
        other=NOBODY,
    ),
    # Calendars cannot sign in: the secret in the address is the key.
    Row("enrolments:feed", calendar, codes={"*": 200}),
    Row("enrolments:feed_make", codes={"*": 302}, method="post"),
    Row("enrolments:feed_revoke", codes={"*": 302}, method="post"),
]
