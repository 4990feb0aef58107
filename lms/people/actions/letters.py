"""The activation letter: a code on paper that lets one person in once."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import access, rules, sealing
from ..models import ActivationLetter, User
from .people import refuse_if_known


@transaction.atomic
def make_letter(
    person: User, *, by: User, at: datetime, relation: access.Relation | None = None
) -> tuple[ActivationLetter, str]:
    """A new letter and its code, which is shown now and never again. Earlier unused letters are revoked.

    Locks the person's row. Not safe to repeat: each call makes another letter, and only the last one works.
    """
    if not access.may_make_letter(by, person, known=relation):
        raise Refused(
            "letter.not_yours_to_make",
            _("You cannot make a letter for this person. Ask who follows them, or an administrator."),
            status=403,
        )
    User.objects.select_for_update().get(pk=person.pk)
    person.letters.filter(used_at=None, revoked_at=None).update(revoked_at=at)
    code = rules.letter_code(secrets.choice)
    letter = ActivationLetter.objects.create(
        user=person,
        code_digest=sealing.lookup_digest(code, purpose="letter"),
        made_by=by or person,
        made_at=at,
        expires_at=at + timedelta(days=settings.LETTER_DAYS),
    )
    record("write.letter", by=by, subject=person, target=letter, at=at)
    return letter, code


def open_letter(code: str, *, at: datetime) -> ActivationLetter:
    """The valid letter with this code, unchanged: looking at it does not use it. Refuses with the reason."""
    return _still_good(_letter_with(code), at=at)


@transaction.atomic
def use_letter(code: str = "", *, letter: UUID | None = None, at: datetime) -> ActivationLetter:
    """Use the letter up; of two at once exactly one succeeds. Locks the letter's row. Not repeatable.

    By its code, or by the uuid of a letter that open_letter() gave earlier to the same session.
    """
    rows = ActivationLetter.objects.select_for_update().select_related(None)
    found = rows.filter(uuid=letter).first() if letter else _letter_with(code, rows=rows)
    good = _still_good(found, at=at)
    good.used_at = at
    good.save(update_fields=["used_at"])
    record("write.letter_used", by=good.user, subject=good.user, target=good, at=at)
    return good


@transaction.atomic
def revoke_letter(letter: ActivationLetter, *, by: User, at: datetime) -> ActivationLetter:
    """Make an unused letter worthless. Locks its row. Safe to call twice."""
    locked = ActivationLetter.objects.select_for_update().get(pk=letter.pk)
    if by is not None and by.pk != locked.made_by_id and not access.may_make_letter(by, locked.user):
        raise Refused("letter.not_yours_to_revoke", _("You cannot withdraw this letter."), status=403)
    if locked.used_at is None and locked.revoked_at is None:
        locked.revoked_at = at
        locked.save(update_fields=["revoked_at"])
        record("write.letter_revoked", by=by, subject=locked.user, target=locked, at=at)
    return locked


def _letter_with(code: str, *, rows=None) -> ActivationLetter | None:
    digest = sealing.lookup_digest(rules.tidy_letter_code(code), purpose="letter")
    return (ActivationLetter.objects.all() if rows is None else rows).filter(code_digest=digest).first()


def _still_good(letter: ActivationLetter | None, *, at: datetime) -> ActivationLetter:
    if letter is None or not letter.user.is_active:
        raise Refused(
            "letter.unknown",
            _("This code is not right. Look at the letter and copy the code again."),
            status=400,
        )
    if letter.revoked_at:
        raise Refused(
            "letter.revoked",
            _(
                "This letter is no longer good: there is a newer one, or it was withdrawn. Ask who gave it to you."
            ),
            status=410,
        )
    if letter.used_at:
        raise Refused(
            "letter.used",
            _("This letter was already used. Sign in, or ask who gave it to you for a new one."),
            status=410,
        )
    if letter.expires_at <= at:
        raise Refused(
            "letter.expired", _("This letter is too old. Ask who gave it to you for a new one."), status=410
        )
    return letter


@transaction.atomic
def activate_account(
    letter: UUID, *, language: str, phone: str = "", password: str = "", at: datetime
) -> User:
    """Use the letter up and set how its person comes in from now on, all or nothing. Locks letter and person."""
    used = use_letter(letter=letter, at=at)
    person = User.objects.select_for_update().get(pk=used.user_id)
    if phone and phone != str(person.phone or ""):
        refuse_if_known(email="", phone=phone, digest=None, but=person)
        person.phone, person.phone_verified = phone, False
    if password:
        person.set_password(password)
    if not (password or person.phone or person.email or person.has_usable_password()):
        raise Refused(
            "letter.no_way_in",
            _("Choose a password or write your phone number: otherwise you could not come in again."),
            status=400,
        )
    person.preferred_language = language
    person.save()
    return person
