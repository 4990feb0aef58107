"""Telling people things."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One row per thing that one person was told. It stays in their list until its retention ends."""

    whose = "the recipient"
    basis = "GDPR art. 6(1)(e); protocol of the network"
    retention = "2 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    url = models.CharField(max_length=300, blank=True, help_text=_("Where to go; an address on this site."))
    made_at = models.DateTimeField(_("sent on"))
    read_at = models.DateTimeField(_("read on"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["recipient", "read_at"], name="notification_unread")]

    def __str__(self) -> str:
        return self.subject


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Sending(models.Model):
    """One row per notification and channel outside the site, with its state: the outbox that is retried."""

    whose = "the recipient"
    basis = "GDPR art. 6(1)(e); protocol of the network"
    retention = "2 years"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Needs a person")

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="sendings")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        constraints = [models.UniqueConstraint(fields=["notification", "channel"], name="sending_once")]
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="sending_due")]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_state_display()}"
