"""Who signed in and out in the room itself, where a class is held in presence."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import person


class RoomMeans(models.TextChoices):
    TABLET = "tablet", _("On the tablet in the room")
    QR = "qr", _("By the code shown in the room")
    TRAINER = "trainer", _("Noted by the trainer")


class RoomStay(models.Model):
    """One row per stay of one learner in the room of a class: signed in and, later, signed out.

    Without a signing out it counts to its only evidence, the moment of signing in: that is, for nothing.
    """

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        "enrolments.ClassSession", on_delete=models.PROTECT, related_name="room_stays"
    )
    enrolment = models.ForeignKey("enrolments.Enrolment", on_delete=models.PROTECT, related_name="room_stays")
    entered_at = models.DateTimeField(_("in"))
    entered_by = models.CharField(_("signed in"), max_length=10, choices=RoomMeans.choices)
    left_at = models.DateTimeField(_("out"), null=True)
    left_by = models.CharField(_("signed out"), max_length=10, choices=RoomMeans.choices, blank=True)
    noted_by = person(null=True)

    class Meta:
        verbose_name = _("stay in the room")
        verbose_name_plural = _("stays in the room")
        ordering = ["entered_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrolment"],
                condition=Q(left_at__isnull=True),
                name="room_stay_open_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True, left_by="")
                | (Q(left_at__gte=F("entered_at")) & ~Q(left_by="")),
                name="room_stay_left_whole",
            ),
            models.CheckConstraint(
                condition=~(Q(entered_by="trainer") | Q(left_by="trainer")) | Q(noted_by__isnull=False),
                name="room_stay_noted_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.entered_at:%H:%M}"
