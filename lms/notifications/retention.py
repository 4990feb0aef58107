"""How long what people were told stays."""

from lms.audit.retention import Rule, nothing, years_before

from .models import Notification, Sending

RULES = [
    Rule(Notification, lambda at: Notification.objects.filter(made_at__date__lt=years_before(at, 2))),
    Rule(Sending, nothing(Sending), act=None, stays="goes with its notification"),
]
