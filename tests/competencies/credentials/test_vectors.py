"""What others published: the signing vector, byte for byte; credentials that are good and credentials that are not."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms.competencies.credentials import contexts, multikey, proofs
from lms.competencies.credentials.reading import Known, read
from lms.competencies.queries import verdict
from tests.factories import NOW

pytestmark = pytest.mark.shared_data
STRANGER = Known("did:web:ponte.example")

CONTEXTS = {
    "credentials-v2.json": "credentials-v2.jsonld",
    "ob-v3p0.json": "ob-v3p0.json",
    "ob-v3p0-3.0.3.json": "ob-v3p0-3.0.3.json",
}


@pytest.mark.parametrize("ours", CONTEXTS)
def test_the_contexts_made_at_build_are_the_published_ones(shared_data, ours):
    def fingerprint(file):
        text = json.dumps(json.loads(file.read_text()), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    published = shared_data / "credentials" / "contexts" / CONTEXTS[ours]
    assert fingerprint(contexts.FOLDER / ours) == fingerprint(published)


def test_no_context_is_ever_fetched():
    with pytest.raises(contexts.UnknownContext):
        contexts.loader("https://www.w3.org/2018/credentials/v1")


def test_the_signing_vector_is_reproduced_byte_for_byte(shared_data):
    folder = shared_data / "credentials" / "open-badges-3"
    vector = json.loads((folder / "vector.json").read_text())
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vector["key"]["private_and_public_hex"])[:32])
    document = dict(vector["signed_credential"])
    proof = document.pop("proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    assert proofs.canonical(document) == (folder / "vector-document-canon.txt").read_text()
    assert (
        proofs.canonical(options | {"@context": document["@context"]})
        == (folder / "vector-proof-canon.txt").read_text()
    )
    of_proof, of_document = proofs.hashes(document, proof)
    assert of_proof.hex() == vector["proof_sha256_hex"]
    assert of_document.hex() == vector["document_sha256_hex"]
    assert key.sign(of_proof + of_document).hex() == vector["signature_hex"]
    signed = proofs.sign(
        document, method=proof["verificationMethod"], created=proof["created"], signature=key.sign
    )
    assert signed == vector["signed_credential"]
    assert multikey.of_key(key.public_key()) == vector["key"]["publicKeyMultibase"]
    proofs.verify(signed, signed["proof"], multikey.key_of(vector["key"]["publicKeyMultibase"]))


@pytest.mark.parametrize("name", ["complete", "simple-context-version", "simple-did-key-method"])
def test_good_credentials_of_others_hold(shared_data, name):
    data = (shared_data / "credentials" / "open-badges-3" / f"{name}.json").read_bytes()
    found = read(data, STRANGER)
    assert (found.problem, found.signature) == ("", "theirs"), found
    assert verdict(found, data, at=NOW).standing == "unknown_issuer"


REASONS = {
    "simple-err-type": ("json.type", "", "not_found"),
    "simple-err-issuer": ("json.issuer", "", "not_found"),
    "simple-err-proof-value": ("", "broken", "altered"),
    "simple-err-expired": ("", "theirs", "expired"),
}


@pytest.mark.parametrize("name", REASONS)
def test_bad_credentials_of_others_are_refused_for_the_right_reason(shared_data, name):
    data = (shared_data / "credentials" / "open-badges-3" / f"{name}.json").read_bytes()
    found = read(data, STRANGER)
    standing = verdict(found, data, at=NOW).standing
    assert (found.problem, found.signature, standing) == REASONS[name], found
