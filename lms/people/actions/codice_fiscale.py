"""The codice fiscale: sealed when written, found by its keyed hash, shown only with a purpose."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import access, rules, sealing
from ..models import User


def seal_codice_fiscale(text: str) -> tuple[bytes, str]:
    """Sealed form and digest of a valid code; refuses any other."""
    try:
        code = rules.read_codice_fiscale(text).code
    except ValueError:
        raise Refused(
            "codice_fiscale.wrong",
            _("This codice fiscale is not valid. Copy it again from the health card: 16 letters and digits."),
            status=400,
        ) from None
    return sealing.seal(code), sealing.lookup_digest(code)


@transaction.atomic
def set_codice_fiscale(person: User, codice_fiscale: str, *, by: User | None, at: datetime) -> User:
    """Write the code of this person. Locks the person's row. Safe to call twice with the same code.

    The person writes it while it is empty; whoever follows them also replaces a provisional one or corrects it.
    """
    sealed, digest = seal_codice_fiscale(codice_fiscale)
    locked = User.objects.select_for_update().get(pk=person.pk)
    if locked.codice_fiscale_digest == digest:
        return locked
    if by is not None:
        relation = access.relation(by, locked)
        empty_and_own = relation is access.Relation.OWN and not locked.codice_fiscale_digest
        if not empty_and_own and not (
            relation is access.Relation.CASE and access.may(by, locked, access.Data.IDENTITY)
        ):
            raise Refused(
                "codice_fiscale.not_yours_to_change",
                _("You cannot change this codice fiscale. Ask the person who follows you."),
                status=403,
            )
    if User.objects.exclude(pk=locked.pk).filter(codice_fiscale_digest=digest).exists():
        raise Refused(
            "person.codice_fiscale_taken",
            _("This codice fiscale is already here. Ask an administrator to let you follow this person."),
        )
    locked.codice_fiscale_sealed, locked.codice_fiscale_digest = sealed, digest
    locked.save(update_fields=["codice_fiscale_sealed", "codice_fiscale_digest"])
    record("write.codice_fiscale", by=by, subject=locked, target=locked, at=at)
    return locked


def reveal_codice_fiscale(
    person: User, *, by: User, purpose: str, at: datetime, relation: access.Relation | None = None
) -> str:
    """The code in clear, its last four characters for an inspector, or "" when there is none.

    Each call appends one audit entry with its purpose. `relation` is what a caller above knows (a class).
    """
    grant = access.may(by, person, access.Data.IDENTITY, relation_known=relation)
    if not grant:
        raise Refused("codice_fiscale.not_allowed", _("You cannot see this codice fiscale."), status=403)
    if grant.logged and len(purpose.strip()) < 3:
        raise Refused(
            "codice_fiscale.no_purpose", _("Say why you need the codice fiscale. It is recorded."), status=400
        )
    record("read.codice_fiscale", by=by, subject=person, target=person, purpose=purpose.strip(), at=at)
    if not person.codice_fiscale_sealed:
        return ""
    code = sealing.unseal(person.codice_fiscale_sealed)
    return "•" * (len(code) - 4) + code[-4:] if grant.detail is access.Detail.LAST_FOUR else code


def rotate_field_keys() -> int:
    """Seal every code again under the newest key; returns how many. Locks one row at a time. Safe to repeat."""
    done = 0
    for pk in list(
        User.objects.exclude(codice_fiscale_sealed=None).order_by("pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            person = User.objects.select_for_update().get(pk=pk)
            if person.codice_fiscale_sealed:
                person.codice_fiscale_sealed = sealing.reseal(person.codice_fiscale_sealed)
                person.save(update_fields=["codice_fiscale_sealed"])
                done += 1
    return done
