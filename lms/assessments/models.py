"""What was handed in, and its marks."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """One row per sitting of one quiz by one enrolled person, from the first question to the marks.

    It keeps the questions as they were asked, with their order, their key and their marks, so that a quiz
    that is rewritten, or whose revisions are purged, changes nothing here. Once handed in it is not edited.
    """

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); protocol of the network"
    retention = "10 years after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey("enrolments.Enrolment", on_delete=models.PROTECT, related_name="+")
    activity_key = models.UUIDField(help_text="translation_key of the QuizPage")
    revision_id = models.BigIntegerField(null=True, help_text="The revision asked; it may be purged.")
    number = models.PositiveIntegerField(_("attempt"))
    snapshot = models.JSONField(help_text="Questions, order, key and marks as asked.")
    answers = models.JSONField(default=dict, help_text="question key → answer")
    started_at = models.DateTimeField(_("started"))
    saved_at = models.DateTimeField(_("last saved"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    submission_key = models.UUIDField(null=True, blank=True, help_text="Makes a repeated post one attempt.")
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=2, null=True, blank=True)
    max_score = models.DecimalField(_("maximum"), max_digits=7, decimal_places=2, null=True, blank=True)
    passed = models.BooleanField(_("passed"), null=True, blank=True)
    marks = models.JSONField(default=list, help_text="One entry per question, as marked.")

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["enrolment", "activity_key", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "activity_key"],
                condition=Q(submitted_at__isnull=True),
                name="attempt_quiz_open_once",
                violation_error_message=_("This quiz is already open. Go on from where you were."),
            ),
            models.UniqueConstraint(
                fields=["enrolment", "activity_key", "number"], name="attempt_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "activity_key", "submission_key"],
                condition=Q(submission_key__isnull=False),
                name="attempt_handed_in_once",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(score__isnull=False, max_score__isnull=False, passed__isnull=False),
                name="attempt_submitted_is_marked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.number}"
