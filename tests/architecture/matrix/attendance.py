"""Attendance and registers."""

from datetime import timedelta
from uuid import UUID

from tests.architecture.permission_matrix import Row
from tests.factories import NOW

NOBODY = {"*": 404, "anonymous": 302}
READERS = {"trainer": 200, "tutor": 200, "training_director": 200, "inspector": 200}
CASE = ("social_worker", "cpi_operator", "agency_operator")


def begun(body):
    from lms.attendance import actions

    return actions.start_class(body.session, by=body.trainer, at=NOW)


def ended(body):
    from lms.attendance import actions

    begun(body)
    return actions.end_class(body.session, by=body.trainer, at=NOW + timedelta(hours=2))


def paused(body):
    """A closed page with a break in it: whoever may take it back is told that it is too late."""
    from lms.attendance import actions

    page, half = ended(body), NOW + timedelta(hours=1)
    body.people["break"] = actions.add_break(
        page, starts_at=half, ends_at=half + timedelta(minutes=9), by=body.trainer, at=NOW
    )
    actions.close_page(page, by=body.trainer, at=NOW + timedelta(hours=2))


def closed(body):
    from lms.attendance import actions

    return actions.close_page(ended(body), by=body.trainer, at=NOW + timedelta(hours=2))


def proposed(body):
    from lms.attendance import actions

    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 5}]
    asked = actions.amend(closed(body), by=body.tutor, at=NOW, reason="Firma su carta", changes=changes)
    body.people["amendment"] = asked


def of_class(body):
    return {"uuid": body.session.uuid}


def of_register(body):
    return {"code": f"REG-{body.edition.code}"}


def of_edition(body):
    return {"code": body.edition.code}


def signers(code):
    return {**NOBODY, "trainer": code, "tutor": code, "training_director": code}


def passed(body):
    from django.utils import timezone

    from lms.attendance import actions

    body.people["pass"], _token = actions.make_pass(
        body.session, name="Piera Rossi", office="Regione", by=body.training_director, at=timezone.now()
    )


def openers(code):
    return {**NOBODY, "training_director": code, "consortium_coordinator": code}


TAKERS = {"training_director": 200, "inspector": 200, "consortium_coordinator": 200}


def asked(body):
    from lms.attendance import actions

    row = actions.ask_justification(body.enrolment, [body.session], reason="illness", by=body.tutor, at=NOW)
    paper = actions.attach_paper(
        row, name="certificato.pdf", content=b"%PDF-1.7 prova", by=body.social_worker, at=NOW
    )
    body.people |= {"justification": row, "paper": paper}


def of_absence(body):
    return {"uuid": body.people["justification"].uuid}


def of_enrolment(body):
    return {"uuid": body.enrolment.uuid}


ENTERS = {"tutor": 200, "social_worker": 200, "cpi_operator": 200}
RULES_READERS = {**NOBODY, **READERS, "consortium_coordinator": 200}


def studied(body):
    """A closed page of own study; its number is 1."""
    from lms.attendance import actions

    register = actions.open_register(body.edition, by=body.training_director, at=NOW - timedelta(days=9))
    for minute in (0, 5):
        actions.record_study(
            body.enrolment, KEY, 1, 60, at=NOW - timedelta(days=8) + timedelta(minutes=minute)
        )
    actions.close_study_page(register, until=NOW - timedelta(days=7), by=body.tutor, at=NOW)


KEY = UUID("00000000-0000-4000-8000-00000000005e")
DIRECTOR = {**NOBODY, "training_director": 200}
EVERYBODY = {"*": 200}

ROWS = [
    Row("attendance:verify", codes=EVERYBODY),
    Row("attendance:verify", codes={"*": 422}, method="post"),
    Row("attendance:keys", codes=EVERYBODY),
    Row("attendance:certificates", codes=EVERYBODY),
    Row("attendance:programme", codes=EVERYBODY),
    Row("attendance:signatures", codes={"*": 200, "anonymous": 302, "beneficiary": 404, "stranger": 404}),
    Row(
        "attendance:signatures",
        codes={"*": 422, "anonymous": 302, "beneficiary": 404, "stranger": 404},
        method="post",
    ),
    Row(
        "attendance:cover",
        lambda body: {"code": body.edition.code},
        codes=DIRECTOR,
        other=NOBODY,
        setup=closed,
    ),
    Row("attendance:stamp", of_register, codes=DIRECTOR, other=NOBODY, setup=closed),
    Row("attendance:register_close", of_register, codes=DIRECTOR, other=NOBODY, setup=closed),
    Row(
        "attendance:study_close",
        of_register,
        codes={**NOBODY, "tutor": 200, "training_director": 200},
        other=NOBODY,
        setup=closed,
    ),
    Row(
        "attendance:study_page",
        lambda body: {**of_register(body), "number": 1},
        codes={**NOBODY, "tutor": 200, "training_director": 200, "inspector": 200},
        other=NOBODY,
        setup=studied,
    ),
    Row("attendance:report", of_register, codes={**NOBODY, "inspector": 200}, other=NOBODY, setup=closed),
    Row(
        "attendance:report",
        of_register,
        codes={**NOBODY, "inspector": 422},
        other=NOBODY,
        method="post",
        setup=closed,
    ),
    Row("attendance:identity", of_register, codes={**NOBODY, "inspector": 200}, other=NOBODY, setup=closed),
    Row(
        "attendance:identity",
        of_register,
        codes={**NOBODY, "inspector": 422},
        other=NOBODY,
        method="post",
        setup=closed,
    ),
    Row("attendance:register_xlsx", of_register, codes={**NOBODY, **TAKERS}, other=NOBODY, setup=closed),
    Row("attendance:register_json", of_register, codes={**NOBODY, **TAKERS}, other=NOBODY, setup=closed),
    Row(
        "attendance:classes",
        codes={"*": 200, "anonymous": 302, "beneficiary": 404, "stranger": 404, **dict.fromkeys(CASE, 302)},
    ),
    Row("attendance:hours", codes={**NOBODY, "tutor": 200, **dict.fromkeys(CASE, 200)}),
    Row("attendance:class", of_class, codes={**NOBODY, **READERS}, other=NOBODY, setup=ended),
    Row("attendance:class_pdf", of_class, codes={**NOBODY, **READERS}, other=NOBODY, setup=ended),
    Row("attendance:class_csv", of_class, codes={**NOBODY, **READERS}, other=NOBODY, setup=ended),
    Row("attendance:end", of_class, codes=signers(302), other=NOBODY, method="post", setup=begun),
    Row("attendance:break", of_class, codes=signers(422), other=NOBODY, method="post", setup=ended),
    Row(
        "attendance:break_remove",
        lambda body: {"uuid": body.people["break"].uuid},
        codes=signers(409),
        other=NOBODY,
        method="post",
        setup=paused,
    ),
    Row("attendance:close", of_class, codes=signers(200), other=NOBODY, setup=ended),
    Row("attendance:close", of_class, codes=signers(422), other=NOBODY, method="post", setup=ended),
    Row("attendance:amend", of_class, codes=signers(200), other=NOBODY, setup=closed),
    Row("attendance:amend", of_class, codes=signers(422), other=NOBODY, method="post", setup=closed),
    Row(
        "attendance:decide",
        lambda body: {"uuid": body.people["amendment"].uuid},
        codes={**NOBODY, "training_director": 400},
        other=NOBODY,
        method="post",
        setup=proposed,
    ),
    Row(
        "attendance:recover",
        of_class,
        codes={**NOBODY, "tutor": 200, "training_director": 200},
        other=NOBODY,
        setup=closed,
    ),
    Row(
        "attendance:recover",
        of_class,
        codes={**NOBODY, "tutor": 422, "training_director": 422},
        other=NOBODY,
        method="post",
        setup=closed,
    ),
    Row("attendance:absences", codes={"*": 200, "anonymous": 302}),
    Row("attendance:absence_choose", codes={**NOBODY, **ENTERS}),
    Row("attendance:absence_enter", of_enrolment, codes={**NOBODY, **ENTERS}, other=NOBODY),
    Row(
        "attendance:absence_enter",
        of_enrolment,
        codes={**NOBODY, **dict.fromkeys(ENTERS, 422)},
        other=NOBODY,
        method="post",
    ),
    Row(
        "attendance:absence",
        of_absence,
        codes={**NOBODY, **ENTERS, "beneficiary": 200},
        other=NOBODY,
        setup=asked,
    ),
    Row(
        "attendance:absence",
        of_absence,
        codes={**NOBODY, "social_worker": 422, "cpi_operator": 422},
        other=NOBODY,
        method="post",
        setup=asked,
        data=lambda body: {"answer": "refuse"},
    ),
    Row(
        "attendance:absence_paper_add",
        of_absence,
        codes={**NOBODY, "beneficiary": 422, "social_worker": 422},
        other=NOBODY,
        method="post",
        setup=asked,
    ),
    Row(
        "attendance:absence_paper_seen",
        of_absence,
        codes={**NOBODY, "beneficiary": 403, "tutor": 403, "cpi_operator": 403, "social_worker": 302},
        other=NOBODY,
        method="post",
        setup=asked,
    ),
    Row(
        "attendance:absence_paper",
        lambda body: {"uuid": body.people["paper"].uuid},
        codes={**NOBODY, "beneficiary": 200, "social_worker": 422},
        other=NOBODY,
        method="post",
        setup=asked,
    ),
    Row("attendance:policies", codes={"*": 200, "anonymous": 302, "beneficiary": 404, "stranger": 404}),
    Row("attendance:policy", of_edition, codes=RULES_READERS, other=NOBODY),
    Row("attendance:policy_change", of_edition, codes={**NOBODY, "training_director": 200}, other=NOBODY),
    Row(
        "attendance:policy_change",
        of_edition,
        codes={**NOBODY, "training_director": 422},
        other=NOBODY,
        method="post",
        data=lambda body: {"source": ""},
    ),
    Row("attendance:inspectors", of_class, codes=openers(200), other=NOBODY),
    Row("attendance:inspectors", of_class, codes=openers(422), other=NOBODY, method="post"),
    Row(
        "attendance:pass_revoke",
        lambda body: {"uuid": body.people["pass"].uuid},
        codes=openers(302),
        other=NOBODY,
        method="post",
        setup=passed,
    ),
    Row("attendance:registers", codes={"*": 200, "anonymous": 302, "beneficiary": 404, "stranger": 404}),
    Row(
        "attendance:register",
        of_register,
        codes={**NOBODY, **READERS, "consortium_coordinator": 200},
        other=NOBODY,
        setup=closed,
    ),
    Row("attendance:register_pdf", of_register, codes={**NOBODY, **TAKERS}, other=NOBODY, setup=closed),
    Row("attendance:register_csv", of_register, codes={**NOBODY, **TAKERS}, other=NOBODY, setup=closed),
]
