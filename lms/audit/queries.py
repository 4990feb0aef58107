"""Reading the audit trail."""

from collections.abc import Container
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from .models import Entry


def entries_about(user: Any) -> QuerySet[Entry]:
    """What others did with this person's data, newest first."""
    return Entry.objects.filter(subject=user).exclude(actor=user).select_related("actor")


def all_entries() -> QuerySet[Entry]:
    """The whole trail, newest first, with the people it names."""
    return Entry.objects.select_related("actor", "subject").order_by("-at", "-id")


def narrowed(
    entries: QuerySet[Entry],
    *,
    actor: str = "",
    subject: str = "",
    kind: str = "",
    verb: str = "",
    purpose: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Entry]:
    """Those of a person (every word in their names), of a kind ("read", "write"), with a verb, with these words in
    the purpose or the target, from a moment and before another."""
    for path, text in (("actor", actor), ("subject", subject)):
        for word in text.split()[:5]:
            entries = entries.filter(
                Q(**{f"{path}__first_name__icontains": word})
                | Q(**{f"{path}__last_name__icontains": word})
                | Q(**{f"{path}__username__iexact": word})
            )
    for word in purpose.split()[:5]:
        entries = entries.filter(Q(purpose__icontains=word) | Q(target__icontains=word))
    if kind:
        entries = entries.filter(verb__startswith=f"{kind}.")
    if verb:
        entries = entries.filter(verb=verb)
    if since:
        entries = entries.filter(at__gte=since)
    return entries.filter(at__lt=until) if until else entries


def latest(verbs: Container[str], *, among: int = 100) -> frozenset[int]:
    """The ids of the entries with these verbs among the latest of all: whoever asks often sees what is new."""
    rows = Entry.objects.order_by("-pk").values_list("pk", "verb")[:among]
    return frozenset(pk for pk, verb in rows if verb in verbs)
