"""The register of an edition: its pages, its chained entries, and the lines that add up."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .people import person


class Register(models.Model):
    """One row per edition: its mandatory register (registro FAD). What is true of it stands in its entries."""

    whose = "the professional who closed it"
    basis = "register of the course"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.OneToOneField("enrolments.Edition", on_delete=models.PROTECT, related_name="register")
    code = models.SlugField(_("register code"), max_length=50, unique=True)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = person(null=True)
    told_position = models.PositiveIntegerField(
        default=0, help_text="the last entry whose head was sent to the directors"
    )

    class Meta:
        verbose_name = _("register")
        verbose_name_plural = _("registers")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class RegisterPage(models.Model):
    """One row per class: when it was held and, once closed, its number in the register. Closed, it never changes."""

    whose = "the staff who opened and closed it"
    basis = "register of the course"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="pages")
    session = models.OneToOneField(
        "enrolments.ClassSession", on_delete=models.PROTECT, related_name="register_page"
    )
    started_at = models.DateTimeField(_("actual start"), null=True)
    started_by = person(null=True)
    ended_at = models.DateTimeField(_("actual end"), null=True)
    ended_by = person(null=True)
    topic = models.CharField(_("topic done"), max_length=300, blank=True)
    incidents = models.TextField(_("technical incidents"), max_length=2000, blank=True)
    number = models.PositiveIntegerField(_("page"), null=True, help_text=_("In order of closing."))
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = person(null=True)

    class Meta:
        verbose_name = _("register page")
        verbose_name_plural = _("register pages")
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="page_number_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, number__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, number__isnull=False, closed_by__isnull=False),
                name="page_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="page_times",
                violation_error_message=_("The class ended before it began."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} · {self.session}"


class ClassBreak(models.Model):
    """One row per pause in one class; it counts for nobody."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey(RegisterPage, on_delete=models.PROTECT, related_name="breaks")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("break")
        verbose_name_plural = _("breaks")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="break_times",
                violation_error_message=_("The break ends before it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}"


class EntryKind(models.TextChoices):
    OPENING = "opening", _("Opening of the register")
    COVER = "cover", _("New cover")
    VIDIMATION = "vidimation", _("Stamp (vidimazione)")
    PAGE = "page", _("Page")
    STUDY = "study", _("Page of own study")
    SIGNATURE = "signature", _("Signature")
    AMENDMENT = "amendment", _("Rectification")
    REFUSAL = "refusal", _("Rectification not accepted")
    INSPECTION = "inspection", _("Report of an inspection")
    CLOSING = "closing", _("Closing of the register")


class RegisterEntry(models.Model):
    """One row per link of a register's chain: a cover, a page, a signature, a rectification. Never changed.

    `content` is the canonical text that was hashed and signed, kept letter by letter; every other column
    repeats something that stands in it.
    """

    whose = "the learners and staff it names"
    basis = "GDPR art. 6(1)(c)(e); register of the course"
    retention = "10 years; at least 5 from 31 December of the last payment"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind.choices)
    page = models.ForeignKey(RegisterPage, on_delete=models.PROTECT, null=True, related_name="entries")
    content = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=60)
    signature = models.CharField(max_length=128)
    written_at = models.DateTimeField()
    written_by = person(null=True)

    class Meta:
        verbose_name = _("register entry")
        verbose_name_plural = _("register entries")
        ordering = ["register", "position"]
        constraints = [
            models.UniqueConstraint(fields=["register", "position"], name="entry_position_once"),
            models.UniqueConstraint(fields=["page"], condition=Q(kind="page"), name="entry_of_page_once"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.position}"


class AttendanceStatus(models.TextChoices):
    PRESENT = "present", _("Present")
    LATE = "late", _("Late")
    LEFT_EARLY = "left_early", _("Left early")
    LATE_LEFT_EARLY = "late_left_early", _("Late and left early")
    ABSENT = "absent", _("Absent")


class RegisterLine(models.Model):
    """One row per learner on a closed page: an index into the entries, so that lists can add minutes up.

    The entries are the record. This follows the newest one that names the learner, and `register verify`
    compares the two.
    """

    whose = "the learner"
    basis = "GDPR art. 6(1)(e); register of the course"
    retention = "as the register"

    page = models.ForeignKey(RegisterPage, on_delete=models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(
        "enrolments.Enrolment", on_delete=models.PROTECT, related_name="register_lines"
    )
    minutes = models.PositiveIntegerField(_("minutes"))
    status = models.CharField(_("outcome"), max_length=16, choices=AttendanceStatus.choices)
    first_in = models.DateTimeField(_("arrival"), null=True)
    last_out = models.DateTimeField(_("leaving"), null=True)
    amended = models.BooleanField(_("rectified"), default=False)

    class Meta:
        verbose_name = _("register line")
        verbose_name_plural = _("register lines")
        constraints = [models.UniqueConstraint(fields=["page", "enrolment"], name="line_once")]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.minutes}"


class StudyPage(models.Model):
    """One row per page of own study of one register: what everybody did up to a moment, since the page before."""

    whose = "the professional who closed it"
    basis = "register of the course"
    retention = "10 years"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="study_pages")
    number = models.PositiveIntegerField(_("page"))
    since = models.DateTimeField(_("since"), null=True)
    until = models.DateTimeField(_("until"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = person()
    entry = models.OneToOneField(RegisterEntry, on_delete=models.PROTECT, related_name="study_page")

    class Meta:
        verbose_name = _("page of own study")
        verbose_name_plural = _("pages of own study")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="study_page_number_once"),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__gt=F("since")), name="study_page_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"
