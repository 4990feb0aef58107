"""Laying what is new down in files, every night, for those who have no system of their own."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from .. import files, queries
from ..models import FileForm, NightlyFile, NightlyIssue, Subscriber

#: A file holds no more: it is made and read in memory. The rest goes into the next.
LARGEST = 10_000
KEPT = timedelta(days=90)


def make_files(*, at: datetime) -> int:
    """Make the files of every subscriber that gets them, of what is new for it; how many issues were made.

    Locks each subscriber's row in turn. Safe to call twice: what stands in an issue is not new any more. A night
    without news has no issue.
    """
    made = 0
    remake_files(at=at)
    for key in queries.file_subscribers(at).values_list("pk", flat=True):
        with transaction.atomic():
            subscriber = Subscriber.objects.select_for_update().get(pk=key)
            while _next_issue(subscriber, at):
                made += 1
    return made


def _next_issue(subscriber: Subscriber, at: datetime) -> bool:
    records = queries.next_to_file(subscriber, LARGEST)
    if not records:
        return False
    issue = NightlyIssue.objects.create(
        subscriber=subscriber,
        number=subscriber.issues_made + 1,
        first_seq=records[0].feed_seq,
        last_seq=records[-1].feed_seq,
        events=len(records),
        made_at=at,
    )
    issue.records.set([record for record in records if record.event != "deleted"])
    _write(issue, records)
    subscriber.filed_seq, subscriber.issues_made = issue.last_seq, issue.number
    subscriber.save(update_fields=["filed_seq", "issues_made"])
    return True


def _write(issue: NightlyIssue, records: Sequence[Any]) -> None:
    """The three files of an issue and their signatures."""
    issue.files.all().delete()
    for form in FileForm.values:
        content = files.build(form, records, issue.subscriber.left_out)
        key_id, signature = files.signed(content)
        NightlyFile.objects.create(
            issue=issue,
            form=form,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            key_id=key_id,
            signature=signature,
        )


def remake_files(*, at: datetime) -> int:
    """Make again the issues that hold a record deleted since, without it; how many. Safe to call at any time and twice."""
    made = 0
    for key in queries.issues_to_remake():
        with transaction.atomic():
            issue = (
                NightlyIssue.objects.select_for_update(of=("self",)).select_related("subscriber").get(pk=key)
            )
            records = queries.left_in(issue)
            _write(issue, records)
            issue.events, issue.remade_at = len(records), at
            issue.save(update_fields=["events", "remade_at"])
            made += 1
    return made


def forget_files(*, at: datetime) -> int:
    """Delete the issues that are old; how many. Safe to call at any time and twice."""
    old = NightlyIssue.objects.filter(made_at__lt=at - KEPT)
    count = old.count()
    old.delete()
    return count
