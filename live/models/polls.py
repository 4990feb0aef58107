"""Questions to the class, and what each person answered."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .room import Room

LONGEST_QUESTION = 300
LONGEST_CHOICE = 120
LONGEST_WORD = 40
MOST_CHOICES = 8


class PollKind(models.TextChoices):
    ONE = "one", _("One answer")
    SEVERAL = "several", _("Several answers")
    WORD = "word", _("A word or two")


class PollState(models.TextChoices):
    PREPARED = "prepared", _("prepared")
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Poll(models.Model):
    """One row per question to one class, prepared before it or asked in it. Learners know of it once it opens."""

    whose = "who asked it"
    basis = "GDPR art. 6(1)(e); material of the class"
    retention = "1 year after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="polls")
    kind = models.CharField(_("kind of answer"), max_length=8, choices=PollKind.choices, default=PollKind.ONE)
    question = models.CharField(_("question"), max_length=LONGEST_QUESTION)
    choices = models.JSONField(_("answers to choose from"), default=list, blank=True)
    state = models.CharField(max_length=8, choices=PollState.choices, default=PollState.PREPARED)
    results_shown = models.BooleanField(_("the class sees the results"), default=False)
    hidden_words = models.JSONField(default=list, blank=True, help_text="Words that staff took out of sight.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["room", "pk"]

    def __str__(self) -> str:
        return self.question


class Vote(models.Model):
    """One row per answer that one person sent to one poll; the latest counts.

    An answer that was replaced is emptied and keeps only its key, so that the same message arriving again, late,
    changes nothing.
    """

    whose = "who answered"
    basis = "GDPR art. 6(1)(e); material of the class"
    retention = "1 year after the edition ends"

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(help_text="Chosen by the sender: the same answer sent twice is one.")
    choices = models.JSONField(default=list, blank=True, help_text="Places of the chosen answers, from 0.")
    word = models.CharField(max_length=LONGEST_WORD, blank=True)
    at = models.DateTimeField(_("when"))
    counts = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("answer to a poll")
        verbose_name_plural = _("answers to polls")
        constraints = [
            models.UniqueConstraint(fields=["poll", "person", "key"], name="vote_key_once"),
            models.UniqueConstraint(
                fields=["poll", "person"], condition=Q(counts=True), name="vote_counts_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} to {self.poll_id}"
