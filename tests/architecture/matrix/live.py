"""Addresses under /aula/: a class is for its learners, its staff and its inspector; for everybody else it is absent."""

from django.utils import timezone

from lms.attendance.actions import make_pass, start_class
from tests.architecture.permission_matrix import Row

MEMBERS = ("beneficiary", "trainer", "tutor", "training_director", "inspector")
STAFF = ("trainer", "tutor", "training_director", "inspector")
ABSENT = {"*": 404, "anonymous": 302}


def room(body):
    return {"room_id": body.session.uuid}


def _code(codes: dict[str, int]) -> dict[str, int]:
    return {"*": 404, "anonymous": 302, **codes}


def begun(body):
    """The class is on, as far as the register knows."""
    start_class(body.session, by=body.trainer, at=body.session.starts_at)


def passed(body):
    """An inspector without an account was let into the class."""
    _held, token = make_pass(
        body.session, name="Piera Rossi", office="Regione", by=body.training_director, at=timezone.now()
    )
    body.people["token"] = token


ROWS = [
    Row("live:classroom", room, codes=_code(dict.fromkeys(MEMBERS, 200)), other=ABSENT),
    Row(
        "live:ticket",
        room,
        method="post",
        setup=begun,
        codes=_code(dict.fromkeys(MEMBERS, 200)),
        other=ABSENT,
    ),
    # An empty line is sent back to the page; an inspector watches.
    Row("live:say", room, method="post", codes=_code(dict.fromkeys(MEMBERS, 302)), other=ABSENT),
    Row(
        "live:start",
        room,
        method="post",
        codes=_code(
            {"trainer": 302, "training_director": 302, "tutor": 403, "inspector": 403, "beneficiary": 403}
        ),
        other=ABSENT,
    ),
    Row(
        "live:end",
        room,
        method="post",
        setup=begun,
        codes=_code(
            {"trainer": 302, "training_director": 302, "tutor": 403, "inspector": 403, "beneficiary": 403}
        ),
        other=ABSENT,
    ),
    # The people of the class: learners have no such page.
    Row("live:people", room, codes=_code(dict.fromkeys(STAFF, 200)), other=ABSENT),
    *(
        Row(
            "live:act",
            lambda body, do=do: {**room(body), "do": do},
            method="post",
            setup=begun,
            codes=_code({"trainer": code, "training_director": code, "tutor": tutor, "inspector": 403}),
            other=ABSENT,
        )
        for do, code, tutor in (
            ("admit", 302, 302),
            ("open", 302, 302),
            ("wait", 302, 302),
            ("remove", 400, 400),  # nobody was named
            ("readmit", 400, 400),
            ("voice", 400, 400),
            ("hand", 400, 400),
        )
    ),
    Row(
        "live:act",
        lambda body: {**room(body), "do": "ask"},
        method="post",
        setup=begun,
        data=lambda body: {"key": body.session.uuid},
        codes=_code({"trainer": 302, "training_director": 302, "tutor": 403, "inspector": 403}),
        other=ABSENT,
    ),
    Row(
        "live:check",
        room,
        method="post",
        setup=begun,
        codes=_code({"trainer": 403, "training_director": 403, "tutor": 403, "inspector": 302}),
        other=ABSENT,
    ),
    Row("live:report", room, setup=begun, codes=_code(dict.fromkeys(STAFF, 200)), other=ABSENT),
    # Whoever has the address is the guest it was made for; a wrong one opens nothing.
    Row("live:visit", lambda body: {"token": "x" * 43}, codes={"*": 404}),
    Row(
        "live:visit",
        lambda body: {"token": body.people["token"]},
        setup=passed,
        codes={"*": 200},
    ),
]
