"""What is written in a room."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .room import Room

LONGEST_LINE = 1000


class ChatLine(models.Model):
    """One row per thing written by one person, to the class or on one learner's private line with the staff.

    Kept as typed; escaped when shown. A line that staff take away stays, with who did it and when: staff and its
    author still read it, everybody else reads that something was removed.
    """

    whose = "the author"
    basis = "GDPR art. 6(1)(e); material of the class"
    retention = "1 year after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="lines")
    seq = models.PositiveBigIntegerField(help_text="Number of the event that told it to the room.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, default="learner", help_text="What the author was in this class.")
    text = models.CharField(_("message"), max_length=LONGEST_LINE)
    at = models.DateTimeField(_("when"))
    key = models.UUIDField(help_text="Chosen by the sender: the same line sent twice is one line.")
    thread = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The learner whose private line with the staff it is on; empty when said to all.",
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_seq = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Number of the event that told of the removal."
    )

    class Meta:
        verbose_name = _("line of the chat")
        verbose_name_plural = _("lines of the chat")
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "author", "key"], name="chat_line_once"),
            models.UniqueConstraint(fields=["room", "seq"], name="chat_line_seq_once"),
        ]
        indexes = [models.Index(fields=["room", "author", "-at"], name="chat_by_author")]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"
