"""The room of a class."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Room(models.Model):
    """One row per class that somebody opened live: the number of its latest event, and how the room is now.

    Who is connected is not here: that is attendance's. Hands, stage and timer are a state and not a record:
    nothing of a hand remains when it goes down, and none of them is left when the class ends.
    """

    whose = "the people whose hand is up, and who is on stage"
    basis = "GDPR art. 6(1)(e); running the class"
    retention = "until the hand goes down, the stage changes or the class ends"

    session = models.OneToOneField("enrolments.ClassSession", on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveBigIntegerField(default=0, help_text="Number of the latest event told to the room.")
    waits = models.BooleanField(default=False, help_text="People wait at the door until they are let in.")
    hands = models.JSONField(default=list, blank=True, help_text="uuids of people, in the order of asking")
    stage = models.CharField(
        max_length=12, default="nothing", help_text="What stands large before everybody."
    )
    stage_of = models.UUIDField(
        null=True, blank=True, help_text="Whose voice, or which poll, when the stage is a person or a poll."
    )
    deck = models.ForeignKey("live.Deck", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    page = models.PositiveIntegerField(default=0, help_text="The page of the deck that the trainer shows.")
    timer_started_at = models.DateTimeField(null=True, blank=True)
    timer_ends_at = models.DateTimeField(null=True, blank=True)
    chat_open = models.BooleanField(_("everybody may write to everybody"), default=True)

    class Meta:
        verbose_name = _("classroom")
        verbose_name_plural = _("classrooms")

    def __str__(self) -> str:
        return f"room {self.session_id}"
