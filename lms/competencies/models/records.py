"""What a person was found able to do: rows that are added and never changed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Pseudonym(models.Model):
    """One row per person with a record: the name by which the outside world knows this person.

    It is random, so that nobody can compute it from what they know of the person, and kept apart, so that
    one deleted row makes every record already delivered anonymous.
    """

    whose = "the learner"
    basis = "GDPR art. 25 (pseudonymisation)"
    retention = "as long as the person's records"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pseudonym", editable=False
    )

    class Meta:
        verbose_name = _("pseudonym")
        verbose_name_plural = _("pseudonyms")

    def __str__(self) -> str:
        return str(self.uuid)


class Event(models.TextChoices):
    AWARDED = "awarded", _("Awarded")
    REVOKED = "revoked", pgettext_lazy("record", "Revoked")


class RecordKind(models.TextChoices):
    ATTENDANCE = "frequenza", _("Certificate of attendance")
    TRANSPARENCY = "trasparenza_I", _("Statement of competencies (first part)")


class RevocationReason(models.TextChoices):
    """Why a record is taken back. A closed list: the reason travels with the record and must name nobody."""

    MISTAKE = "mistake", _("Written by mistake")
    WRONG_LEVEL = "wrong_level", _("The level was wrong")
    EVIDENCE = "evidence", _("The evidence turned out not to hold")
    REQUEST = "request", _("The person asked for it")


class RecordQuerySet(models.QuerySet):
    def awards(self) -> "RecordQuerySet":
        return self.filter(event=Event.AWARDED)

    def standing(self) -> "RecordQuerySet":
        """Awards that nothing revoked."""
        return self.filter(event=Event.AWARDED, revocation__isnull=True)


class CompetencyRecord(models.Model):
    """One row per award of one competency to one person in one enrolment, or per revocation of such a row.

    The row is also its own outbox entry: `content` is what leaves the house, byte for byte, and `feed_seq`
    its place in the feed, given after commit by one sequencer (see actions.assign_feed_seq). There is no
    status field: an award stands until a row that revokes it exists. The database refuses every change but
    feed_seq from empty to a number (migrations/0002).
    """

    whose = "the learner"
    basis = "D.Lgs 13/2013; GDPR art. 6(1)(e)"
    retention = "10 years after the edition ends; the learner's own copy for life"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField(_("event"), max_length=10, choices=Event.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=RecordKind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="competency_records"
    )
    enrolment = models.ForeignKey(
        "enrolments.Enrolment", on_delete=models.PROTECT, related_name="competency_records"
    )
    competency = models.ForeignKey(
        "frameworks.Competency",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty for a certificate of attendance."),
    )
    level = models.ForeignKey(
        "frameworks.Level", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    level_code = models.CharField(max_length=20, blank=True, editable=False)
    revokes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revocation"
    )
    reason = models.CharField(_("reason"), max_length=20, choices=RevocationReason.choices, blank=True)
    note = models.TextField(
        _("note"), max_length=500, blank=True, help_text=_("Stays in the house: it is never delivered.")
    )
    round = models.PositiveSmallIntegerField(
        default=1, editable=False, help_text="Counts awards of the same thing: 2 after the first is revoked."
    )
    content = models.TextField(editable=False, help_text="Canonical JSON: what leaves the house.")
    sha256 = models.CharField(max_length=64, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    feed_seq = models.BigIntegerField(null=True, blank=True, unique=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("competency record")
        verbose_name_plural = _("competency records")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(feed_seq__isnull=True), name="record_unsequenced"),
            models.Index(fields=["person", "-at"], name="record_person_at"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "competency", "level_code", "round"],
                condition=Q(event="awarded", competency__isnull=False),
                name="record_award_once",
                violation_error_message=_("This competency was already awarded at this level."),
            ),
            models.UniqueConstraint(
                fields=["enrolment", "round"],
                condition=Q(event="awarded", competency__isnull=True),
                name="record_attendance_once",
                violation_error_message=_("The certificate of attendance was already issued."),
            ),
            models.CheckConstraint(
                condition=Q(event="awarded", revokes__isnull=True, reason="")
                | (Q(event="revoked", revokes__isnull=False) & ~Q(reason="")),
                name="record_event_shape",
                violation_error_message=_("A revocation names the record and the reason; an award neither."),
            ),
            models.CheckConstraint(
                condition=Q(kind="frequenza", competency__isnull=True)
                | Q(kind="trasparenza_I", competency__isnull=False),
                name="record_kind_shape",
                violation_error_message=_("Only a statement of competencies names a competency."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.uuid}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("A competency record is never edited: revoke it and award again.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A competency record is never deleted.")
