"""Absences that somebody asks to justify. A justified hour stays an hour that was missed."""

import uuid

from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import person


def records_storage():
    return storages["records"]


class JustificationState(models.TextChoices):
    ASKED = "asked", _("To decide")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")


class Justification(models.Model):
    """One row per reason given for the classes that one learner missed, or is going to miss.

    `reason` is a code of `reasons.REASONS`. The row says who asked, who decided and why; it never changes minutes.
    """

    whose = "the learner"
    basis = "GDPR art. 6(1)(e), 9(2)(g); Codice privacy art. 2-sexies; DL 48/2023 art. 8"
    retention = "as the register; its words and papers 12 months after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(
        "enrolments.Enrolment", on_delete=models.PROTECT, related_name="justifications"
    )
    sessions = models.ManyToManyField(
        "enrolments.ClassSession", through="JustifiedClass", related_name="justifications"
    )
    reason = models.CharField(_("reason"), max_length=20)
    note = models.CharField(_("in the words of who asked"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=JustificationState.choices, default=JustificationState.ASKED
    )
    asked_by = person()
    asked_at = models.DateTimeField()
    late = models.BooleanField(_("after the days allowed"), default=False)
    policy_version = models.PositiveIntegerField(_("by the rules of version"), default=0)
    paper_seen_by = person(null=True)
    paper_seen_at = models.DateTimeField(null=True)
    decided_by = person(null=True)
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("justification")
        verbose_name_plural = _("justifications")
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["enrolment", "state"], name="justification_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="justification_decided_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.asked_at:%Y-%m-%d}"


class JustifiedClass(models.Model):
    """One row per class that one justification is about."""

    justification = models.ForeignKey(Justification, on_delete=models.PROTECT, related_name="classes")
    session = models.ForeignKey(
        "enrolments.ClassSession", on_delete=models.PROTECT, related_name="justified_classes"
    )

    class Meta:
        verbose_name = _("class of a justification")
        verbose_name_plural = _("classes of justifications")
        constraints = [
            models.UniqueConstraint(fields=["justification", "session"], name="justified_class_once")
        ]

    def __str__(self) -> str:
        return f"{self.justification} {self.session}"


class JustificationPaper(models.Model):
    """One row per document that proves a justification. The file is sealed; its name and hash stand here."""

    whose = "the learner"
    basis = "GDPR art. 9(2)(g); Codice privacy art. 2-sexies; DL 48/2023 art. 8"
    retention = "12 months after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    justification = models.ForeignKey(Justification, on_delete=models.PROTECT, related_name="papers")
    sealed = models.FileField(storage=records_storage, max_length=200, editable=False)
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(max_length=40, help_text="media type, as found in its first bytes")
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(max_length=64)
    added_by = person()
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("document of a justification")
        verbose_name_plural = _("documents of justifications")
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["justification", "sha256"], name="justification_paper_once")
        ]

    def __str__(self) -> str:
        return self.name
