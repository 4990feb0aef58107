"""Reading what people share."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, QuerySet
from django.urls import reverse

from lms.people import sealing

from ..models import CompetencyRecord, Share
from .records import whole


def token_digest(token: str) -> str:
    """By which a link's secret is found again. Letters count as they are written, unlike in a codice fiscale."""
    return sealing.lookup_digest(token.encode().hex(), purpose="share")


def shares_of(person: Any) -> QuerySet[Share]:
    """One person's links, newest first, with how often each was opened and when last."""
    rows = Share.objects.filter(person=person).annotate(times=Count("openings"), last=Max("openings__at"))
    return rows.order_by("-made_at", "-id")


def open_shares(person: Any, *, at: datetime) -> QuerySet[Share]:
    return Share.objects.filter(person=person, withdrawn_at__isnull=True, expires_at__gt=at)


def share_address(shared: Share) -> str:
    """The whole address of a link, for its person and nobody else."""
    path = reverse("verification:shared", args=[sealing.unseal(shared.token_sealed)])
    return f"{settings.SITE_URL}{path}"


def shareable_records(person: Any) -> list[CompetencyRecord]:
    """One person's awards that stand, newest first: what they may show."""
    return list(whole(CompetencyRecord.objects.standing().filter(person=person)))


def shared_records(shared: Share) -> list[CompetencyRecord]:
    """What a link shows, also what was revoked since: its verdict says so."""
    return list(whole(shared.records.all()))
