"""The slides of a class."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .room import Room

LONGEST_TITLE = 120
LONGEST_PAGE_TEXT = 4000


class DeckState(models.TextChoices):
    WAITING = "waiting", _("being prepared")
    READY = "ready", _("ready")
    FAILED = "failed", _("not usable")


class Deck(models.Model):
    """One row per set of slides that staff brought to one class. Its pages come one by one from the worker.

    `shown_until` is the furthest page that was shown: learners look back as far as that and no further.
    """

    whose = "who brought it"
    basis = "GDPR art. 6(1)(e); material of the class"
    retention = "1 year after the edition ends, or until staff take it away"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="decks")
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=DeckState.choices, default=DeckState.WAITING)
    problem = models.CharField(max_length=20, blank=True, help_text="Why it is not usable: a code.")
    originals = models.JSONField(
        default=list, help_text="Names of the files as they came, until it is ready."
    )
    page_count = models.PositiveIntegerField(default=0, help_text="0 until the file was opened.")
    shown_until = models.PositiveIntegerField(default=0)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it until then.")
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("set of slides")
        verbose_name_plural = _("sets of slides")
        ordering = ["room", "position", "pk"]

    def __str__(self) -> str:
        return self.title


class SlidePage(models.Model):
    """One row per page of a deck: its number, the digest of its pictures, its words for who does not see it."""

    deck = models.ForeignKey(Deck, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=32, help_text="Of the pictures: part of their address.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    text = models.TextField(_("text of the page"), blank=True, max_length=LONGEST_PAGE_TEXT)

    class Meta:
        verbose_name = _("slide")
        verbose_name_plural = _("slides")
        ordering = ["deck", "number"]
        constraints = [models.UniqueConstraint(fields=["deck", "number"], name="slide_page_once")]

    def __str__(self) -> str:
        return f"{self.deck_id}, {self.number}"
