"""How long progress stays."""

from lms.audit.retention import Rule, years_before

from .models import ActivityProgress

RULES = [
    Rule(
        ActivityProgress,
        lambda at: ActivityProgress.objects.filter(enrolment__edition__ends_on__lt=years_before(at, 10)),
    )
]
