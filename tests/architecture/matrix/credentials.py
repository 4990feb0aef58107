"""Addresses of credentials: for whoever verifies, for machines, and for the person who shows."""

from urllib.parse import urlsplit

from django.utils import timezone

from lms.competencies import actions, queries
from lms.competencies.models import CompetencyRecord, Share, StatusList
from tests.architecture.matrix.competencies import HIDDEN, READERS, SIGN_IN, one_record, with_record
from tests.architecture.permission_matrix import Row
from tests.competencies import build
from tests.factories import NOW

ANYBODY = {"*": 200}
OWN = HIDDEN | {"beneficiary": 200}


def with_credential(body):
    actions.give_out(build.award(body), "json", at=NOW)


def suspended(body):
    actions.suspend(build.award(body), reason="check", by=body.trainer, at=NOW)


def with_share(body):
    actions.share(body.beneficiary, [build.award(body)], days=7, at=timezone.now())


def token(body):
    return {"token": urlsplit(queries.share_address(Share.objects.get())).path.split("/")[3]}


def one_share(body):
    return {"uuid": Share.objects.get().uuid}


def one_list(body):
    return {"uuid": StatusList.objects.get().uuid, "purpose": "revocation"}


def as_json(body):
    return one_record(body) | {"form": "json"}


def shared_pdf(body):
    return token(body) | {"uuid": CompetencyRecord.objects.get().uuid, "form": "pdf"}


ROWS = [
    Row("verification:index", codes=ANYBODY),
    Row("verification:index", method="post", codes={"*": 400}),
    Row("verification:record", one_record, setup=with_record, codes=ANYBODY),
    Row("verification:shared", token, setup=with_share, codes=ANYBODY),
    Row(
        "verification:shared",
        token,
        setup=with_share,
        method="post",
        codes={"*": 400, "beneficiary": 200},
        other={"*": 400},
    ),
    Row(
        "verification:shared_file",
        shared_pdf,
        setup=with_share,
        codes={"*": 302, "beneficiary": 200},
        other={"*": 302},
    ),
    Row("credentials:did", codes=ANYBODY),
    Row(
        "credentials:agency_did",
        lambda body: {"uuid": body.training_body.uuid},
        setup=with_record,
        codes=ANYBODY,
    ),
    Row("credentials:agency_did", lambda body: {"uuid": body.cpi.uuid}, setup=with_record, codes={"*": 404}),
    Row("credentials:status", one_list, setup=with_credential, codes=ANYBODY),
    Row("credentials:status_token", one_list, setup=with_credential, codes=ANYBODY),
    Row("competencies:download", as_json, setup=with_record, codes=HIDDEN | READERS, other=HIDDEN),
    Row(
        "competencies:suspend",
        one_record,
        setup=with_record,
        method="post",
        codes=HIDDEN | {"trainer": 400, "training_director": 400},
        other=HIDDEN,
    ),
    Row(
        "competencies:lift",
        one_record,
        setup=suspended,
        method="post",
        codes=HIDDEN | {"trainer": 302, "training_director": 302},
        other=HIDDEN,
    ),
    Row("competencies:shares", codes={"*": 200} | SIGN_IN),
    Row("competencies:shares", method="post", codes={"*": 400} | SIGN_IN),
    Row("competencies:share", one_share, setup=with_share, codes=OWN, other=HIDDEN),
    Row(
        "competencies:withdraw",
        one_share,
        setup=with_share,
        method="post",
        codes=HIDDEN | {"beneficiary": 302},
        other=HIDDEN,
    ),
]
