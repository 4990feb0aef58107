"""Addresses of people: one's own pages, the desk of who follows people, the administrator's roles."""

from django.utils import timezone

from lms.people import actions
from lms.people.models import AccountApplication
from tests.architecture.permission_matrix import Row

ANYBODY = {"*": 200}
SIGNED_IN = {"*": 200, "anonymous": 302}
SIGNED_IN_POST = {"*": 302, "anonymous": 302}


def only(code: int, *roles: str) -> dict[str, int]:
    """These roles get the code; everybody else an absent page, or the way to sign in."""
    return {"*": 404, "anonymous": 302} | dict.fromkeys(roles, code)


DESK = ("tutor", "social_worker", "cpi_operator", "agency_operator", "administrator")
FOLLOW = ("social_worker", "cpi_operator", "agency_operator")
NOBODY = only(404)
# The network of a consortium's own: its coordinator and, in these tests, no administrator (that of the training
# body reaches only that body's people, and the beneficiary belongs to the consortium).
SEES_BENEFICIARY = only(200, *FOLLOW, "consortium_coordinator")


def of_beneficiary(body):
    return {"uuid": body.beneficiary.uuid}


def application(body):
    return AccountApplication.objects.get_or_create(
        first_name="Nuova",
        last_name="Persona",
        agency=body.training_body,
        defaults={"made_at": timezone.now(), "language": "it"},
    )[0]


def letter(body):
    found = body.beneficiary.letters.first()
    return found or actions.make_letter(body.beneficiary, by=body.social_worker, at=timezone.now())[0]


ROWS = [
    Row("people:activate", codes=ANYBODY),
    Row("people:activate_choose", codes={"*": 302}),
    Row("people:profile", codes=SIGNED_IN),
    Row("people:profile_change", codes=SIGNED_IN),
    Row("people:accesses", codes=SIGNED_IN),
    Row("people:audit", codes=only(200, "consortium_coordinator", "data_protection_officer")),
    Row("people:notice", codes=SIGNED_IN),
    Row("people:people", codes=only(200, *DESK, "consortium_coordinator")),
    Row("people:create", codes=only(200, *DESK)),
    Row("people:import", codes=only(200, *DESK)),
    Row("people:import_template", codes=only(200, *DESK)),
    Row("people:import_confirm", method="post", codes=only(302, *DESK)),
    Row("people:applications", codes=only(200, *DESK)),
    Row(
        "people:application",
        lambda body: {"uuid": application(body).uuid},
        method="post",
        codes=only(302, "tutor", "administrator"),
        other=NOBODY,
    ),
    Row("people:roles", codes=only(200, "administrator")),
    Row(
        "people:roles_of",
        lambda body: {"uuid": body.trainer.uuid},
        codes=only(200, "administrator"),
        other=NOBODY,
    ),
    Row(
        "people:role_end",
        lambda body: {"uuid": body.training_director.memberships.get().uuid},
        method="post",
        codes=only(302, "administrator"),
        other=NOBODY,
    ),
    Row(
        "people:case_assign",
        of_beneficiary,
        codes=only(200, *FOLLOW) | {"consortium_coordinator": 404, "beneficiary": 404},
        other=NOBODY,
    ),
    Row(
        "people:case_end",
        lambda body: {"uuid": body.beneficiary.followed_by.get(professional=body.cpi_operator).uuid},
        method="post",
        codes=only(302, "cpi_operator"),
        other=NOBODY,
    ),
    Row(
        "people:letter_revoke",
        lambda body: {"uuid": letter(body).uuid},
        method="post",
        codes=only(302, *FOLLOW),
        other=NOBODY,
    ),
    Row(
        "people:person",
        of_beneficiary,
        codes=SEES_BENEFICIARY | {"beneficiary": 302},
        other=NOBODY,
    ),
    Row(
        "people:letter_make",
        of_beneficiary,
        method="post",
        codes=only(200, *FOLLOW) | {"consortium_coordinator": 403, "beneficiary": 403},
        other=NOBODY,
    ),
    Row(
        "people:codice_fiscale",
        of_beneficiary,
        method="post",
        data=lambda body: {"purpose": "iscrizione"},
        codes=only(200, *FOLLOW) | {"consortium_coordinator": 403, "beneficiary": 302},
        other=NOBODY,
    ),
]
