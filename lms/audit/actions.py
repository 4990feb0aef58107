"""Writing the audit trail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from .models import Entry


def record(
    verb: str,
    *,
    by: Any,
    subject: Any = None,
    target: Any = None,
    purpose: str = "",
    role: str = "",
    agency: str = "",
    at: datetime | None = None,
) -> Entry:
    """Append one entry. Takes no lock; calling twice writes two entries.

    `verb` begins with "read." or "write."; `target` is any model instance with a uuid; `by` is a user or
    None for the system. Role and agency, when not given, are what `by.acting_as()` says they are now.
    """
    if by is not None and not role:
        role, agency = by.acting_as()
    return Entry.objects.create(
        at=at or timezone.now(),
        actor=by,
        actor_role=role[:200],
        actor_agency=agency[:200],
        subject=subject,
        verb=verb,
        target=_label(target),
        purpose=purpose[:300],
    )


def record_many(
    verb: str,
    about: Iterable[tuple[Any, Any]],
    *,
    by: Any,
    purpose: str = "",
    role: str = "",
    agency: str = "",
    at: datetime | None = None,
) -> None:
    """Append one entry per (subject, target), in one insert: for a page that shows many people at once."""
    if by is not None and not role:
        role, agency = by.acting_as()
    moment = at or timezone.now()
    Entry.objects.bulk_create(
        Entry(
            at=moment,
            actor=by,
            actor_role=role[:200],
            actor_agency=agency[:200],
            subject=subject,
            verb=verb,
            target=_label(target),
            purpose=purpose[:300],
        )
        for subject, target in about
    )


def record_about(
    verb: str,
    people: Iterable[Any],
    *,
    by: Any,
    target: Any,
    purpose: str = "",
    at: datetime | None = None,
) -> None:
    """One entry for each of these people, or one about nobody when there are none: an act leaves a trace at least."""
    about = [(person, target) for person in people] or [(None, target)]
    record_many(verb, about, by=by, purpose=purpose, at=at)


def record_daily(
    verb: str,
    uuids: Iterable[str],
    *,
    by: Any,
    target: Any,
    purpose: str = "",
    at: datetime | None = None,
) -> None:
    """One entry for each of these people (by uuid) and this target, at most one a day for the same reader.

    For a page that is opened many times a day. One query when there is nothing new. Takes no lock.
    """
    moment = at or timezone.now()
    today = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = set(map(str, uuids)) - {str(by.uuid)}
    told = Entry.objects.filter(actor=by, verb=verb, target=_label(target), at__gte=today)
    new = wanted - {str(uuid) for uuid in told.values_list("subject__uuid", flat=True)}
    if new:
        people = get_user_model()._default_manager.filter(uuid__in=new)
        record_many(verb, [(person, target) for person in people], by=by, purpose=purpose, at=moment)


def _label(target: Any) -> str:
    return f"{target._meta.label}:{getattr(target, 'uuid', target.pk)}" if target is not None else ""


def record_list(
    read: Iterable[tuple[str, Any]], *, by: Any, purpose: str = "", at: datetime | None = None
) -> None:
    """One entry per (verb, person) of a list that was read, at most one a day for the same reader.

    A list is opened many times a day; the person needs to know that it was, not how often. Takes no lock: two
    readings at the same instant may both be kept.
    """
    moment = at or timezone.now()
    wanted = {(verb, person.pk): person for verb, person in read if person.pk != by.pk}
    today = timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    told = Entry.objects.filter(
        actor=by, verb__in={verb for verb, _ in wanted}, subject__in={pk for _, pk in wanted}, at__gte=today
    )
    known = set(told.values_list("verb", "subject_id"))
    for verb in {verb for verb, _ in wanted}:
        new = [(person, None) for key, person in wanted.items() if key[0] == verb and key not in known]
        if new:
            record_many(verb, new, by=by, purpose=purpose, at=moment)
