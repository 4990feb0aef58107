"""How long deliveries and nightly files stay."""

from lms.audit.retention import Rule, nothing, years_before

from .actions.filing import KEPT, forget_files
from .models import Delivery, NightlyFile, NightlyIssue

RULES = [
    Rule(
        NightlyIssue,
        lambda at: NightlyIssue.objects.filter(made_at__lt=at - KEPT),
        lambda rows, at: forget_files(at=at),
    ),
    Rule(NightlyFile, nothing(NightlyFile), act=None, stays="goes with its issue"),
    Rule(
        Delivery,
        lambda at: Delivery.objects.filter(created_at__date__lt=years_before(at, 10)),
        act=None,
        stays="it proves what was sent to whom, as long as the record that it is about",
    ),
]
