"""What stands before the pages of a register: the particulars of its cover, and the stamp of an office."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import person
from .register import Register, RegisterEntry


class Particulars(models.Model):
    """One row per edition: what the cover of its register says beyond the edition itself. Empty says so there."""

    whose = "the legal representative and the professional who wrote it"
    basis = "register of the course"
    retention = "as the register"

    edition = models.OneToOneField(
        "enrolments.Edition", on_delete=models.PROTECT, related_name="register_particulars"
    )
    protocol = models.CharField(_("number of the file (pratica)"), max_length=80, blank=True)
    protocol_on = models.DateField(_("date of the file"), null=True, blank=True)
    region = models.CharField(_("region"), max_length=60, blank=True, default="Puglia")
    tax_code = models.CharField(_("tax code or VAT number of the body"), max_length=16, blank=True)
    accreditation = models.CharField(_("accreditation code"), max_length=60, blank=True)
    seat = models.CharField(_("seat of the body"), max_length=200, blank=True)
    representative = models.CharField(_("legal representative"), max_length=150, blank=True)
    activity_id = models.CharField(_("activity identifier"), max_length=60, blank=True)
    figure = models.CharField(_("professional figure (RRFP) and ADA"), max_length=300, blank=True)
    hours_presence = models.PositiveSmallIntegerField(_("hours in presence"), null=True, blank=True)
    hours_online = models.PositiveSmallIntegerField(_("hours online, live"), null=True, blank=True)
    hours_own = models.PositiveSmallIntegerField(_("hours on one's own time"), null=True, blank=True)
    hours_stage = models.PositiveSmallIntegerField(_("hours of stage"), null=True, blank=True)
    written_by = person()
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("particulars of a register")
        verbose_name_plural = _("particulars of registers")

    def __str__(self) -> str:
        return f"{self.edition}"


class VidimationKind(models.TextChoices):
    OFFICE = "office", _("Stamped by an office")
    ELECTRONIC = "electronic", _("Electronic equivalent")


class Vidimation(models.Model):
    """One row per stamp (vidimazione) of one register. A wrong one is followed by another: the last one counts."""

    whose = "the professional who recorded it"
    basis = "register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="vidimations")
    kind = models.CharField(_("kind"), max_length=10, choices=VidimationKind.choices)
    office = models.CharField(_("office"), max_length=150)
    number = models.CharField(_("number"), max_length=60)
    stamped_on = models.DateField(_("date"))
    protocol = models.CharField(_("protocol"), max_length=80)
    recorded_by = person()
    recorded_at = models.DateTimeField()
    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, related_name="vidimation")

    class Meta:
        verbose_name = _("stamp of a register")
        verbose_name_plural = _("stamps of registers")
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"
