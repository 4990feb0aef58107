"""Signatures under the pages of a register, and the reports of inspectors in it."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import person
from .register import Register, RegisterEntry, RegisterPage


class SignerRole(models.TextChoices):
    TRAINER = "trainer", _("Trainer")
    TUTOR = "tutor", _("Tutor")
    DIRECTOR = "director", _("Training director")


class PageSignature(models.Model):
    """One row per signature of one professional under one page of a register. It is an entry of the chain itself.

    `signed` is the entry of the page: of a class, of own study, or the closing one. `method` is how the person
    proved to be who they are, at `proved_at`, a moment before signing.
    """

    whose = "the professional who signed"
    basis = "GDPR art. 6(1)(c)(e); register of the course; L. 300/1970 art. 4 c. 2"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signed = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(_("as"), max_length=10, choices=SignerRole.choices)
    signer = person()
    method = models.CharField(_("proof of identity"), max_length=20)
    proved_at = models.DateTimeField()
    signed_at = models.DateTimeField(_("signed"))
    due_by = models.DateTimeField(_("due by"))
    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, related_name="signature_row")

    class Meta:
        verbose_name = _("signature of a page")
        verbose_name_plural = _("signatures of pages")
        ordering = ["signed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["signed", "role"], name="page_signed_once_as"),
            models.CheckConstraint(condition=Q(signed_at__gte=F("proved_at")), name="signature_after_proof"),
        ]

    def __str__(self) -> str:
        return f"{self.signer} {self.signed_at:%Y-%m-%d %H:%M}"

    @property
    def late(self) -> bool:
        return self.signed_at > self.due_by


class InspectionReport(models.Model):
    """One row per report (verbale) that one inspector wrote into one register. It is an entry of the chain."""

    whose = "the inspector"
    basis = "GDPR art. 6(1)(c); inspection of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="inspection_reports")
    page = models.ForeignKey(
        RegisterPage, on_delete=models.PROTECT, null=True, related_name="inspection_reports"
    )
    number = models.CharField(_("number of the report"), max_length=60)
    inspected_on = models.DateField(_("day of the inspection"))
    name = models.CharField(_("name and surname"), max_length=150)
    office = models.CharField(_("body (ente)"), max_length=150)
    text = models.TextField(_("what was found"), max_length=4000)
    written_by = person()
    written_at = models.DateTimeField()
    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, related_name="inspection_report")

    class Meta:
        verbose_name = _("report of an inspection")
        verbose_name_plural = _("reports of inspections")
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"
