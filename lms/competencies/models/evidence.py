"""What a trainer saw and proposes, and what the responsible person decided: rows that are added, never changed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Unchanging(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("This row is never edited: another one is added.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("This row is never deleted.")


def _goal_fields() -> tuple[models.ForeignKey, models.ForeignKey, models.ForeignKey]:
    return (
        models.ForeignKey("enrolments.Enrolment", on_delete=models.PROTECT, related_name="+"),
        models.ForeignKey("frameworks.Competency", on_delete=models.PROTECT, related_name="+"),
        models.ForeignKey(
            "frameworks.Level", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
        ),
    )


class Seen(models.TextChoices):
    """What a trainer saw."""

    DONE = "done", _("Does it alone")
    HELPED = "helped", _("Does it with help")
    NOT_YET = "not_yet", _("Not yet")


class Observation(Unchanging):
    """One row per time that a trainer wrote what they saw one person do for one competency. The newest counts."""

    whose = "the learner"
    basis = "D.Lgs 13/2013; GDPR art. 6(1)(e)"
    retention = "as the record"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment, competency, level = _goal_fields()
    seen = models.CharField(_("what you saw"), max_length=10, choices=Seen.choices)
    text = models.TextField(_("what the person did"), max_length=600)
    seen_on = models.DateField(_("day"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["enrolment", "competency"], name="observation_of")]

    def __str__(self) -> str:
        return f"{self.seen} {self.uuid}"


class Proposal(Unchanging):
    """One row per proposal of a trainer that one person be awarded one competency, on the evidence they saw.

    It is open until a Decision stands beside it.
    """

    whose = "the learner"
    basis = "D.Lgs 13/2013; GDPR art. 6(1)(e)"
    retention = "as the record"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment, competency, level = _goal_fields()
    note = models.TextField(_("note"), max_length=600, blank=True)
    evidence = models.CharField(max_length=64, editable=False, help_text="Fingerprint of the evidence seen.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["enrolment", "competency"], name="proposal_of")]

    def __str__(self) -> str:
        return str(self.uuid)


class Outcome(models.TextChoices):
    AWARDED = "awarded", _("Awarded")
    RETURNED = "returned", _("Sent back to the trainer")


class Decision(Unchanging):
    """One row per proposal that the responsible person decided: awarded with its record, or sent back with a reason.

    A record that had to be deleted (Tombstone) leaves this row pointing at nothing: the decision did happen.
    """

    whose = "the learner"
    basis = "D.Lgs 13/2013; GDPR art. 22"
    retention = "as the record"

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    reason = models.TextField(_("reason"), max_length=600, blank=True)
    record = models.OneToOneField(
        "competencies.CompetencyRecord",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="decision",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="awarded", record__isnull=False)
                | (Q(outcome="returned", record__isnull=True) & ~Q(reason="")),
                name="decision_shape",
                violation_error_message=_("An award has its record; what is sent back has its reason."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.proposal_id}"


class Rectification(Unchanging):
    """One row per award that was put right: the record that was wrong, the one that takes its place, and why.

    The wrong one has a revocation of its own; both it and the new award travel as every record does.
    """

    whose = "the learner"
    basis = "GDPR art. 16; D.Lgs 13/2013"
    retention = "as the record"

    wrong = models.OneToOneField(
        "competencies.CompetencyRecord",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="rectified_by",
    )
    right = models.OneToOneField(
        "competencies.CompetencyRecord",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="rectifies",
    )
    reason = models.TextField(_("reason"), max_length=600)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("rectification")
        verbose_name_plural = _("rectifications")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.wrong_id} → {self.right_id}"
