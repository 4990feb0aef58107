"""How long people, roles, cases, letters and requests stay."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from lms.audit.retention import Rows, Rule, months_before, years_before

from .models import (
    AccountApplication,
    ActivationLetter,
    CaseAssignment,
    Membership,
    NoticeAcknowledgement,
    User,
)

_CITED = "name and user name stay while a register, a record or the audit trail cites the person"


def _people_over(at: datetime) -> Rows:
    """Whose last role and last course ended ten years ago, and who did not come in since."""
    day = years_before(at, 10)
    lately = Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    studied = Q(enrolments__edition__ends_on__gte=day)
    return (
        User.objects.exclude(pk__in=lately.values("user"))
        .exclude(pk__in=User.objects.filter(studied).values("pk"))
        .filter(date_joined__date__lt=day, is_superuser=False)
        .exclude(last_login__date__gte=day)
        .exclude(is_active=False, email="", phone=None, birth_date=None, codice_fiscale_digest=None)
    )


def _empty(people: Rows, at: datetime) -> int:
    """Contacts, date of birth and codice fiscale go, and nobody signs in any more."""
    done: int = people.update(
        email="",
        phone=None,
        phone_verified=False,
        birth_date=None,
        codice_fiscale_sealed=None,
        codice_fiscale_digest=None,
        is_active=False,
        password="!",  # noqa: S106 - what no password has as its hash
    )
    return done


def _applications(at: datetime) -> Rows:
    day = months_before(at, 6)
    waiting = Q(state=AccountApplication.State.WAITING, made_at__date__lt=day)
    return AccountApplication.objects.filter(Q(decided_at__date__lt=day) | waiting)


def _letters(at: datetime) -> Rows:
    day = years_before(at, 2)
    ended: Any = Q(expires_at__date__lt=day) | Q(used_at__date__lt=day) | Q(revoked_at__date__lt=day)
    return ActivationLetter.objects.filter(ended)


RULES = [
    Rule(AccountApplication, _applications),
    Rule(ActivationLetter, _letters),
    Rule(
        NoticeAcknowledgement,
        lambda at: NoticeAcknowledgement.objects.filter(read_at__date__lt=years_before(at, 10)),
    ),
    Rule(CaseAssignment, lambda at: CaseAssignment.objects.filter(ends_on__lt=years_before(at, 10))),
    Rule(Membership, lambda at: Membership.objects.filter(ends_on__lt=years_before(at, 10))),
    Rule(User, _people_over, _empty, stays=_CITED),
]
