"""Who led a class, when it was not only who the timetable says."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import person as somebody


class Handover(models.Model):
    """One row per time that a class passed from one trainer to another. The timetable keeps the planned one."""

    whose = "the two trainers"
    basis = "register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("enrolments.ClassSession", on_delete=models.PROTECT, related_name="handovers")
    giver = somebody()
    taker = somebody()
    at = models.DateTimeField(_("when"))
    by = somebody()
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("substitution of the trainer")
        verbose_name_plural = _("substitutions of the trainer")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handover_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker} {self.at:%H:%M}"
