"""Where each learner stands in each activity."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.TextChoices):
    PRESSED = "pressed", _("Said to have finished, after the minimum time")
    PASSED = "passed", _("Quiz passed")
    ATTENDED = "attended", _("Attended")


class ActivityProgress(models.Model):
    """One row per enrolled person and activity that they opened; its key survives a change of language.

    There is no percentage here: it follows from the rows. Minutes belong to attendance.
    """

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); protocol of the network"
    retention = "10 years after the edition ends"

    enrolment = models.ForeignKey("enrolments.Enrolment", on_delete=models.PROTECT, related_name="+")
    activity_key = models.UUIDField(help_text="translation_key of the activity page")
    revision_id = models.BigIntegerField(null=True, help_text="The revision last opened, or completed.")
    opened_at = models.DateTimeField(_("first opened"))
    last_opened_at = models.DateTimeField(_("last opened"))
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    rule = models.CharField(_("completed by"), max_length=12, choices=Rule.choices, blank=True)
    position = models.PositiveIntegerField(
        default=0, help_text="Where to resume: the block of a lesson, the question of a quiz."
    )

    class Meta:
        verbose_name = _("progress in an activity")
        verbose_name_plural = _("progress in activities")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity_key"], name="progress_once"),
            models.CheckConstraint(
                condition=models.Q(completed_at__isnull=True, rule="")
                | (models.Q(completed_at__isnull=False) & ~models.Q(rule="")),
                name="progress_rule_when_completed",
                violation_error_message=_("A completed activity says by which rule."),
            ),
        ]
        indexes = [models.Index(fields=["enrolment", "-last_opened_at"], name="progress_latest")]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.activity_key}"
