"""Inspectors in a class: what lets them in, and the record of their visit."""

import hashlib
import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import person as somebody


def digest_of(token: str) -> str:
    """What is kept of a guest's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


class InspectorPass(models.Model):
    """One row per credential that lets one inspector into one class until a stated moment.

    `person` is the account that enters: one that exists, or a guest's, which has no password and is opened only
    by the token of this row. Of the token only the digest is kept.
    """

    whose = "the inspector"
    basis = "GDPR art. 6(1)(c); inspection of the course"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(
        "enrolments.ClassSession", on_delete=models.PROTECT, related_name="inspector_passes"
    )
    person = somebody()
    name = models.CharField(_("name and surname"), max_length=150)
    office = models.CharField(_("body (ente)"), max_length=150)
    digest = models.CharField(max_length=64, null=True, unique=True)
    expires_at = models.DateTimeField(_("until"))
    made_at = models.DateTimeField()
    made_by = somebody()
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = somebody(null=True)

    class Meta:
        verbose_name = _("inspector's pass")
        verbose_name_plural = _("inspectors' passes")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="pass_ends_after_start"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="pass_revoked_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.office})"

    @property
    def is_guest(self) -> bool:
        return self.digest is not None

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


class InspectorVisit(models.Model):
    """One row per visit of one inspector to one class. When they came and went is in their connections."""

    whose = "the inspector"
    basis = "GDPR art. 6(1)(c); inspection of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("enrolments.ClassSession", on_delete=models.PROTECT, related_name="visits")
    person = somebody()
    name = models.CharField(_("name and surname"), max_length=150)
    office = models.CharField(_("body (ente)"), max_length=150, blank=True)
    began_at = models.DateTimeField(_("began"))
    minutes_number = models.CharField(_("number of the report (verbale)"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("inspector's visit")
        verbose_name_plural = _("inspectors' visits")
        ordering = ["began_at", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="visit_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.began_at:%Y-%m-%d %H:%M}"


class CheckOutcome(models.TextChoices):
    FOUND = "found", _("Found in the class")
    NOT_FOUND = "not_found", _("Not found")


class VisitCheck(models.Model):
    """One row per learner whom an inspector looked for on the list: found or not, as last ticked."""

    whose = "the learner"
    basis = "GDPR art. 6(1)(c); inspection of the course"
    retention = "as the register"

    visit = models.ForeignKey(InspectorVisit, on_delete=models.PROTECT, related_name="checks")
    enrolment = models.ForeignKey("enrolments.Enrolment", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=10, choices=CheckOutcome.choices)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("check of an inspector")
        verbose_name_plural = _("checks of an inspector")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "enrolment"], name="visit_check_once")]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.outcome}"
