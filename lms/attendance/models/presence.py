"""What is known of a person's presence beside the connection: waiting at the door, being sent out, prompts."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .connections import Connection
from .people import person as somebody


class WaitingEnd(models.TextChoices):
    ADMITTED = "admitted", _("Let in")
    REFUSED = "refused", _("Not let in")


class WaitingStretch(models.Model):
    """One row per stretch that one connection spent at the door of a class, not let in. It never counts.

    Without an end it lasts as long as its connection.
    """

    whose = "the person who waited"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="waiting")
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True)
    outcome = models.CharField(_("how it ended"), max_length=10, choices=WaitingEnd.choices, blank=True)
    ended_by = somebody(null=True)

    class Meta:
        verbose_name = _("wait at the door")
        verbose_name_plural = _("waits at the door")
        ordering = ["begins_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(ends_at__isnull=True), name="waiting_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True, outcome="")
                | (Q(ends_at__gte=F("begins_at")) & ~Q(outcome="")),
                name="waiting_ended_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection} waits {self.begins_at:%H:%M}"


class Removal(models.Model):
    """One row per time that one person was sent out of one class, or not let in. Undone, it stays as it was."""

    whose = "the person who was sent out"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("enrolments.ClassSession", on_delete=models.PROTECT, related_name="removals")
    person = somebody()
    reason = models.CharField(_("reason"), max_length=200)
    removed_at = models.DateTimeField(_("sent out"))
    removed_by = somebody()
    undone_at = models.DateTimeField(_("let in again"), null=True)
    undone_by = somebody(null=True)

    class Meta:
        verbose_name = _("removal from a class")
        verbose_name_plural = _("removals from a class")
        ordering = ["removed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(undone_at__isnull=True), name="removal_open_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__gte=F("removed_at"), undone_by__isnull=False),
                name="removal_undone_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.removed_at:%H:%M}"


class PresencePrompt(models.Model):
    """One row per time that a class was asked who is there, by its trainer or by its policy.

    It is announced before it opens. Who does not answer is told apart and loses nothing.
    """

    whose = "the people who were asked"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("enrolments.ClassSession", on_delete=models.PROTECT, related_name="prompts")
    key = models.UUIDField(help_text="Chosen by the asker: the same question sent twice is one question.")
    announced_at = models.DateTimeField(_("announced"))
    opens_at = models.DateTimeField(_("asked"))
    deadline = models.DateTimeField(_("answers until"))
    asked_by = somebody(null=True)

    class Meta:
        verbose_name = _("presence prompt")
        verbose_name_plural = _("presence prompts")
        ordering = ["opens_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "key"], name="prompt_once"),
            models.CheckConstraint(
                condition=Q(opens_at__gte=F("announced_at"), deadline__gt=F("opens_at")), name="prompt_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.opens_at:%H:%M}"


class AnswerMeans(models.TextChoices):
    DEVICE = "device", _("on the device")
    VOICE = "voice", _("by voice, says the trainer")


class PresenceAnswer(models.Model):
    """One row per person who answered one prompt: the first answer, in time or not, from whatever device."""

    whose = "the person who answered"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    prompt = models.ForeignKey(PresencePrompt, on_delete=models.PROTECT, related_name="answers")
    person = somebody()
    answered_at = models.DateTimeField(_("answered"))
    means = models.CharField(_("how"), max_length=10, choices=AnswerMeans.choices)
    key = models.UUIDField(help_text="Chosen by who answers: sent again it is the same answer.")
    confirmed_by = somebody(null=True)

    class Meta:
        verbose_name = _("answer to a presence prompt")
        verbose_name_plural = _("answers to presence prompts")
        ordering = ["answered_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["prompt", "person"], name="prompt_answer_once"),
            models.CheckConstraint(
                condition=Q(means="device", confirmed_by__isnull=True)
                | Q(means="voice", confirmed_by__isnull=False),
                name="prompt_answer_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.answered_at:%H:%M}"
