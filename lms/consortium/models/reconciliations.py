"""Comparing what we sent with what a receiver says it has."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .deliveries import Delivery
from .subscribers import Subscriber


class ReconciliationState(models.TextChoices):
    ASKED = "asked", _("Waiting for an answer")
    AGREES = "agrees", _("Both sides have the same")
    DIFFERS = "differs", _("The two sides differ")
    SILENT = "silent", _("The receiver does not answer with its own count")


class Reconciliation(models.Model):
    """One row per comparison with one subscriber: our count and digest, and theirs.

    Pushed each night as an event and answered in the response, or asked for by a subscriber that fetches. The
    digest is made as docs/decisions/0075-reconciliation.md says, so that both sides can compute it alone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="reconciliations")
    delivery = models.OneToOneField(
        Delivery,
        on_delete=models.PROTECT,
        null=True,
        related_name="reconciliation",
        help_text="Empty when the subscriber asked.",
    )
    before = models.DateTimeField(_("events written before"), null=True)
    through = models.BigIntegerField(_("up to place"), null=True)
    count = models.PositiveIntegerField(_("our count"))
    sha256 = models.CharField(max_length=64)
    months = models.JSONField(default=list)
    their_count = models.PositiveIntegerField(_("their count"), null=True)
    their_sha256 = models.CharField(max_length=64, blank=True)
    differing_months = models.JSONField(default=list)
    state = models.CharField(
        _("state"), max_length=8, choices=ReconciliationState.choices, default=ReconciliationState.ASKED
    )
    made_at = models.DateTimeField(_("asked"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "before"],
                condition=Q(before__isnull=False),
                name="reconciliation_nightly",
            ),
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(through__isnull=False), name="reconciliation_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.made_at:%Y-%m-%d}"

    @property
    def differs(self) -> bool:
        return self.state == ReconciliationState.DIFFERS
