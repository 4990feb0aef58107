"""Who read or changed whose record, and why."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One row per read or write of one person's data by one person. Append-only: never edited or deleted.

    It holds no copy of the data that was read. Agency and role are kept as text, as they were at the time,
    because this app knows no other.
    """

    whose = "actor and subject"
    basis = "GDPR art. 5(2), 32; Codice privacy art. 2-sexies"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Empty when the system itself acted."),
    )
    actor_role = models.CharField(max_length=200, blank=True)
    actor_agency = models.CharField(max_length=200, blank=True)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("whose data"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    verb = models.CharField(_("what"), max_length=80, help_text="read.codice_fiscale, write.enrolment …")
    target = models.CharField(max_length=120, blank=True, help_text="app.Model:uuid")
    purpose = models.CharField(_("why"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["subject", "-at"], name="audit_subject_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("An audit entry is never edited.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("An audit entry is never deleted.")
