"""What was sent to whom, and how each attempt went."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .subscribers import Subscriber


class DeliveryState(models.TextChoices):
    PENDING = "pending", _("Waiting")
    IN_FLIGHT = "in_flight", _("Being sent")
    DELIVERED = "delivered", _("Delivered")
    NEEDS_PERSON = "needs_person", _("Stopped: needs a person")
    WITHDRAWN = "withdrawn", _("Withdrawn: the record was deleted")


UNFINISHED = (DeliveryState.PENDING, DeliveryState.IN_FLIGHT, DeliveryState.NEEDS_PERSON)


EVENT_WORDS = {
    "competency_record.awarded": _("Competency awarded"),
    "competency_record.revoked": _("Competency revoked"),
    "competency_record.deleted": _("Record deleted"),
    "register.opened": _("Opening of a register"),
    "register.page_closed": _("Register page closed"),
    "register.amended": _("Register page rectified"),
    "register.entry_added": _("Entry added to a register"),
    "register.closed": _("Register closed"),
    "reconciliation.digest": _("Nightly comparison"),
}


class Delivery(models.Model):
    """One row per event owed to one subscriber. `event_id` is the receiver's idempotency key.

    A competency record is its own outbox entry and is not copied here; a register anchor is, because its
    source may grow, and so is a tombstone. A record that was deleted leaves its delivery with nothing to send.
    `order_key` and `position` keep one person's events (one register's pages) in order.
    """

    whose = "the learner of the record"
    basis = "agreement with the subscriber; GDPR art. 6(1)(e)"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField(editable=False)
    event_type = models.CharField(_("event"), max_length=40)
    record = models.ForeignKey(
        "competencies.CompetencyRecord", on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    body = models.TextField(blank=True, editable=False)
    event_at = models.DateTimeField(help_text="When what it tells was written: the event's own timestamp.")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of what was delivered, as the receiver finds it inside."
    )
    order_key = models.CharField(max_length=80)
    position = models.BigIntegerField()
    state = models.CharField(
        _("state"), max_length=14, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    attempts_forgiven = models.PositiveIntegerField(
        default=0, help_text="Tries before somebody pressed «resend»: they no longer count towards giving up."
    )
    next_attempt_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    last_status = models.PositiveSmallIntegerField(_("last answer"), null=True)
    last_problem = models.CharField(_("last reason"), max_length=30, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "position", "id"],
                condition=Q(state__in=["pending", "in_flight"]),
                name="delivery_due",
            ),
            models.Index(fields=["subscriber", "order_key", "position"], name="delivery_order"),
            models.Index(fields=["state", "-created_at"], name="delivery_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "event_id"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(record__isnull=False)
                | ~Q(body="")
                | Q(event_type__in=["competency_record.awarded", "competency_record.revoked"]),
                name="delivery_has_something",
                violation_error_message=_("A delivery carries a record or a body."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} → {self.subscriber_id}"

    @property
    def is_empty(self) -> bool:
        """Its record was deleted: there is nothing left to send."""
        return self.record_id is None and not self.body

    @property
    def event_words(self) -> str:
        return str(EVENT_WORDS.get(self.event_type, self.event_type))


class Outcome(models.TextChoices):
    SENDING = "sending", _("Under way")
    DELIVERED = "delivered", _("Delivered")
    RETRY = "retry", _("Failed, will be tried again")
    PARKED = "parked", _("Failed, needs a person")
    INTERRUPTED = "interrupted", _("Interrupted: the worker stopped")


class Attempt(models.Model):
    """One row per try to deliver, written before the request leaves and completed after the answer."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.SENDING)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=30, blank=True)
    response_digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["delivery", "number"]
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number_once")]

    def __str__(self) -> str:
        return f"{self.delivery_id} #{self.number}"
