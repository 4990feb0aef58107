"""The attendance rules of an edition."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import person


class AttendancePolicy(models.Model):
    """One row per version of the attendance rules of one edition. A change is a new version.

    `parameters`: name → {"value", "source" (fonte), "valid_from"}; what a version does not name has the default
    of `rules.Policy`.
    """

    whose = "the professional who wrote it"
    basis = "register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(
        "enrolments.Edition", on_delete=models.PROTECT, related_name="attendance_policies"
    )
    version = models.PositiveIntegerField(_("version"))
    parameters = models.JSONField(_("parameters"), default=dict)
    made_by = person()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attendance policy")
        verbose_name_plural = _("attendance policies")
        ordering = ["edition", "-version"]
        constraints = [models.UniqueConstraint(fields=["edition", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"{self.edition} v{self.version}"
