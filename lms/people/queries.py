"""Reading people, bodies and cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import sealing
from .models import (
    PROFESSIONAL_ROLES,
    ActivationLetter,
    Agency,
    AgencyKind,
    CaseAssignment,
    CaseBasis,
    Membership,
    NoticeAcknowledgement,
    Role,
    User,
)
from .rules import CASE_ROLES

__all__ = [
    "PROFESSIONAL_ROLES",
    "AgencyKind",
    "CaseBasis",
    "Role",
    "agencies",
    "agency_by_uuid",
    "cases_of",
    "memberships_of",
    "network_of",
    "on_day",
    "open_cases_about",
    "people_by_uuid",
    "people_with_role",
    "person_by_codice_fiscale",
]


def on_day(day: date, prefix: str = "") -> Q:
    """The condition that a span of days (`starts_on` included, `ends_on` not) holds that day."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": day})
    )


def active_memberships(user: User | AnonymousUser) -> list[Membership]:
    """Memberships that hold today, with their agency. One query, kept on the instance for its lifetime."""
    if not user.is_authenticated:
        return []
    kept = user.__dict__.get("_active_memberships")
    if kept is None:
        kept = list(
            Membership.objects.filter(on_day(timezone.localdate()), user_id=user.pk)
            .select_related("agency")
            .order_by("id")
        )
        user.__dict__["_active_memberships"] = kept
    return kept


def load_memberships(users: Iterable[User]) -> None:
    """Read what active_memberships() keeps for many people at once. One query."""
    by_user: dict[int, list[Membership]] = {user.pk: [] for user in users}
    held = Membership.objects.filter(on_day(timezone.localdate()), user__in=by_user)
    for one in held.select_related("agency").order_by("id"):
        by_user[one.user_id].append(one)
    for user in users:
        user.__dict__["_active_memberships"] = by_user[user.pk]


def forget_memberships(user: User) -> None:
    """Drop what active_memberships() kept, after a change."""
    user.__dict__.pop("_active_memberships", None)


def network_of(user: User | AnonymousUser, *roles: str) -> frozenset[int]:
    """Ids of the agencies that these roles reach: one's own, and a consortium's whole network."""
    held = [m.agency for m in active_memberships(user) if m.role in roles]
    ids = {agency.pk for agency in held}
    heads = [agency.pk for agency in held if agency.kind == AgencyKind.CONSORTIUM]
    if heads:
        ids.update(Agency.objects.filter(consortium__in=heads).values_list("pk", flat=True))
    return frozenset(ids)


def memberships_of(person: User) -> QuerySet[Membership]:
    """Every role that this person has or had, the open ones first."""
    return person.memberships.select_related("agency").order_by("ends_on", "-starts_on", "id")


def agencies(kind: str = "") -> QuerySet[Agency]:
    return Agency.objects.filter(kind=kind) if kind else Agency.objects.all()


def agency_by_uuid(uuid: Any) -> Agency | None:
    return Agency.objects.filter(uuid=uuid).first()


def people_by_uuid(uuids: Iterable[Any]) -> QuerySet[User]:
    return User.objects.filter(uuid__in=list(uuids))


def people_with_role(role: str, *, agency: Agency | None = None) -> QuerySet[User]:
    """Active accounts that hold this role today."""
    held = Membership.objects.filter(on_day(timezone.localdate()), role=role)
    if agency is not None:
        held = held.filter(agency=agency)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def cases_of(professional: User) -> QuerySet[CaseAssignment]:
    """The open cases of this professional."""
    return professional.cases.filter(on_day(timezone.localdate())).select_related("beneficiary", "agency")


def open_cases_about(person: User) -> QuerySet[CaseAssignment]:
    """The équipe of this person: who follows them today."""
    return person.followed_by.filter(on_day(timezone.localdate())).select_related("professional", "agency")


def person_by_codice_fiscale(text: str) -> User | None:
    """The person with this codice fiscale, found by its keyed hash. Nothing is unsealed."""
    return User.objects.filter(codice_fiscale_digest=sealing.lookup_digest(text)).first()


def case_professionals(agencies: Iterable[Agency]) -> QuerySet[User]:
    """Who may follow people for one of these bodies today."""
    held = Membership.objects.filter(
        on_day(timezone.localdate()), role__in=CASE_ROLES, agency__in=list(agencies)
    )
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def professionals_in(agencies: QuerySet[Agency]) -> QuerySet[User]:
    """Everybody who has or had a professional role in these bodies."""
    held = Membership.objects.filter(role__in=PROFESSIONAL_ROLES, agency__in=agencies)
    return User.objects.filter(pk__in=held.values("user"))


def letters_of(person: User) -> QuerySet[ActivationLetter]:
    return person.letters.select_related("made_by")


def search_people(
    people: QuerySet[User], *, text: str = "", agency: Agency | None = None, state: str = ""
) -> QuerySet[User]:
    """That list, narrowed: by words of the name or user name, by body, by whether they ever signed in."""
    for word in text.split()[:5]:
        people = people.filter(
            Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
        )
    if agency is not None:
        people = people.filter(
            pk__in=Membership.objects.filter(on_day(timezone.localdate()), agency=agency).values("user")
        )
    if state in ("never", "some"):
        people = people.filter(last_login__isnull=state == "never")
    return people


def notices_read_by(person: User) -> QuerySet[NoticeAcknowledgement]:
    return person.notices.order_by("-read_at")


@dataclass(frozen=True, slots=True)
class Known:
    """Which of some contacts belong to somebody here."""

    digests: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]


def known_contacts(*, digests: list[str], emails: list[str], phones: list[str]) -> Known:
    """Three queries, however many contacts. E-mail addresses are given and stored in lower case."""
    here = User.objects.all()
    found = here.filter(codice_fiscale_digest__in=digests).values_list("codice_fiscale_digest", flat=True)
    return Known(
        frozenset(digest for digest in found if digest),
        frozenset(here.filter(email__in=emails).values_list("email", flat=True)),
        frozenset(str(phone) for phone in here.filter(phone__in=phones).values_list("phone", flat=True)),
    )


def people_known_by(*, digests: list[str], emails: list[str], phones: list[str]) -> QuerySet[User]:
    """Whoever here has one of these contacts. E-mail addresses are given in lower case."""
    return User.objects.filter(
        Q(codice_fiscale_digest__in=digests) | Q(email__in=emails) | Q(phone__in=phones)
    )


def roles_of_many(people: Iterable[User]) -> dict[int, list[Membership]]:
    """Today's roles of each of these people, by person id. One query."""
    by_person: dict[int, list[Membership]] = {}
    held = Membership.objects.filter(on_day(timezone.localdate()), user__in=[person.pk for person in people])
    for membership in held.select_related("agency"):
        by_person.setdefault(membership.user_id, []).append(membership)
    return by_person


PRIVACY_NOTICE = "privacy"
PRIVACY_VERSION = "2026-11"


def notice_read(person: User, notice: str = PRIVACY_NOTICE, version: str = PRIVACY_VERSION) -> bool:
    return person.notices.filter(notice=notice, version=version).exists()


def own_codice_fiscale(person: User) -> str:
    """One's own code, in clear, for one's own page. For anybody else see actions.reveal_codice_fiscale."""
    return sealing.unseal(person.codice_fiscale_sealed) if person.codice_fiscale_sealed else ""


def codice_fiscale_ending(person: User) -> str:
    """The last four characters of a professional's code, as a mandatory register names its trainer; "" without one.

    Never for a beneficiary: see actions.reveal_codice_fiscale.
    """
    return own_codice_fiscale(person)[-4:]
