"""When the platform itself failed a class, and who decided what about time that a failure or a line took away."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .connections import Connection
from .people import person


class OutageKind(models.TextChoices):
    SERVER_LOST = "server_lost", _("The server was lost")
    SERVER_STOPPED = "server_stopped", _("The server was stopped")
    DATABASE_LOST = "database_lost", _("The server could not write anything down")
    CLOCK_JUMPED = "clock_jumped", _("The server's clock jumped")


class Outage(models.Model):
    """One row per failure of one server process in one class, from its last evidence on.

    Without an end it lasts until somebody comes in again, which `queries.outages_of` reads from the connections.
    What a failure took from each person stands in no row: it follows from their connections.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("enrolments.ClassSession", on_delete=models.PROTECT, related_name="outages")
    kind = models.CharField(_("what happened"), max_length=20, choices=OutageKind.choices)
    boot_id = models.UUIDField(help_text="the start of the server process that failed")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True)
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "boot_id", "kind", "starts_at"], name="outage_noted_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="outage_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"


class GapDecision(models.Model):
    """One row per decision to give back, or not, the time of one outage or of one broken line. The latest counts.

    `connection` is the one that broke, for the gap of one person.
    """

    whose = "the person whose line broke; the professional who decided"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, null=True, related_name="decisions")
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, null=True, related_name="gap_decisions"
    )
    given_back = models.BooleanField(_("given back"))
    reason = models.CharField(_("reason"), max_length=200)
    decided_by = person()
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision on lost time")
        verbose_name_plural = _("decisions on lost time")
        ordering = ["decided_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outage__isnull=False, connection__isnull=True)
                | Q(outage__isnull=True, connection__isnull=False),
                name="gap_decision_about_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decided_at:%Y-%m-%d %H:%M} {self.given_back}"
