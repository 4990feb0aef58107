"""Own study, timed by the server."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class StudyInterval(models.Model):
    """One row per stretch of study of one activity by one learner, timed by the server.

    Stretches of one person never overlap, whatever is open in other windows: the action that writes them sees
    to it, so their seconds may be added up.
    """

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(
        "enrolments.Enrolment", on_delete=models.PROTECT, related_name="study_intervals"
    )
    activity_key = models.UUIDField(help_text="translation_key of the activity page")
    revision_id = models.PositiveBigIntegerField(
        null=True, help_text="the revision that was read; kept as a number, since revisions can be purged"
    )
    nominal_minutes = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    signs = models.PositiveIntegerField(default=0, help_text="signs of activity after the opening")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("stretch of study")
        verbose_name_plural = _("stretches of study")
        ordering = ["started_at", "id"]
        indexes = [
            models.Index(fields=["enrolment", "activity_key", "-last_seen_at"], name="study_of_activity"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(last_seen_at__gte=F("started_at")), name="study_times")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.started_at:%Y-%m-%d %H:%M}"
