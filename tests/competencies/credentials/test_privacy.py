"""What never leaves: the measure, absences and their reasons, the codice fiscale. Every output is searched."""

import base64
import io
import json
import re
import zlib
from datetime import timedelta
from urllib.parse import urlsplit

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.attendance.models import Justification
from lms.competencies import actions, queries
from lms.competencies.credentials import baking, jose, sealed_pdf
from lms.competencies.models import Form
from lms.people import actions as people
from tests.competencies import build

CODE = "RSSMRA80A01D508J"
#: What must not be found in any output, with the outputs of the person's own name told apart below.
NEVER = {
    "codice fiscale": CODE,
    "notice": "AVVISO-GOL-ADI-7",
    "project code": "B19J21000010001",
    "municipality of care": "Cisternino",
    "reason of an absence": "visita oncologica",
}
#: Shorter words, looked for in what a person reads and not in keys, digests and packed bytes.
WORDS = re.compile(r"\b(ADI|SFL|ReD|RdC|PaIS|PSP|PAD|assen[zt]\w*|ingiustificat\w*|absen\w*)\b")


@pytest.fixture
def record(world):
    """A person of whom the network knows all that must stay in it."""
    body = world.here
    at = timezone.now() - timedelta(hours=1)
    body.edition.cup, body.edition.notice = NEVER["project code"], NEVER["notice"]
    body.edition.save()
    body.consortium.municipality = NEVER["municipality of care"]
    body.consortium.save()
    person = body.beneficiary
    people.set_codice_fiscale(person, CODE, by=body.social_worker, at=at)
    Justification.objects.create(
        enrolment=body.enrolment,
        reason="illness",
        note=NEVER["reason of an absence"],
        asked_by=person,
        asked_at=at,
    )
    return build.award(body, at=at)


def opened(form: Form, data: bytes) -> str:
    """Everything that can be read out of a file: its bytes, its text, what is packed inside."""
    found = [data.decode("latin-1"), data.decode("utf-8", "ignore"), data.decode("utf-16-le", "ignore")]
    if form == Form.TOKEN:
        found += [json.dumps(part, ensure_ascii=False) for part in jose.parts(data.decode())]
    if form == Form.PNG:
        found.append(baking.from_png(data))
    if form == Form.PAPER:
        found += [sealed_pdf.read(data, []).credential, read_pdf(data)]
        for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
            try:
                found.append(zlib.decompress(packed).decode("latin-1"))
            except zlib.error:
                continue
    return "\n".join(found)


def read_pdf(data: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(data))
    return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])


def outputs(record) -> dict[str, str]:
    """Every document and every page that anybody can get, with and without a link of the person."""
    at = timezone.now()
    found = {form.value: opened(form, bytes(actions.give_out(record, form, at=at).content)) for form in Form}
    place = record.status_place
    pages = {
        "DID document": reverse("credentials:did"),
        "DID document of the agency": reverse(
            "credentials:agency_did", args=[record.enrolment.edition.agency.uuid]
        ),
        "revoked": reverse("credentials:status", args=[place.list.uuid, "revocation"]),
        "suspended": reverse("credentials:status_token", args=[place.list.uuid, "suspension"]),
        "page of the number": reverse("verification:record", args=[record.uuid]),
        "verify": reverse("verification:index"),
    }
    for name, address in pages.items():
        answer = Client().get(address)
        assert answer.status_code == 200, name
        found[name] = answer.text
    shared = actions.share(record.person, [record], days=7, at=at)
    visitor = Client()
    address = urlsplit(queries.share_address(shared)).path
    found["before the visitor says who"] = visitor.get(address).text
    found["shared"] = visitor.post(address, {"said": "Lucia Bianchi, forno"}, follow=True).text
    with_file = Client()
    data = bytes(queries.given_out(record, "json").content)
    found["verdict of a file"] = with_file.post(
        pages["verify"], {"file": SimpleUploadedFile("a.json", data)}
    ).text
    return found


def test_no_output_tells_what_must_stay(record):
    record.person.refresh_from_db()
    hidden = [record.person.codice_fiscale_digest, base64.b64encode(CODE.encode()).decode()]
    found = outputs(record)
    readable = {
        "pdf": read_pdf(bytes(queries.given_out(record, "pdf").content)),
        "svg": "",
        "png": found["json"],
    }
    for form in Form:
        assert "Ente di formazione Qui" in found[form.value], "the search sees inside every form"
    for name, text in found.items():
        for what, never in NEVER.items():
            assert never.lower() not in text.lower(), f"{what} in {name}"
        for never in hidden:
            assert never not in text, f"the codice fiscale, disguised, in {name}"
        words = re.sub(r"[A-Za-z0-9+/_=-]{30,}", " ", readable.get(name, text))
        assert not WORDS.search(words), f"{WORDS.search(words)} in {name}"


def test_the_name_is_on_the_paper_and_behind_the_link_and_nowhere_else(record):
    person = record.person
    person.last_name, person.first_name = "Zavattarelli", "Ondina"
    person.save()
    found = outputs(record)
    named = {name for name, text in found.items() if "Zavattarelli" in text}
    assert named == {"pdf", "shared"}
    assert "Ondina" in found["before the visitor says who"], "the visitor knows whose link it is, and no more"


def test_the_subject_is_a_pseudonym(record):
    document = json.loads(bytes(actions.give_out(record, Form.JSON, at=timezone.now()).content))
    assert document["credentialSubject"]["id"] == f"urn:uuid:{record.person.pseudonym.uuid}"
    assert str(record.person.uuid) not in json.dumps(document)
