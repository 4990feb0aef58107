"""What a person shows of their own competencies, to whom, and who looked."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Share(models.Model):
    """One row per link by which one person shows some of their records until a day.

    The link's secret is kept sealed, because the person wants to see it again, and as a keyed hash, to find it.
    """

    whose = "the person who shares"
    basis = "GDPR art. 6(1)(a): the person's own act"
    retention = "12 months after it ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="shares")
    label = models.CharField(_("for whom"), max_length=100, blank=True)
    records = models.ManyToManyField("competencies.CompetencyRecord", related_name="+")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    token_sealed = models.BinaryField(editable=False)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("until"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="share_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.made_at:%Y-%m-%d}"

    def is_open(self, at: datetime) -> bool:
        return self.withdrawn_at is None and at < self.expires_at


class ShareOpening(models.Model):
    """One row per time that somebody said who they are and saw what one share shows."""

    whose = "the person who shares, and the visitor"
    basis = "GDPR art. 6(1)(a), 6(1)(f): who shares may know who looked"
    retention = "as the share"

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="openings")
    said = models.CharField(_("who they said they are"), max_length=120)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("opening of a share")
        verbose_name_plural = _("openings of shares")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
