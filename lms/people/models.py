"""People, the bodies they act for, and who follows whom."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """One row per person who can be named here, whether or not able to sign in yet.

    There is no profile table: what a body knows of a person belongs to that body's own rows. `is_staff` is
    unused (Django admin is not mounted); a role is a Membership.
    """

    whose = "the person"
    basis = "GDPR art. 6(1)(e); protocol of the network"
    retention = "10 years after the last enrolment ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("phone"), null=True, blank=True, unique=True)
    phone_verified = models.BooleanField(default=False)
    preferred_language = models.CharField(
        _("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    codice_fiscale_sealed = models.BinaryField(null=True, editable=False)
    codice_fiscale_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_once",
                violation_error_message=_("Another person already has this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def acting_as(self) -> tuple[str, str]:
        """Today's roles and agencies in words, for the audit trail, which keeps them as they are now."""
        today = timezone.localdate()
        held = [
            m
            for m in self.memberships.select_related("agency")
            if m.starts_on <= today and (m.ends_on is None or m.ends_on > today)
        ]
        roles = ", ".join(sorted({m.role for m in held}))
        return roles, ", ".join(sorted({m.agency.name for m in held}))


class AgencyKind(models.TextChoices):
    CONSORTIUM = "consortium", _("Social consortium")
    CPI = "cpi", _("Employment centre (CPI)")
    EMPLOYMENT_AGENCY = "employment_agency", _("Employment agency")
    TRAINING_BODY = "training_body", _("Accredited training body")


class Agency(models.Model):
    """One row per body of the network."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=AgencyKind.choices)
    municipality = models.CharField(_("municipality"), max_length=100, blank=True)
    consortium = models.ForeignKey(
        "self",
        verbose_name=_("consortium"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="network",
        limit_choices_to={"kind": AgencyKind.CONSORTIUM},
        help_text=_("The consortium in whose network this body works."),
    )

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    BENEFICIARY = "beneficiary", _("Beneficiary")
    TRAINER = "trainer", _("Trainer")
    TUTOR = "tutor", _("Tutor")
    TRAINING_DIRECTOR = "training_director", _("Training director")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    CPI_OPERATOR = "cpi_operator", _("Employment centre operator")
    AGENCY_OPERATOR = "agency_operator", _("Employment agency operator (ex navigator)")
    CONSORTIUM_COORDINATOR = "consortium_coordinator", _("Consortium coordinator")
    INSPECTOR = "inspector", _("Inspector")
    ADMINISTRATOR = "administrator", _("Administrator")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("Data protection officer")


PROFESSIONAL_ROLES = frozenset(set(Role) - {Role.BENEFICIARY})


class Membership(models.Model):
    """One row per role of one person in one agency over one span of days. Ended, never deleted."""

    whose = "the person"
    basis = "protocol of the network"
    retention = "10 years after it ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("First day without it."))

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        indexes = [models.Index(fields=["agency", "role"], name="membership_agency_role")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(ends_on__isnull=True),
                name="membership_open_once",
                violation_error_message=_("This person already has this role in this agency."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_dates",
                violation_error_message=_("The last day comes before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class CaseBasis(models.TextChoices):
    PAIS = "pais", _("Pact for social inclusion (PaIS)")
    PSP = "psp", _("Personalised service pact (PSP)")
    REFERRAL = "referral", _("Referral within the protocol")


class CaseAssignment(models.Model):
    """One row per professional who follows one beneficiary for one agency (the équipe), from a day to a day."""

    whose = "the beneficiary and the professional"
    basis = "GDPR art. 6(1)(e), Codice privacy art. 2-sexies; protocol of the network"
    retention = "10 years after it ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    professional = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cases")
    beneficiary = models.ForeignKey(User, on_delete=models.PROTECT, related_name="followed_by")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cases")
    basis_of_care = models.CharField(_("on what basis"), max_length=20, choices=CaseBasis.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True, help_text=_("First day without it."))

    class Meta:
        verbose_name = _("case assignment")
        verbose_name_plural = _("case assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["professional", "beneficiary", "agency"],
                condition=Q(ends_on__isnull=True),
                name="case_open_once",
                violation_error_message=_("This professional already follows this person."),
            ),
            models.CheckConstraint(
                condition=~Q(professional=F("beneficiary")),
                name="case_not_oneself",
                violation_error_message=_("Nobody follows their own case."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.professional} → {self.beneficiary}"


class NoticeAcknowledgement(models.Model):
    """One row per notice given to and read by one person; `accepted` only where the choice is voluntary."""

    whose = "the person"
    basis = "GDPR art. 13, 7"
    retention = "10 years"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices")
    notice = models.SlugField(_("notice"), max_length=60)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    read_at = models.DateTimeField()
    accepted = models.BooleanField(null=True, help_text=_("Empty where the notice asks for no consent."))

    class Meta:
        verbose_name = _("notice acknowledgement")
        verbose_name_plural = _("notice acknowledgements")
        constraints = [models.UniqueConstraint(fields=["user", "notice", "version"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.notice} {self.version}"


class ActivationLetter(models.Model):
    """One row per printed letter that lets one person in for the first time. The code is kept as a digest."""

    whose = "the person"
    basis = "protocol of the network"
    retention = "2 years after it ends"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="letters")
    code_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("activation letter")
        verbose_name_plural = _("activation letters")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.made_at:%Y-%m-%d}"

    @property
    def too_old(self) -> bool:
        return self.expires_at <= timezone.now()


class AccountApplication(models.Model):
    """One row per person who asked for an account from outside; it grants nothing until somebody accepts it."""

    whose = "the person who asks"
    basis = "GDPR art. 6(1)(b): steps asked for by the person"
    retention = "6 months after the decision, or after asking when nobody decided"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150)
    phone = PhoneNumberField(_("phone"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    message = models.TextField(_("message"), blank=True, max_length=1000)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="applications")
    made_at = models.DateTimeField(_("asked on"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("account application")
        verbose_name_plural = _("account applications")
        ordering = ["made_at", "id"]
        indexes = [models.Index(fields=["agency", "state"], name="application_agency_state")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
