"""Who may be heard and seen in a class."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .room import Room


class Floor(models.Model):
    """One row per room: whether learners speak when they like, whose voice is cut off, who was called on.

    A state and not a record: who spoke, and for how long, is written nowhere.
    """

    whose = "the people who were muted or called on"
    basis = "GDPR art. 6(1)(e); running the class"
    retention = "until the class ends"

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="floor")
    held = models.BooleanField(default=False, help_text="Learners speak only when they are called on.")
    cameras = models.BooleanField(default=False, help_text="Learners may turn their camera on.")
    muted = models.JSONField(default=list, blank=True, help_text="uuids of people")
    called = models.JSONField(default=list, blank=True, help_text="uuids of people")

    class Meta:
        verbose_name = _("floor of a class")
        verbose_name_plural = _("floors of classes")

    def __str__(self) -> str:
        return f"floor of room {self.room_id}"
