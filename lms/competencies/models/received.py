"""Attestations that others issued: validation and certification belong to the bodies entitled, and are only recorded."""

import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .evidence import Unchanging


def _papers():
    return storages["records"]


def _paper_name(row: "ReceivedDocument", name: str) -> str:
    return f"received/{row.uuid}"


class ReceivedKind(models.TextChoices):
    """The second and third part of D.Lgs 13/2013: public acts of the body entitled (ente titolato)."""

    VALIDATION = "validazione_II", _("Validation document (second part)")
    CERTIFICATION = "certificazione_III", _("Certificate of competencies (third part)")


class ReceivedEvent(models.TextChoices):
    RECEIVED = "received", _("Received")
    WITHDRAWN = "withdrawn", _("Taken out")


class ReceivedDocument(Unchanging):
    """One row per document of another body that was recorded for one person, or per row that takes one out.

    What is put right is another row with its document and its reason, `about` the one before: a row counts until
    one is about it. The document is sealed on disk; its SHA-256 is of what was received.
    """

    whose = "the learner"
    basis = "D.Lgs 13/2013 art. 6; GDPR art. 6(1)(e)"
    retention = "10 years after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField(max_length=10, choices=ReceivedEvent.choices, default=ReceivedEvent.RECEIVED)
    kind = models.CharField(_("kind"), max_length=20, choices=ReceivedKind.choices)
    enrolment = models.ForeignKey("enrolments.Enrolment", on_delete=models.PROTECT, related_name="+")
    competency = models.ForeignKey(
        "frameworks.Competency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level = models.ForeignKey(
        "frameworks.Level", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("what it certifies"), max_length=300)
    body = models.CharField(_("body that issued it"), max_length=200)
    body_code = models.CharField(_("its accreditation code"), max_length=60, blank=True)
    number = models.CharField(_("number or protocol"), max_length=80)
    issued_on = models.DateField(_("issued on"))
    file = models.FileField(storage=_papers, upload_to=_paper_name, blank=True)
    file_type = models.CharField(max_length=40, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    about = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.TextField(_("reason"), max_length=600, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("document received")
        verbose_name_plural = _("documents received")
        ordering = ["-issued_on", "-id"]
        indexes = [models.Index(fields=["enrolment"], name="received_of")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(event="received") & ~Q(file="") & ~Q(sha256=""))
                | (Q(event="withdrawn") & Q(about__isnull=False)),
                name="received_has_document",
                violation_error_message=_("A document received has its file; taking one out names it."),
            ),
            models.CheckConstraint(
                condition=Q(about__isnull=True) | ~Q(reason=""),
                name="received_correction_has_reason",
                violation_error_message=_("Say why it is corrected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
