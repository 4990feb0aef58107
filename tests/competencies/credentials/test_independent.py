"""Programs that others wrote check what we give out, two for each form: openbadgeslib and openvc, poppler and OpenSSL.

They get keys and lists from this site's own pages through `fetch`, and nothing from the network.
"""

import json
import re
import shutil
import subprocess
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import pypdfium2
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from jwt.algorithms import OKPAlgorithm
from openbadgeslib.keys import KeyType
from openbadgeslib.ob3 import verifier as of_tokens
from openbadgeslib.ob3.contexts import bundled_contexts
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.proof._jws import parse_compact, verify_compact
from openvc.proof._verify_common import check_jwt_temporal
from openvc.resolvers import default_status_list_resolver
from openvc.status import CredentialRevoked, CredentialSuspended, check_credential_status
from openvc.verify import VerificationPolicy, verify_credential

from lms.competencies import actions
from lms.competencies.credentials import did
from lms.competencies.models import Form
from lms.signing import seals
from tests.competencies import build

SITE = "https://ponte.example"


@pytest.fixture(autouse=True)
def site(settings, tmp_path):
    settings.SITE_URL = SITE
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def record(world):
    """These programs look at the clock of the machine."""
    return build.award(world.here, at=timezone.now() - timedelta(hours=1))


def fetch(address: str) -> bytes:
    """What this site answers at one of its own addresses, as anybody gets it."""
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == SITE, f"{address} is not ours"
    answer = Client().get(parts.path)
    assert answer.status_code == 200, address
    return answer.content


def given(record, form: Form) -> bytes:
    return bytes(actions.give_out(record, form, at=timezone.now()).content)


RESOLVER = DidResolverRegistry([DidWebResolver(lambda address: json.loads(fetch(address)))])


def by_openvc(credential) -> str:
    """The issuer; raises unless openvc takes it, status and all."""
    if isinstance(credential, str):
        return token_by_openvc(credential)
    lists = default_status_list_resolver(resolver=RESOLVER, fetch=lambda address: fetch(address).decode())
    policy = VerificationPolicy(expected_types=["OpenBadgeCredential"], require_status_issuer_binding=True)
    return verify_credential(
        credential,
        resolver=RESOLVER,
        resolve_status_list=lists,
        extra_contexts=bundled_contexts(),
        policy=policy,
    ).issuer


def token_by_openvc(token: str) -> str:
    """By its parts, because its whole reads only the older shape of tokens, with the credential under "vc"."""

    def signed(text: str) -> dict:
        header, payload, *_ = parse_compact(text)
        method = RESOLVER.resolve(payload["iss"]).key_for_purpose(header["kid"], "assertionMethod")
        claims = verify_compact(text, public_key_jwk=method.public_key_jwk)[1]
        check_jwt_temporal(claims, leeway_s=0)
        return claims

    claims = signed(token)
    found = check_credential_status(
        claims, resolve_status_list=lambda address: signed(fetch(address).decode())
    )
    if found.suspended:
        raise CredentialSuspended
    if found.revoked:
        raise CredentialRevoked
    return claims["issuer"]["id"]


def by_openbadgeslib(text: str, issuer: str):
    """Raises unless openbadgeslib takes it. It knows signed lists only as tokens: the other it just reads."""
    if text.startswith("{"):
        checker = OB3LdpVerifier.for_issuer_did(issuer, download=fetch)
        return checker.verify(text, check_status=True, verify_status_list=False, download=fetch)
    return OB3Verifier.for_issuer_did(issuer, download=fetch).verify(text, check_status=True, download=fetch)


@pytest.fixture
def new_name(monkeypatch):
    """openbadgeslib and PyJWT know the algorithm by its older name only: they are taught the one of RFC 9864."""
    jwt.register_algorithm("Ed25519", OKPAlgorithm())
    monkeypatch.setitem(of_tokens._ALGORITHMS_BY_KEY_TYPE, KeyType.ED25519, ["Ed25519"])
    yield
    jwt.unregister_algorithm("Ed25519")


def test_credentials_hold_for_both_libraries_until_they_are_suspended_or_revoked(record, new_name):
    issuer = did.of_agency(record.enrolment.edition.agency.uuid)
    document, token = given(record, Form.JSON).decode(), given(record, Form.TOKEN).decode()
    for text in (document, token):
        found = by_openbadgeslib(text, issuer)
        assert found.issuer.id == issuer
        assert found.achievement.name == "Cercare informazioni"
    assert by_openvc(json.loads(document)) == issuer
    assert by_openvc(token) == issuer

    by = record.by
    actions.suspend(record, reason="check", by=by, at=timezone.now())
    for text, parsed in ((document, json.loads(document)), (token, token)):
        with pytest.raises(OB3VerificationError, match="suspension"):
            by_openbadgeslib(text, issuer)
        with pytest.raises(CredentialSuspended):
            by_openvc(parsed)

    actions.lift_suspension(record, by=by, at=timezone.now())
    for text, parsed in ((document, json.loads(document)), (token, token)):
        by_openbadgeslib(text, issuer)
        by_openvc(parsed)

    actions.revoke(record, reason="mistake", by=by, at=timezone.now())
    for text, parsed in ((document, json.loads(document)), (token, token)):
        with pytest.raises(OB3VerificationError, match="revocation"):
            by_openbadgeslib(text, issuer)
        with pytest.raises(CredentialRevoked):
            by_openvc(parsed)


def test_pictures_hold_for_both_libraries(record):
    issuer = did.of_agency(record.enrolment.edition.agency.uuid)
    for form, extract in (
        (Form.PNG, OB3Verifier.extract_token_from_png),
        (Form.SVG, OB3Verifier.extract_token_from_svg),
    ):
        text = extract(given(record, form))
        by_openbadgeslib(text, issuer)
        by_openvc(json.loads(text))
        assert text == given(record, Form.JSON).decode()


def test_an_old_key_and_a_new_one_hold_side_by_side(world, record):
    old = json.loads(given(record, Form.JSON))
    did.RING.make(timezone.now() + timedelta(days=1))
    new = json.loads(given(build.award(world.here, "1.2", at=timezone.now()), Form.JSON))
    assert old["proof"]["verificationMethod"] != new["proof"]["verificationMethod"]
    for document in (old, new):
        by_openvc(document)
        by_openbadgeslib(json.dumps(document), document["issuer"]["id"])


def test_the_paper_holds_for_poppler_and_openssl(record, tmp_path):
    paper = given(record, Form.PAPER)
    file = tmp_path / "attestato.pdf"
    file.write_bytes(paper)
    if not shutil.which("pdfsig"):
        pytest.skip("poppler-utils is not installed")
    said = subprocess.run(["pdfsig", file], capture_output=True, text=True).stdout
    assert "Signature Validation: Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said

    first, length, second, rest = map(
        int, re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", paper).groups()
    )
    signed = paper[first : first + length] + paper[second : second + rest]
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "signature.der").write_bytes(bytes.fromhex(paper[length + 1 : second - 1].decode()))
    certificate = tmp_path / "certificates.pem"
    certificate.write_bytes(seals.published())
    check = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der"]
    with_ours = ["-content", "signed", "-CAfile", str(certificate), "-purpose", "any", "-out", "content"]
    done = subprocess.run([*check, *with_ours], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_square_code_on_the_paper_leads_to_its_page(record, tmp_path):
    file = tmp_path / "attestato.pdf"
    file.write_bytes(given(record, Form.PAPER))
    page = pypdfium2.PdfDocument(file)[0].render(scale=3, grayscale=True)
    pixels = memoryview(bytes(page.buffer)).cast("B", (page.height, page.stride))
    (code,) = zxingcpp.read_barcodes(pixels)
    assert code.text == f"{SITE}/verifica/{record.uuid}/"
    assert Client().get(urlsplit(code.text).path).status_code == 200
