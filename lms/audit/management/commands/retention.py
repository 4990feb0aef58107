"""Says what has had its time, and erases it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lms.audit.retention import Outcome, carry_out, look


class Command(BaseCommand):
    help = (
        "Erases personal data whose time is over, as each model declares. --dry-run counts, says the basis and "
        "what stays, and changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument(
            "--at", metavar="MOMENT", help="with --dry-run: as it will be then, as 2037-01-01T00:00+01:00"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry = options["dry_run"]
        at = (parse_datetime(options["at"]) if options["at"] and dry else None) or timezone.now()
        outcomes = look(at=at) if dry else carry_out(at=at)
        for outcome in outcomes:
            self.stdout.write("\n".join(_said(outcome, dry=dry)))
        over, done = sum(each.over for each in outcomes), sum(each.done for each in outcomes)
        self.stdout.write(f"{len(outcomes)} models, {over} rows over, {done} erased or emptied")


def _said(outcome: Outcome, *, dry: bool) -> list[str]:
    rule, model = outcome.rule, outcome.rule.model
    kept, basis, whose = (str(getattr(model, name)) for name in ("retention", "basis", "whose"))
    if rule.act is None:
        does = f"{outcome.over} over and staying"
    elif dry:
        does = f"{outcome.over} to erase or empty"
    else:
        does = f"{outcome.done} erased or emptied, {outcome.staying} staying"
    said = [
        f"{model._meta.label}: {outcome.held} rows, {does}",
        f"    kept {kept}; of {whose}; basis: {basis}",
    ]
    return [*said, f"    stays: {rule.stays}"] if rule.stays else said
