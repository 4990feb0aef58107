"""Who receives records, and what was agreed."""

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class DeliverableKind(models.TextChoices):
    """What a subscriber may be sent. The first two are kinds of competency record."""

    ATTENDANCE = "frequenza", _("Certificates of attendance")
    TRANSPARENCY = "trasparenza_I", _("Statements of competencies")
    REGISTER = "register.page_closed", _("Fingerprints of closed register pages")


class RecordPart(models.TextChoices):
    """The parts of a record that an agreement may leave out. What was awarded, to whom and by whom always goes."""

    COURSE = "course", _("Course and edition")
    LEARNING = "learning", _("Hours")
    ASSESSMENT = "assessment", _("Results of the quizzes")
    EVIDENCE = "evidence", _("Fingerprints of the evidence")


class People(models.TextChoices):
    """Whose records. Who sent a person is fixed when the person is enrolled, so the feed never changes behind a reader."""

    ALL = "all", _("Everybody in these editions")
    SENT = "sent", _("Only the people that this body sent")


class Access(models.TextChoices):
    """What the system of a subscriber may do at the API. The values are the scopes of its tokens."""

    COMPETENCIES = "competency-records.read", _("Fetch statements of competencies")
    ATTENDANCE = "attendance-records.read", _("Fetch certificates of attendance")
    COMPARE = "reconciliations.write", _("Compare what it fetched with what is here")


#: scope → the one kind of record that it opens
KIND_OF_SCOPE = {
    Access.COMPETENCIES: DeliverableKind.TRANSPARENCY,
    Access.ATTENDANCE: DeliverableKind.ATTENDANCE,
}


def every_part() -> list[str]:
    return list(RecordPart.values)


def every_access() -> list[str]:
    return list(Access.values)


class Subscriber(models.Model):
    """One row per system of one body that receives records, with what was agreed: what, whose, why, until when.

    `pushed_seq` says how far the feed was read for this subscriber; setting it back to
    zero makes nothing arrive twice, since a delivery exists once per subscriber and event. `filed_seq` says the same
    of its nightly files: at zero the next one holds everything that the agreement covers.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    agency = models.ForeignKey(
        "people.Agency", verbose_name=_("agency"), on_delete=models.PROTECT, related_name="subscribers"
    )
    endpoint = models.URLField(
        _("address for deliveries"),
        max_length=500,
        blank=True,
        help_text=_(
            "Example: https://records.example.org/ponte. Leave it empty if this system only fetches records."
        ),
    )
    files = models.BooleanField(
        _("nightly files"),
        default=False,
        help_text=_(
            "For a body without a system of its own: each night a signed file with what is new, to be taken from the page of files."
        ),
    )
    kinds = models.JSONField(_("what it receives"), default=list)
    all_editions = models.BooleanField(_("all editions"), default=False)
    editions = models.ManyToManyField(
        "enrolments.Edition", verbose_name=_("editions"), blank=True, related_name="+"
    )
    parts = models.JSONField(_("parts of each record"), default=every_part)
    access = models.JSONField(_("what its system may do"), default=every_access)
    people = models.CharField(_("whose records"), max_length=8, choices=People.choices, default=People.ALL)
    purpose = models.CharField(
        _("what for"),
        max_length=200,
        blank=True,
        help_text=_("Example: to offer work that fits what a person can do"),
    )
    legal_basis = models.CharField(
        _("on what legal basis"), max_length=300, help_text=_("Example: joint-controller agreement, art. 4")
    )
    valid_from = models.DateField(_("agreed from"), null=True, blank=True)
    valid_until = models.DateField(
        _("agreed until"),
        null=True,
        blank=True,
        help_text=_("The last day. After it nothing is sent and nothing can be fetched."),
    )
    active = models.BooleanField(_("active"), default=True)
    secrets_sealed = models.BinaryField(default=bytes, editable=False)
    client = models.OneToOneField(
        "allauth_idp_oidc.Client", on_delete=models.SET_NULL, null=True, blank=True, related_name="subscriber"
    )
    pushed_seq = models.BigIntegerField(default=0, editable=False)
    filed_seq = models.BigIntegerField(default=0, editable=False)
    issues_made = models.PositiveIntegerField(default=0, editable=False)
    failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="agreement_dates",
                violation_error_message=_(
                    "The agreement ends before it begins. Correct one of the two days."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_words(self) -> list[str]:
        """What it receives, in words."""
        return [str(label) for value, label in DeliverableKind.choices if value in self.kinds]

    @property
    def scopes(self) -> list[str]:
        """The scopes that its tokens may have: what was ticked, as far as it receives that kind at all."""
        readable = [
            scope for scope, kind in KIND_OF_SCOPE.items() if scope in self.access and kind in self.kinds
        ]
        compares = [Access.COMPARE] if readable and Access.COMPARE in self.access else []
        return [str(scope) for scope in (*readable, *compares)]

    @property
    def scope_words(self) -> list[tuple[str, str]]:
        """Each scope with what it lets the system do."""
        return [(scope, str(Access(scope).label)) for scope in self.scopes]

    @property
    def left_out(self) -> list[str]:
        """The parts that the agreement leaves out of each record."""
        return [part for part in RecordPart.values if part not in self.parts]

    @property
    def left_out_words(self) -> list[str]:
        return [str(RecordPart(part).label) for part in self.left_out]

    def is_agreed_on(self, day: date) -> bool:
        """Whether anything may leave the house on this day."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.active and begun and (self.valid_until is None or day <= self.valid_until)
