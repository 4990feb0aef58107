"""The database of the feed's benchmark, and what runs on it; each command a process of its own.

`fill N URL FILE` writes N records and a subscriber, and its secret to FILE; `work` delivers until nothing is
owed; `requests FILE` writes the requests that would be sent; `pull FILE` reads the whole feed; `sign N FILE` gives N
records out; `verify FILE` asks the public page.
"""

import json
import os
import statistics
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

PEOPLE = 2000


def fill(number: int, endpoint: str, secret_file: str) -> None:
    """So many awards to PEOPLE people in one edition, each with the content that a real award writes."""
    from django.db import connection

    from lms.competencies import content, rules
    from lms.competencies.actions import assign_feed_seq
    from lms.competencies.models import CompetencyRecord
    from lms.consortium import actions
    from tests import factories as make
    from tests.competencies import build
    from tests.conftest import build_body

    body = build_body("Qui")
    goal = build.goal(body.course)
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    for part in range(PEOPLE):
        make.enrolment(make.person(f"Persona{part}"), body.edition)
    enrolments = list(body.edition.enrolments.select_related("person", "edition__course", "edition__agency"))
    rows = []
    for index in range(number):
        enrolment, key = enrolments[index % len(enrolments)], uuid.uuid4()
        when = at + timedelta(seconds=index)
        text = rules.canonical(
            content.of_award(
                key, enrolment, goal.competency, goal.level, build.ENOUGH, subject=uuid.uuid4(), at=when
            )
        )
        rows.append(
            CompetencyRecord(
                uuid=key,
                event="awarded",
                kind="trasparenza_I",
                person=enrolment.person,
                enrolment=enrolment,
                competency=goal.competency,
                level=goal.level,
                level_code=goal.level.code,
                round=index // len(enrolments) + 1,
                content=text,
                sha256=rules.digest(text),
                by=body.trainer,
                at=when,
            )
        )
    CompetencyRecord.objects.bulk_create(rows, batch_size=1000)
    assign_feed_seq()
    _subscriber, secret = actions.create_subscriber(
        name="Banco",
        agency=body.consortium,
        endpoint=endpoint,
        kinds=["trasparenza_I"],
        all_editions=True,
        legal_basis="banco di prova",
        by=body.administrator,
        at=at,
    )
    Path(secret_file).write_text(secret)
    actions.fan_out(at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE"
        )  # as autovacuum does a minute later: plans made for empty tables are another matter


def work() -> None:
    """One worker. Waits for a line on its input, so that all begin together; says how many it delivered."""
    from django.utils import timezone

    from lms.consortium import actions

    print("ready", flush=True)
    sys.stdin.readline()
    delivered = 0
    while (done := actions.deliver_pending(at=timezone.now(), seconds=300)).delivered:
        delivered += done.delivered
    print(delivered, flush=True)


def requests(file: str) -> None:
    """Headers and body of every delivery, signed now."""
    from django.utils import timezone

    from lms.consortium import queries, rules, sealing
    from lms.consortium.models import Delivery
    from lms.consortium.sender import signed_headers

    now = timezone.now()
    made = []
    for row in Delivery.objects.select_related("record", "subscriber").order_by("position"):
        secrets = rules.valid_secrets(sealing.unseal(row.subscriber.secrets_sealed), now)
        body = queries.body_of(row)[0]
        made.append([signed_headers(str(row.event_id), body, secrets, now), body])
    Path(file).write_text(json.dumps(made))


def pull(file: str) -> None:
    """Read the whole feed as the API does, 200 at a time: seconds and resident kB after each page."""
    from benchmarks.machine import resident_mb
    from lms.consortium import queries
    from lms.consortium.models import Subscriber

    subscriber = Subscriber.objects.get()
    after, pages = 0, []
    queries.feed_page(subscriber, subscriber.scopes, after=0, limit=1)
    while True:
        began = time.perf_counter()
        rows = queries.feed_page(subscriber, subscriber.scopes, after=after, limit=200)
        text = json.dumps([queries.envelope(row) for row in rows[:200]])
        pages.append(
            {"seconds": time.perf_counter() - began, "mb": resident_mb(os.getpid()), "bytes": len(text)}
        )
        if len(rows) <= 200:
            break
        after = rows[199].feed_seq
    Path(file).write_text(json.dumps(pages))


def sign(number: int, file: str) -> None:
    """Seconds to give out so many records as credentials, and to canonicalise and sign the same documents alone."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from django.utils import timezone

    from lms.competencies import actions
    from lms.competencies.credentials import proofs
    from lms.competencies.models import CompetencyRecord

    rows = CompetencyRecord.objects.select_related(
        "person", "enrolment__edition__agency", "competency__framework"
    )
    records = list(rows.order_by("feed_seq")[: number + 1])
    actions.give_out(records.pop(), "json", at=timezone.now())  # the key and the contexts are read once
    key = Ed25519PrivateKey.generate()
    seconds = bare = 0.0
    for record in records:  # in turn, so that a busy machine slows both
        began = time.perf_counter()
        made = bytes(actions.give_out(record, "json", at=timezone.now()).content)
        given = time.perf_counter()
        document = json.loads(made)
        read = time.perf_counter()
        key.sign(b"".join(proofs.hashes(document, document["proof"])))
        seconds, bare = seconds + given - began, bare + time.perf_counter() - read
    Path(file).write_text(json.dumps({"number": len(records), "seconds": seconds, "bare_seconds": bare}))


def verify(file: str) -> None:
    """Milliseconds and queries of the public page, for a number and for a file."""
    from django.core.cache import cache
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from lms.competencies.models import Credential

    given = list(Credential.objects.select_related("record").order_by("id")[:100])
    client, numbers, files, queries = Client(), [], [], []
    client.get("/verifica/")
    for row in given:
        cache.clear()  # the limit for one visitor
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/verifica/{row.record.uuid}/").status_code == 200
        numbers.append(time.perf_counter() - began)
        queries.append(len(asked))  # the next request begins the count anew
    for row in given[:10]:
        began = time.perf_counter()
        paper = SimpleUploadedFile("attestato.json", bytes(row.content))
        assert client.post("/verifica/", {"file": paper}).status_code == 200
        files.append(time.perf_counter() - began)
    found = {
        "number_ms": statistics.median(numbers) * 1000,
        "queries": statistics.median(queries),
        "file_ms": statistics.median(files) * 1000,
    }
    Path(file).write_text(json.dumps(found))


if __name__ == "__main__":
    import django

    django.setup()
    command, *arguments = sys.argv[1:]
    commands = {
        "fill": lambda number, *rest: fill(int(number), *rest),
        "work": work,
        "requests": requests,
        "pull": pull,
        "sign": lambda number, out: sign(int(number), out),
        "verify": verify,
    }
    commands[command](*arguments)
