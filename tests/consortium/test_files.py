"""Nightly files: what is new each night, in three forms that say the same, signed, and told to whom they name."""

import csv
import io
import json
import re
import subprocess
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from lms.audit.queries import entries_about
from lms.competencies import actions as competencies
from lms.competencies.rules import canonical, digest
from lms.consortium import actions, files
from lms.consortium.models import NightlyFile, NightlyIssue
from tests import factories as make
from tests.competencies import build as records
from tests.consortium import build

pytestmark = pytest.mark.django_db
NIGHT = timedelta(days=1)


@pytest.fixture
def at():
    return timezone.now()


def award(body, **more):
    made = records.award(body, **more)
    competencies.assign_feed_seq()
    return made


def lines_of(issue: NightlyIssue) -> list[dict]:
    text = bytes(issue.files.get(form="jsonl").content).decode()
    return [json.loads(line) for line in text.splitlines()]


def rows_of(issue: NightlyIssue) -> list[list[str]]:
    text = bytes(issue.files.get(form="csv").content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_each_night_what_is_new_and_nothing_twice(world, at):
    subscriber, _ = build.subscriber(world.here, files=True)
    first = award(world.here, at=at)
    award(world.there, at=at)
    assert (actions.make_files(at=at), actions.make_files(at=at)) == (1, 0)
    revocation = competencies.revoke(first, reason="mistake", by=world.here.trainer, at=at)
    competencies.assign_feed_seq()
    assert actions.make_files(at=at + NIGHT) == 1
    one, two = subscriber.issues.order_by("number")
    assert [one.number, two.number] == [1, 2]
    assert [line["record"]["record_id"] for line in lines_of(one)] == [f"urn:uuid:{first.uuid}"]
    assert lines_of(two)[0]["record"]["revokes"] == f"urn:uuid:{first.uuid}"
    assert str(revocation.uuid) in rows_of(two)[1][2]


def test_three_forms_say_the_same(world, at):
    subscriber, _ = build.subscriber(world.here, files=True)
    for level in ("A", "B"):
        person = make.enrolment(make.person(level), world.here.edition)
        award(world.here, person=person, at=at)
    call_command("consortium", "files")
    issue = subscriber.issues.get()
    lines, (header, *rows) = lines_of(issue), rows_of(issue)
    for line in lines:
        assert digest(canonical(line["record"])) == line["sha256"]
    book = load_workbook(io.BytesIO(bytes(issue.files.get(form="xlsx").content)))
    cells = [["" if c is None else str(c) for c in row] for row in book.active.iter_rows(values_only=True)]
    assert cells == [header, *rows]
    assert [row[-1] for row in rows] == [line["sha256"] for line in lines]
    assert issue.events == len(rows) == 2


def test_a_signature_holds_for_openssl_with_the_published_key(world, at, tmp_path):
    build.subscriber(world.here, files=True)
    award(world.here, at=at)
    actions.make_files(at=at)
    coordinator = Client()
    coordinator.force_login(world.here.consortium_coordinator)
    for made in NightlyFile.objects.select_related("issue"):
        key = [made.issue.uuid, made.form]
        data = coordinator.get(reverse("consortium:file", args=key)).content
        signature = coordinator.get(reverse("consortium:file_signature", args=key)).content
        pem = Client().get(reverse("consortium:file_key", args=[made.key_id])).content
        for name, content in {"file": data, "sig": signature, "pem": pem}.items():
            (tmp_path / name).write_bytes(content)
        check = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "pem", "-rawin"]
        check += ["-in", "file", "-sigfile", "sig"]
        assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 0
        (tmp_path / "file").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode
    assert Client().get(reverse("consortium:file_key", args=["register-1"])).status_code == 404


def test_the_person_reads_who_took_a_file(world, at):
    build.subscriber(world.here, files=True)
    award(world.here, at=at)
    actions.make_files(at=at)
    told = entries_about(world.here.beneficiary).filter(verb="read.competency_record")
    assert not told.exists(), "nobody has seen it yet"
    coordinator = Client()
    coordinator.force_login(world.here.consortium_coordinator)
    coordinator.get(reverse("consortium:file", args=[NightlyIssue.objects.get().uuid, "csv"]))
    entry = told.get()
    assert entry.actor == world.here.consortium_coordinator
    assert "accordo" in entry.purpose


def test_who_coordinates_one_network_and_administers_another_sees_links_that_open(world, at):
    """Every link on the page answers; of the other network it says who takes the files."""
    for body in (world.here, world.there):
        build.subscriber(body, files=True, name=body.consortium.name)
        award(body, at=at)
    actions.make_files(at=at)
    reader = world.here.consortium_coordinator
    make.membership(reader, "administrator", world.there.training_body)
    client = Client()
    client.force_login(reader)
    page = client.get(reverse("consortium:files")).text
    here, there = (
        NightlyIssue.objects.get(subscriber__agency=each.consortium) for each in (world.here, world.there)
    )
    links = set(re.findall(r'href="(/consorzio/file/[^"?]+)"', page))
    assert len([link for link in links if str(here.uuid) in link]) == 6
    assert str(there.uuid) not in page
    assert "Li prende il coordinatore del consorzio." in page
    assert {client.get(link).status_code for link in links} == {200}
    assert client.get(reverse("consortium:file", args=[there.uuid, "csv"])).status_code == 404


def test_a_file_keeps_to_the_agreement_and_names_nobody(world, at):
    subscriber, _ = build.subscriber(world.here, files=True, parts=["course"], kinds=["trasparenza_I"])
    person = make.person("Zvonimira", "Kowalczykowa")
    award(world.here, person=make.enrolment(person, world.here.edition), at=at)
    actions.make_files(at=at)
    issue = subscriber.issues.get()
    (line,), (header, _row) = lines_of(issue), rows_of(issue)
    assert line["left_out"] == ["assessment", "evidence", "learning"]
    assert not {"learning", "assessment"} & line["record"].keys()
    assert len(header) == len(files._columns()) - 3
    for made in issue.files.exclude(form="xlsx"):
        for secret in ("Zvonimira", "Kowalczykowa", str(person.uuid)):
            assert secret not in bytes(made.content).decode()


def test_another_agreement_brings_everything_again(world, at):
    subscriber, _ = build.subscriber(world.here, files=True, parts=["course"])
    award(world.here, at=at)
    actions.make_files(at=at)
    by = world.here.administrator
    actions.change_subscriber(subscriber, purpose="per altro", by=by, at=at)
    assert actions.make_files(at=at) == 0, "the same records as before"
    actions.change_subscriber(subscriber, parts=["course", "learning"], by=by, at=at)
    assert actions.make_files(at=at) == 1
    actions.set_active(subscriber, False, by=by, at=at)
    award(world.here, person=make.enrolment(world.here.stranger, world.here.edition), at=at)
    assert actions.make_files(at=at) == 0, "stopped"


def test_old_files_go_and_numbers_go_on(world, at):
    subscriber, _ = build.subscriber(world.here, files=True)
    award(world.here, at=at)
    actions.make_files(at=at)
    assert actions.forget_files(at=at + 89 * NIGHT) == 0
    assert (actions.forget_files(at=at + 91 * NIGHT), NightlyFile.objects.count()) == (1, 0)
    award(world.here, person=make.enrolment(world.here.stranger, world.here.edition), at=at)
    actions.make_files(at=at)
    assert subscriber.issues.get().number == 2


def test_many_records_are_several_files_and_a_formula_stays_text(world, at, monkeypatch):
    from lms.consortium.actions import filing

    monkeypatch.setattr(filing, "LARGEST", 2)
    subscriber, _ = build.subscriber(world.here, files=True)
    world.here.training_body.name = "=HYPERLINK(1)"
    world.here.training_body.save()
    for _ in range(3):
        award(world.here, person=make.enrolment(make.person("Altra"), world.here.edition), at=at)
    assert actions.make_files(at=at) == 2
    assert [each.events for each in subscriber.issues.order_by("number")] == [2, 1]
    assert "'=HYPERLINK(1)" in rows_of(subscriber.issues.first())[1]
