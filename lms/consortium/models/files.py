"""Nightly files for those who have no system of their own."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .subscribers import Subscriber


class FileForm(models.TextChoices):
    """The forms in which one night's events are laid down. The value is the ending of the file's name."""

    CSV = "csv", _("Table (CSV)")
    XLSX = "xlsx", _("Workbook (XLSX)")
    JSONL = "jsonl", _("JSON Lines")


class NightlyIssue(models.Model):
    """One row per stretch of the feed laid down in files for one subscriber: what was new that night.

    `number` counts from 1 for each subscriber, without gaps, so that a missing one is seen. When a record in it is
    deleted, its files are made again without that record (`remade_at`).
    """

    whose = "the learners of its records"
    basis = "agreement with the subscriber; GDPR art. 6(1)(e)"
    retention = "90 days"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveIntegerField(_("number"))
    first_seq = models.BigIntegerField(_("first place in the feed"))
    last_seq = models.BigIntegerField(_("last place in the feed"))
    records = models.ManyToManyField("competencies.CompetencyRecord", related_name="+")
    events = models.PositiveIntegerField(_("events"))
    made_at = models.DateTimeField(_("made"))
    remade_at = models.DateTimeField(_("made again"), null=True)

    class Meta:
        verbose_name = _("nightly issue")
        verbose_name_plural = _("nightly issues")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "number"], name="nightly_issue_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} #{self.number}"


class NightlyFile(models.Model):
    """One row per file: its bytes as they are handed out, and our signature over exactly those bytes."""

    whose = "the learners of its records"
    basis = "agreement with the subscriber; GDPR art. 6(1)(e)"
    retention = "as the issue"

    issue = models.ForeignKey(NightlyIssue, on_delete=models.CASCADE, related_name="files")
    form = models.CharField(_("form"), max_length=5, choices=FileForm.choices)
    content = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    key_id = models.CharField(max_length=80, editable=False)
    signature = models.BinaryField(editable=False, help_text="Ed25519, 64 bytes.")

    class Meta:
        verbose_name = _("nightly file")
        verbose_name_plural = _("nightly files")
        ordering = ["issue", "form"]
        constraints = [models.UniqueConstraint(fields=["issue", "form"], name="nightly_file_form_once")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.form}"
