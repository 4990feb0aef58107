"""What stays of a record that was deleted: its number, so that whoever has a copy can be told."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeletionReason(models.TextChoices):
    """Why a record was deleted. A closed list, that names nobody: the reason travels with the tombstone."""

    UNLAWFUL = "unlawful", _("It should never have been written")
    ORDER = "order", _("An authority ordered it")
    RETENTION = "retention", _("Its time of keeping has ended")


class Tombstone(models.Model):
    """One row per deleted record. It is an event of the feed with a place of its own, and its own outbox entry.

    Nothing of what the record said is kept. Whose it was stays, so that the person's events leave in their order.
    """

    whose = "the learner of the deleted record"
    basis = "GDPR art. 17 and 19"
    retention = "10 years"

    #: as a record has it
    event = "deleted"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record_uuid = models.UUIDField(unique=True, editable=False)
    record_seq = models.BigIntegerField(null=True, help_text="Where the record stood in the feed, if it did.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("enrolments.Edition", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=DeletionReason.choices)
    content = models.TextField(editable=False, help_text="Canonical JSON: what leaves the house.")
    sha256 = models.CharField(max_length=64, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    feed_seq = models.BigIntegerField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"deleted {self.record_uuid}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("A tombstone is never edited.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A tombstone is never deleted.")
