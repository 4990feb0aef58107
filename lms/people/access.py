"""Who may know of whom. Each filter here has a single fetch that follows the same rule."""

from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from .models import (
    PROFESSIONAL_ROLES,
    AccountApplication,
    ActivationLetter,
    Agency,
    CaseAssignment,
    CaseBasis,
    Membership,
    Role,
    User,
)
from .queries import active_memberships, network_of, on_day
from .rules import BRINGS_PEOPLE_IN, CASE_ROLES, MEASURE_SIDES, PSP, Data, Detail, Grant, Relation, allowed

__all__ = ["CASE_ROLES", "PROFESSIONAL_ROLES", "Data", "Detail", "Grant", "Relation", "Role"]


def roles_of(user: Any) -> frozenset[str]:
    """The roles held today, in any agency."""
    return frozenset(m.role for m in active_memberships(user))


def has_role(user: Any, *roles: str) -> bool:
    return not roles_of(user).isdisjoint(roles)


def agencies_of(user: Any, *roles: str) -> frozenset[int]:
    """Ids of the agencies that this person acts for today, in one of these roles if any are named."""
    return frozenset(m.agency_id for m in active_memberships(user) if not roles or m.role in roles)


def is_professional(user: Any) -> bool:
    return not roles_of(user).isdisjoint(PROFESSIONAL_ROLES)


def frame_for(user: Any) -> str:
    """The base template of pages that everybody has: the desk of a professional, or the four doors."""
    return "base_work.html" if is_professional(user) or user.is_superuser else "base_learner.html"


def brings_people_in(user: Any) -> bool:
    """May create accounts, import them and print letters."""
    return not roles_of(user).isdisjoint(BRINGS_PEOPLE_IN)


def _open_cases(user: Any) -> QuerySet[CaseAssignment]:
    """Cases count only while the professional still acts for that agency in a role that follows people."""
    return CaseAssignment.objects.filter(
        on_day(timezone.localdate()), professional_id=user.pk, agency__in=agencies_of(user, *CASE_ROLES)
    )


def people_followed_by(user: Any) -> QuerySet[User]:
    """The people whose case this professional has open today."""
    if not user.is_authenticated:
        return User.objects.none()
    return User.objects.filter(pk__in=_open_cases(user).values("beneficiary"))


def follows(user: Any, person: User) -> bool:
    return bool(user.is_authenticated) and _open_cases(user).filter(beneficiary_id=person.pk).exists()


def case_bases(user: Any, person: User) -> dict[str, frozenset[str]]:
    """The roles by which this professional follows this person now, those held in the bodies of the open cases,
    each with the bases of these cases."""
    if not user.is_authenticated:
        return {}
    cases = list(_open_cases(user).filter(beneficiary_id=person.pk).values_list("agency", "basis_of_care"))
    found: dict[str, set[str]] = {}
    for held in active_memberships(user):
        bases = {basis for agency, basis in cases if agency == held.agency_id}
        if bases and held.role in CASE_ROLES:
            found.setdefault(held.role, set()).update(bases)
    return {role: frozenset(bases) for role, bases in found.items()}


def case_roles(user: Any, person: User) -> frozenset[str]:
    """The roles by which this professional follows this person now."""
    return frozenset(case_bases(user, person))


def people_followed_as(user: Any, *roles: str, basis: str = "") -> QuerySet[User]:
    """The people whose case this professional has open today in one of these roles, on this basis if one is named."""
    if not user.is_authenticated:
        return User.objects.none()
    cases = CaseAssignment.objects.filter(
        on_day(timezone.localdate()), professional_id=user.pk, agency__in=agencies_of(user, *roles)
    )
    if basis:
        cases = cases.filter(basis_of_care=basis)
    return User.objects.filter(pk__in=cases.values("beneficiary"))


def people_who_read_cases_of(person: User, *roles: str) -> QuerySet[User]:
    """The professionals who follow this person today and hold one of these roles in the body of the case."""
    today = timezone.localdate()
    held = Membership.objects.filter(
        on_day(today), user=OuterRef("professional"), agency=OuterRef("agency"), role__in=roles
    )
    cases = CaseAssignment.objects.filter(on_day(today), Exists(held), beneficiary=person)
    return User.objects.filter(is_active=True, pk__in=cases.values("professional"))


def people_with_open_hours(user: Any) -> QuerySet[User]:
    """The followed people whose hours this professional may read: an agency operator's only under a service pact."""
    read = people_followed_as(user, *(CASE_ROLES - {Role.AGENCY_OPERATOR}))
    return read | people_followed_as(user, Role.AGENCY_OPERATOR, basis=PSP)


_READS_NETWORK = (Role.ADMINISTRATOR, Role.CONSORTIUM_COORDINATOR)


def _in_network(user: Any) -> QuerySet[Membership]:
    """Memberships, also ended ones, in the bodies that this administrator or coordinator answers for."""
    return Membership.objects.filter(agency__in=network_of(user, *_READS_NETWORK))


def people_visible_to(user: Any) -> QuerySet[User]:
    """Whom this user may find by name from here: oneself, one's cases, and for an administrator or coordinator
    the people of their network. People met in a class are added by enrolments, which knows of classes."""
    if not user.is_authenticated:
        return User.objects.none()
    if user.is_superuser:
        return User.objects.all()
    rule = Q(pk=user.pk) | Q(pk__in=_open_cases(user).values("beneficiary"))
    if has_role(user, *_READS_NETWORK):
        rule |= Q(pk__in=_in_network(user).values("user"))
    return User.objects.filter(rule)


def person_for(user: Any, uuid: UUID | str) -> User:
    """That person, if people_visible_to() holds them; else 404, as if absent."""
    try:
        return people_visible_to(user).get(uuid=uuid)
    except (User.DoesNotExist, ValidationError, ValueError):  # the last two: not a uuid
        raise Http404 from None


def relation(user: Any, person: User) -> Relation:
    """The strongest relation that this app knows of; enrolments.access.relation knows of classes as well."""
    if user.pk == person.pk:
        return Relation.OWN
    if follows(user, person):
        return Relation.CASE
    if has_role(user, *_READS_NETWORK) and _in_network(user).filter(user=person).exists():
        return Relation.AGENCY
    return Relation.NONE


def may(
    user: Any, person: User, data: Data, verb: str = "read", *, relation_known: Relation | None = None
) -> Grant:
    """The grant of the matrix for this user on this person's data; by a case only what its own roles give."""
    known = relation_known or relation(user, person)
    bases = case_bases(user, person) if known is Relation.CASE else {}
    return allowed(bases or roles_of(user), known, data, verb, bases=bases)


_READS_OWN_BASIS = (Role.SOCIAL_WORKER, Role.CPI_OPERATOR, Role.AGENCY_OPERATOR)


def cases_with_basis(user: Any, person: User, cases: list[CaseAssignment], known: Relation) -> frozenset[int]:
    """Ids of the cases whose basis (it names the measure) this reader may see: those of one's own body, and those
    of the measures that one's role works on; a mere referral names none."""
    if known is not Relation.CASE or not may(user, person, Data.MEASURE, relation_known=known):
        return frozenset()
    own = agencies_of(user, *_READS_OWN_BASIS)
    sides = {MEASURE_SIDES[role] for role in case_roles(user, person) if role in MEASURE_SIDES}
    if sides:
        sides.add(CaseBasis.REFERRAL)
    return frozenset(case.pk for case in cases if case.agency_id in own or case.basis_of_care in sides)


def acts_for(user: Any, agency: Agency, *roles: str) -> bool:
    """Whether this user may act in one of these roles for that agency. The system itself (None) always may."""
    if user is None or user.is_superuser:
        return True
    own = agencies_of(user, *(set(roles) - {Role.ADMINISTRATOR}))
    return agency.pk in own or (Role.ADMINISTRATOR in roles and administers(user, agency))


def administers(user: Any, agency: Agency) -> bool:
    return user.is_superuser or agency.pk in network_of(user, Role.ADMINISTRATOR)


def agencies_to_bring_into(user: Any) -> QuerySet[Agency]:
    """The bodies for which this user may create people."""
    if user.is_superuser:
        return Agency.objects.all()
    ids = agencies_of(user, *CASE_ROLES) | network_of(user, Role.ADMINISTRATOR)
    return Agency.objects.filter(pk__in=ids)


def may_make_letter(by: Any, person: User, *, known: Relation | None = None) -> bool:
    """Who follows the person, or administers a body they are in today; for a professional all of those bodies.

    A letter opens the account, so nobody reaches by it further than they administer; a superuser's only another
    superuser makes. `known` is the relation that a caller above knows: a tutor of the person's class.
    """
    if by is None or by.is_superuser:
        return True
    here = relation(by, person)
    if here is Relation.OWN or person.is_superuser:
        return False
    bodies = set(person.memberships.filter(on_day(timezone.localdate())).values_list("agency", flat=True))
    administered = network_of(by, Role.ADMINISTRATOR)
    if is_professional(person):
        return bodies <= administered
    if bodies & administered or here is Relation.CASE:
        return True
    return known is Relation.CLASS and has_role(by, Role.TUTOR)


SECOND_FACTORS = ("totp", "webauthn")  # recovery codes alone are none


def needs_second_factor(user: Any, *, for_editor: bool = True) -> bool:
    """Professionals, and whoever may enter the editor, where the settings ask for it.

    Away from the editor its permission opens nothing, and asking for it costs two queries: `for_editor=False`.
    """
    return settings.PROFESSIONALS_NEED_SECOND_FACTOR and (
        user.is_superuser
        or is_professional(user)
        or (for_editor and user.has_perm("wagtailadmin.access_admin"))
    )


def has_second_factor(user: Any) -> bool:
    return is_mfa_enabled(user, types=SECOND_FACTORS)


def may_act_now(user: Any) -> bool:
    """For doors that pass no middleware (websockets): signed in, and with the second factor where it is due."""
    if not user.is_authenticated:
        return False
    return not needs_second_factor(user, for_editor=False) or has_second_factor(user)


def applications_visible_to(user: Any) -> QuerySet[AccountApplication]:
    """Those put before a body into which this user may bring people."""
    if not brings_people_in(user) and not user.is_superuser:
        return AccountApplication.objects.none()
    return AccountApplication.objects.filter(agency__in=agencies_to_bring_into(user)).select_related("agency")


def application_for(user: Any, uuid: UUID) -> AccountApplication:
    found = applications_visible_to(user).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def letter_for(user: Any, uuid: UUID) -> ActivationLetter:
    """A letter that this user made, or whose person this user may make one for."""
    letter = ActivationLetter.objects.filter(uuid=uuid).select_related("user").first()
    if letter is None or (letter.made_by_id != user.pk and not may_make_letter(user, letter.user)):
        raise Http404
    return letter


def opened_letter(uuid: str | None) -> ActivationLetter | None:
    """The letter whose code this browser's session has shown to be right."""
    return ActivationLetter.objects.filter(uuid=uuid).select_related("user").first() if uuid else None


def case_for(user: Any, uuid: UUID) -> CaseAssignment:
    """An assignment of one's own, or of an agency that one administers."""
    case = CaseAssignment.objects.filter(uuid=uuid).select_related("agency", "beneficiary").first()
    if case is None or not (case.professional_id == user.pk or administers(user, case.agency)):
        raise Http404
    return case


def membership_for(user: Any, uuid: UUID) -> Membership:
    """A role in an agency that one administers."""
    held = Membership.objects.filter(uuid=uuid).select_related("agency", "user").first()
    if held is None or not administers(user, held.agency):
        raise Http404
    return held


def agencies_administered_by(user: Any) -> QuerySet[Agency]:
    if user.is_superuser:
        return Agency.objects.all()
    return Agency.objects.filter(pk__in=network_of(user, Role.ADMINISTRATOR))


def agencies_seen_by(user: Any) -> QuerySet[Agency]:
    """The bodies by which this user may filter people."""
    if user.is_superuser:
        return Agency.objects.all()
    return Agency.objects.filter(pk__in=agencies_of(user) | network_of(user, *_READS_NETWORK))


def agencies_to_assign_in(user: Any, person: User) -> list[Agency]:
    """The bodies whose professionals this user may let follow that person."""
    if follows(user, person):
        return list(
            Agency.objects.filter(
                pk__in=agencies_of(user, *CASE_ROLES) | network_of(user, Role.ADMINISTRATOR)
            )
        )
    return list(agencies_administered_by(user))
