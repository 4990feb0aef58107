"""Records as they were given out: each document byte for byte, and its bit in the lists of revoked and suspended."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..credentials.bitstring import LENGTH


class Form(models.TextChoices):
    """The forms in which one record is given out."""

    JSON = "json", _("Open Badges 3.0 file")
    TOKEN = "jwt", _("Open Badges 3.0 token (VC-JWT)")
    PNG = "png", _("badge picture (PNG)")
    SVG = "svg", _("badge picture (SVG)")
    PAPER = "pdf", _("certificate (PDF)")


class StatusList(models.Model):
    """One row per list of 131,072 bits of one agency. The same place counts in its two lists: revoked, suspended."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey("people.Agency", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("status list")
        verbose_name_plural = _("status lists")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.uuid)


class StatusPlace(models.Model):
    """One row per award that was given out as a credential: its bit. Drawn by lot, so that its number tells nothing."""

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); D.Lgs 13/2013"
    retention = "as the record"

    record = models.OneToOneField(
        "competencies.CompetencyRecord", on_delete=models.PROTECT, related_name="status_place"
    )
    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="places")
    index = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("place in a status list")
        verbose_name_plural = _("places in status lists")
        constraints = [
            models.UniqueConstraint(fields=["list", "index"], name="status_place_once"),
            models.CheckConstraint(condition=Q(index__lt=LENGTH), name="status_place_in_list"),
        ]

    def __str__(self) -> str:
        return f"{self.list_id}#{self.index}"


class SpentPlace(models.Model):
    """One row per bit of a status list whose record was deleted: it says "revoked" and is never drawn again."""

    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="spent")
    index = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("spent place")
        verbose_name_plural = _("spent places")
        constraints = [
            models.UniqueConstraint(fields=["list", "index"], name="spent_place_once"),
            models.CheckConstraint(condition=Q(index__lt=LENGTH), name="spent_place_in_list"),
        ]

    def __str__(self) -> str:
        return f"{self.list_id}#{self.index}"


class Credential(models.Model):
    """One row per document made of one award: what was given out is given out again byte for byte.

    The key's id stays beside it: when its public half is withdrawn the document counts no more, and the next who
    asks gets a new one. Never changed; only the PDF holds the person's name.
    """

    whose = "the learner"
    basis = "D.Lgs 13/2013; GDPR art. 6(1)(e)"
    retention = "as the record"

    record = models.ForeignKey(
        "competencies.CompetencyRecord", on_delete=models.PROTECT, related_name="credentials"
    )
    form = models.CharField(_("form"), max_length=4, choices=Form.choices)
    key_id = models.CharField(max_length=80, editable=False)
    seal_id = models.CharField(max_length=80, blank=True, editable=False, help_text="Of a PDF.")
    content = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False, db_index=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "form", "key_id", "seal_id"],
                name="credential_once",
                violation_error_message=_("This document was already made."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.sha256[:12]}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("A credential that was given out is never edited.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A credential that was given out is never deleted.")


class StatusReason(models.TextChoices):
    """Why a record is suspended. A closed list, that names nobody."""

    CHECK = "check", _("We are looking at the evidence again")
    DISPUTE = "dispute", _("The person asked for a correction")


class Suspension(models.Model):
    """One row per time that one award was suspended, or that its suspension ended (`lifted`). The newest counts."""

    whose = "the learner"
    basis = "D.Lgs 13/2013; GDPR art. 18"
    retention = "as the record"

    record = models.ForeignKey(
        "competencies.CompetencyRecord", on_delete=models.PROTECT, related_name="suspensions"
    )
    lifted = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=10, choices=StatusReason.choices, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted=True, reason="") | (Q(lifted=False) & ~Q(reason="")),
                name="suspension_shape",
                violation_error_message=_("A suspension has a reason; its end has none."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {'lifted' if self.lifted else self.reason}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("A suspension is never edited: another row ends it.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A suspension is never deleted.")
