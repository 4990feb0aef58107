"""Showing one's own competencies by link, and noting who looked."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from lms.audit.actions import record as audit
from lms.errors import Refused
from lms.people import sealing

from .. import queries
from ..models import CompetencyRecord, Share, ShareOpening

#: How long a link may work, in days, and how long it is kept after its end.
DAYS = (7, 30, 90)
_KEPT = timedelta(days=365)
#: As many open links at once are more than anybody needs, and fewer than would fill a disk.
_OPEN_AT_ONCE = 50


def share(
    person: Any, records: Iterable[CompetencyRecord], *, days: int, at: datetime, label: str = ""
) -> Share:
    """Make a link by which whoever has it sees these records of this person, with the name, for so many days.

    Each call makes another link.
    """
    chosen = [record for record in records if record.person_id == person.pk and queries.can_be_shared(record)]
    if not chosen:
        raise Refused("share.nothing", _("Choose at least one competency to show."), status=400)
    if days not in DAYS:
        raise Refused("share.days", _("Choose from the list how long the link works."), status=400)
    if queries.open_shares(person, at=at).count() >= _OPEN_AT_ONCE:
        raise Refused(
            "share.too_many", _("You have many links that still work. Close some, then make a new one.")
        )
    token = secrets.token_urlsafe(16)
    made = Share.objects.create(
        person=person,
        label=label.strip(),
        token_digest=queries.token_digest(token),
        token_sealed=sealing.seal(token),
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    made.records.set(chosen)
    audit("write.competencies_shared", by=person, subject=person, target=made, at=at)
    return made


def withdraw_share(shared: Share, *, by: Any, at: datetime) -> Share:
    """End a link at once. Safe to call twice."""
    if shared.withdrawn_at is None:
        shared.withdrawn_at = at
        shared.save(update_fields=["withdrawn_at"])
        audit("write.competencies_share_withdrawn", by=by, subject=shared.person, target=shared, at=at)
    return shared


def open_share(shared: Share, *, said: str, at: datetime) -> ShareOpening:
    """Note that somebody saw what a link shows, and who they said they are. Each call notes one more."""
    said = " ".join(said.split())
    if len(said) < 3:
        raise Refused("share.who", _("Write who you are: the person will see it."), status=400)
    return ShareOpening.objects.create(share=shared, said=said[:120], at=at)


def forget_shares(*, at: datetime) -> int:
    """Delete the links that ended a year ago, with who opened them; how many. Safe to call at any time and twice."""
    old = Share.objects.filter(expires_at__lt=at - _KEPT)
    count = old.count()
    old.delete()
    return count
