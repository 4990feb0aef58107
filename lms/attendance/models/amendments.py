"""Rectifications of closed pages."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import person
from .register import RegisterEntry, RegisterPage


class AmendmentState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for a second person")
    ENTERED = "entered", _("In the register")
    REJECTED = "rejected", _("Rectification not accepted")


class Amendment(models.Model):
    """One row per rectification (rettifica) asked for on a closed page; decided on, it is an entry of the chain.

    `changes`: [{"enrolment": uuid, "minutes": whole minutes}].
    """

    whose = "the learners it names"
    basis = "GDPR art. 5(1)(d); register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey(RegisterPage, on_delete=models.PROTECT, related_name="amendments")
    reason = models.CharField(_("reason"), max_length=500)
    changes = models.JSONField()
    proposed_by = person()
    proposed_at = models.DateTimeField()
    state = models.CharField(
        _("state"), max_length=10, choices=AmendmentState.choices, default=AmendmentState.PROPOSED
    )
    decided_by = person(null=True)
    decided_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, null=True, related_name="amendment")

    class Meta:
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="entered", entry__isnull=False)
                | Q(state="proposed", entry__isnull=True)
                | Q(state="rejected"),
                name="amendment_entered_with_entry",
            )
        ]

    def __str__(self) -> str:
        return f"{self.page} {self.proposed_at:%Y-%m-%d}"
