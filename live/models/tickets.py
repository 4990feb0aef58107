"""The tickets that let people in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .room import Room


class Ticket(models.Model):
    """One row per ticket: lets one person open one connection to one class, once, within a minute.

    Only the digest is kept, so that reading the table opens no door.
    """

    whose = "the person"
    basis = "GDPR art. 32"
    retention = "a day"

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")

    def __str__(self) -> str:
        return f"{self.user} until {self.expires_at:%H:%M:%S}"
