"""How long attempts stay."""

from lms.audit.retention import Rule, years_before

from .models import Attempt

RULES = [
    Rule(Attempt, lambda at: Attempt.objects.filter(enrolment__edition__ends_on__lt=years_before(at, 10)))
]
