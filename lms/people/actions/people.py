"""Bringing people in, and what they change of themselves."""

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import access, rules
from ..models import Agency, CaseAssignment, CaseBasis, Membership, Role, User
from ..phones import e164
from .codice_fiscale import seal_codice_fiscale


def clean_phone(text: Any) -> Any:
    """The number in E.164, read as Italian when it has no prefix; None when empty. Refuses what is no number."""
    if not text:
        return None
    number = e164(str(text))
    if not number:
        raise Refused(
            "person.phone_wrong",
            _("“%(text)s” is not a phone number. Write it with its prefix, for example +39 333 123 4567.")
            % {"text": text},
            status=400,
        )
    return number


def free_username(first_name: str, last_name: str) -> str:
    """A readable name that nobody has: amina.hassan, amina.hassan2 …"""
    plain = unicodedata.normalize("NFKD", f"{first_name}.{last_name}").encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", ".", plain.lower()).strip(".")[:100] or "persona"
    taken = set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    if stem not in taken:
        return stem
    return next(name for name in (f"{stem}{n}" for n in range(2, len(taken) + 3)) if name not in taken)


def refuse_if_known(*, email: str, phone: Any, digest: str | None, but: User | None = None) -> None:
    """Refuse when somebody else has this e-mail address, phone or codice fiscale."""
    others = User.objects.exclude(pk=but.pk) if but else User.objects.all()
    if digest and others.filter(codice_fiscale_digest=digest).exists():
        raise Refused(
            "person.codice_fiscale_taken",
            _("This codice fiscale is already here. Ask an administrator to let you follow this person."),
        )
    if email and others.filter(email__iexact=email).exists():
        raise Refused("person.email_taken", _("Another person already has this e-mail address."))
    if phone and others.filter(phone=phone).exists():
        raise Refused("person.phone_taken", _("Another person already has this phone number."))


@transaction.atomic
def create_person(
    *,
    by: User | None,
    first_name: str,
    last_name: str,
    agency: Agency,
    email: str = "",
    phone: str = "",
    codice_fiscale: str = "",
    birth_date: date | None = None,
    language: str = "it",
    username: str = "",
    at: datetime,
    role: str = Role.BENEFICIARY,
    follow: bool = False,
) -> User:
    """Bring one person in, with one role in one agency and no password yet; with `follow`, `by` follows them.

    Takes no lock: the unique constraints decide between two at once. Not safe to call twice: the second call
    is refused if an address, phone or codice fiscale is given, and makes a namesake otherwise.
    """
    if not access.acts_for(by, agency, *rules.BRINGS_PEOPLE_IN) or (
        by is not None and role != Role.BENEFICIARY and not access.administers(by, agency)
    ):
        raise Refused("person.not_yours_to_create", _("You cannot add people to this body."), status=403)
    number, address = clean_phone(phone), email.strip().lower()
    sealed, digest = seal_codice_fiscale(codice_fiscale) if codice_fiscale else (None, None)
    refuse_if_known(email=address, phone=number, digest=digest)
    if codice_fiscale and birth_date is None:
        birth_date = rules.read_codice_fiscale(codice_fiscale).birth_date
    person = User(
        username=username or free_username(first_name, last_name),
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        email=address,
        phone=number,
        preferred_language=language,
        birth_date=birth_date,
        codice_fiscale_sealed=sealed,
        codice_fiscale_digest=digest,
        date_joined=at,
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Refused(
            "person.already_here", _("This person, or this user name, is already here. Look in the list.")
        ) from None
    today = timezone.localdate(at)
    Membership.objects.create(user=person, agency=agency, role=role, starts_on=today)
    if follow and by is not None and agency.pk in access.agencies_of(by, *rules.CASE_ROLES):
        CaseAssignment.objects.create(
            professional=by,
            beneficiary=person,
            agency=agency,
            basis_of_care=CaseBasis.REFERRAL,
            starts_on=today,
        )
    record("write.person", by=by, subject=person, target=person, purpose=_("Account created"), at=at)
    return person


@transaction.atomic
def change_profile(
    person: User, *, language: str | None = None, phone: Any = None, email: Any = None, at: datetime
) -> User:
    """What one changes of oneself; None leaves a field as it is. Locks the row. Safe to call twice."""
    locked = User.objects.select_for_update().get(pk=person.pk)
    changed = []
    if language and language != locked.preferred_language:
        locked.preferred_language = language
        changed.append("preferred_language")
    if phone is not None:
        number = clean_phone(phone)
        if number != (str(locked.phone) if locked.phone else None):
            refuse_if_known(email="", phone=number, digest=None, but=locked)
            locked.phone, locked.phone_verified = number, False
            changed += ["phone", "phone_verified"]
    if email is not None:
        address = str(email).strip().lower()
        if address != locked.email:
            refuse_if_known(email=address, phone=None, digest=None, but=locked)
            locked.email = address
            changed.append("email")
    if changed:
        locked.save(update_fields=changed)
        record("write.profile", by=person, subject=person, target=person, purpose=", ".join(changed), at=at)
    return locked
