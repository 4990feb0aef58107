"""Course runs, who is in them, and the timetable."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    ONLINE = "online", _("Online, live")
    PRESENCE = "presence", _("In presence")
    MIXED = "mixed", _("Mixed")
    OWN_TIME = "own_time", _("On your own time")


class Edition(models.Model):
    """One row per run of one course (edizione). Its phase follows from its dates."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(_("edition code"), max_length=40, unique=True)
    course = models.ForeignKey("courses.CoursePage", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=255)
    agency = models.ForeignKey("people.Agency", on_delete=models.PROTECT, related_name="+")
    cup = models.CharField("CUP", max_length=15, blank=True)
    notice = models.CharField(_("public notice (avviso)"), max_length=200, blank=True)
    mode = models.CharField(_("mode"), max_length=12, choices=Mode.choices, default=Mode.ONLINE)
    place = models.CharField(_("place"), max_length=200, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    capacity = models.PositiveIntegerField(_("places"), validators=[MinValueValidator(1)])
    applications_open = models.BooleanField(_("people may apply by themselves"), default=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-starts_on", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="edition_dates",
                violation_error_message=_("The last day comes before the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class StaffRole(models.TextChoices):
    TRAINER = "trainer", _("Trainer")
    TUTOR = "tutor", _("Tutor")
    DIRECTOR = "director", _("Training director")
    INSPECTOR = "inspector", _("Inspector")


class EditionStaff(models.Model):
    """One row per task of one professional in one edition; an inspector's ends at a stated moment."""

    whose = "the professional"
    basis = "employment or engagement; register of the course"
    retention = "10 years"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=12, choices=StaffRole.choices)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("staff of an edition")
        verbose_name_plural = _("staff of editions")
        ordering = ["role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "user", "role"],
                condition=Q(ended_at__isnull=True),
                name="edition_staff_open_once",
                violation_error_message=_("This person already has this task in this edition."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class EnrolmentStatus(models.TextChoices):
    APPLIED = "applied", _("Waiting for approval")
    WAITING = "waiting", _("On the waiting list")
    ACTIVE = "active", _("Enrolled")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REJECTED = "rejected", _("Not accepted")


class Enrolment(models.Model):
    """One row per person and edition, from the asking to the end. Each change of status is an audit entry."""

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); protocol of the network"
    retention = "10 years after the edition ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    status = models.CharField(_("status"), max_length=12, choices=EnrolmentStatus.choices)
    asked_at = models.DateTimeField(_("asked on"), help_text=_("The order of the waiting list."))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    referring_agency = models.ForeignKey(
        "people.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    message = models.TextField(_("message"), blank=True, max_length=1000)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    active_from = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["edition", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "person"],
                condition=Q(status__in=["applied", "waiting", "active"]),
                name="enrolment_once",
                violation_error_message=_("This person is already in this edition."),
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(active_from__isnull=False),
                name="enrolment_active_from",
                violation_error_message=_("An active enrolment needs the moment it began."),
            ),
        ]
        indexes = [models.Index(fields=["edition", "status", "asked_at"], name="enrolment_queue")]

    def __str__(self) -> str:
        return f"{self.person} · {self.edition.code}"


class ClassSession(models.Model):
    """One row per planned class of one edition (the timetable). What happened in it belongs to attendance."""

    whose = "the trainer"
    basis = "register of the course"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="sessions")
    module_key = models.UUIDField(
        _("module"), null=True, blank=True, help_text="translation_key of the ModulePage"
    )
    title = models.CharField(_("title"), max_length=200)
    starts_at = models.DateTimeField(_("planned start"))
    ends_at = models.DateTimeField(_("planned end"))
    mode = models.CharField(_("mode"), max_length=12, choices=Mode.choices, default=Mode.ONLINE)
    place = models.CharField(_("place"), max_length=200, blank=True)
    trainer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recovery = models.BooleanField(
        _("recovery class"),
        default=False,
        help_text=_("Only for who has a place in it; it adds no planned hours."),
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="class_times",
                violation_error_message=_("The class ends before it starts."),
            )
        ]
        indexes = [models.Index(fields=["edition", "starts_at"], name="class_of_edition")]

    def __str__(self) -> str:
        return self.title


class RecoveryPlace(models.Model):
    """One row per learner expected in one recovery class, with the class that this one makes up for.

    Nobody else of the edition is expected there. A class that is recovered stays missed in the register.
    """

    whose = "the learner"
    basis = "register of the course"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="recovery_places")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="recovery_places")
    missed = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="recovered_in")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("place in a recovery class")
        verbose_name_plural = _("places in recovery classes")
        constraints = [
            models.UniqueConstraint(fields=["session", "enrolment"], name="recovery_place_once"),
            models.CheckConstraint(
                condition=~Q(session=F("missed")),
                name="recovery_of_another",
                violation_error_message=_("A class does not make up for itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.session}"


class CalendarFeed(models.Model):
    """One row per secret calendar address that one person made for their own classes.

    The address is this uuid signed with the site's key: a copy of the database alone opens no calendar.
    """

    whose = "the person"
    basis = "the person's own request"
    retention = "until revoked, then 1 year"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="calendar_feed_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%Y-%m-%d}"
