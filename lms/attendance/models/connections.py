"""Who was connected to a class, from when to when, and which server says so."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import person


class ServerLease(models.Model):
    """One row per start of one server process: while it renews, its open connections are believed."""

    boot_id = models.UUIDField(unique=True)
    started_at = models.DateTimeField()
    renewed_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    doubted_at = models.DateTimeField(
        null=True,
        help_text="found expired, and not given up yet: its process may only have been unable to write",
    )

    class Meta:
        verbose_name = _("server lease")
        verbose_name_plural = _("server leases")

    def __str__(self) -> str:
        return str(self.boot_id)


class ConnectionRole(models.TextChoices):
    LEARNER = "learner", _("Learner")
    TRAINER = "trainer", _("Trainer")
    TUTOR = "tutor", _("Tutor")
    DIRECTOR = "director", _("Training director")
    INSPECTOR = "inspector", _("Inspector")


class CloseReason(models.TextChoices):
    LEFT = "left", _("Left")
    LINE_LOST = "line_lost", _("The line broke")
    SILENT = "silent", _("No answer any more")
    CLASS_ENDED = "class_ended", _("The class ended")
    REMOVED = "removed", _("Removed by the trainer")
    REPLACED = "replaced", _("Came back on the same device")
    SERVER_STOPPED = "server_stopped", _("The server was stopped")
    SERVER_LOST = "server_lost", _("The server was lost")
    CLOCK_JUMPED = "clock_jumped", _("The server's clock jumped")


class Connection(models.Model):
    """One row per connection of one person to one class.

    Only two things ever change in it: the last evidence moves forward, and it is closed once, at its last
    evidence. `noted_at` is when the close was written, which may be later.
    """

    whose = "the person who connected"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        "enrolments.ClassSession", on_delete=models.PROTECT, related_name="connections"
    )
    person = person()
    enrolment = models.ForeignKey(
        "enrolments.Enrolment",
        on_delete=models.PROTECT,
        null=True,
        related_name="connections",
        help_text=_("Empty for staff."),
    )
    role = models.CharField(_("as"), max_length=12, choices=ConnectionRole.choices)
    device = models.CharField(max_length=64, help_text="device session id, no fingerprint")
    boot_id = models.UUIDField(help_text="the start of the server process that holds it")
    opened_at = models.DateTimeField(_("in"))
    last_evidence_at = models.DateTimeField(_("last evidence"))
    closed_at = models.DateTimeField(_("out"), null=True)
    reason = models.CharField(_("why it ended"), max_length=20, choices=CloseReason.choices, blank=True)
    noted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["opened_at", "id"]
        indexes = [
            models.Index(fields=["session", "person"], name="connection_of_class"),
            models.Index(fields=["boot_id"], condition=Q(closed_at__isnull=True), name="connection_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_evidence_at__gte=F("opened_at")), name="connection_evidence_after_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, reason="")
                | (
                    Q(closed_at__gte=F("opened_at")) & Q(closed_at__lte=F("last_evidence_at")) & ~Q(reason="")
                ),
                name="connection_closed_at_evidence",
                violation_error_message=_("A connection is closed at its last evidence, with a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.opened_at:%Y-%m-%d %H:%M}"
