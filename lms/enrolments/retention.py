"""How long editions' people, classes and calendar addresses stay."""

from lms.audit.retention import Rule, years_before

from .models import CalendarFeed, ClassSession, EditionStaff, Enrolment, RecoveryPlace

_CITED = "the register of the edition cites it, and goes first"

RULES = [
    Rule(CalendarFeed, lambda at: CalendarFeed.objects.filter(revoked_at__date__lt=years_before(at, 1))),
    Rule(
        RecoveryPlace,
        lambda at: RecoveryPlace.objects.filter(enrolment__edition__ends_on__lt=years_before(at, 10)),
        act=None,
        stays=_CITED,
    ),
    Rule(
        ClassSession,
        lambda at: ClassSession.objects.filter(edition__ends_on__lt=years_before(at, 10)),
        stays=_CITED,
    ),
    Rule(
        EditionStaff,
        lambda at: EditionStaff.objects.filter(edition__ends_on__lt=years_before(at, 10)),
        stays=_CITED,
    ),
    Rule(
        Enrolment,
        lambda at: Enrolment.objects.filter(edition__ends_on__lt=years_before(at, 10)),
        stays=_CITED,
    ),
]
