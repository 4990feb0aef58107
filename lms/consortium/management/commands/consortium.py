"""`manage.py consortium`: deliver what is owed, send again, make a subscriber's first credentials."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.consortium import actions, queries
from lms.errors import Refused


class Command(BaseCommand):
    help = "Deliver records to subscribers, or send deliveries again."

    def add_arguments(self, parser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        deliver = commands.add_parser("deliver", help="send everything that can go now")
        deliver.add_argument("--seconds", type=float, default=600, help="stop after so long (default 600)")
        resend = commands.add_parser("resend", help="send deliveries again")
        resend.add_argument("uuid", nargs="*", help="deliveries; without any, all that need a person")
        resend.add_argument("--subscriber", default="", help="only those of this subscriber (its name)")
        again = commands.add_parser("replay", help="send a stretch of the feed to one subscriber again")
        again.add_argument("subscriber", help="its name")
        again.add_argument("--days", nargs=2, metavar=("FIRST", "LAST"), type=date.fromisoformat)
        again.add_argument(
            "--places", nargs=2, metavar=("FIRST", "LAST"), type=int, help="places in the feed"
        )
        commands.add_parser("reconcile", help="ask every receiver now what it has")
        commands.add_parser("files", help="make the nightly files now, of what is new")
        commands.add_parser("status", help="counts by state, as JSON")

    def handle(self, *args, command: str, **options) -> None:
        getattr(self, command)(**options)

    def deliver(self, *, seconds: float, **options) -> None:
        done = actions.deliver_pending(at=timezone.now(), seconds=seconds)
        self.stdout.write(
            f"owed {done.owed}, delivered {done.delivered}, to try again {done.retried}, parked {done.parked}"
        )

    def resend(self, *, uuid: list[str], subscriber: str, **options) -> None:
        rows = list(queries.to_resend(uuid, subscriber))
        if uuid and len(rows) != len(set(uuid)):
            raise CommandError("Some of these deliveries do not exist. Nothing was sent.")
        for delivery in rows:
            try:
                actions.resend(delivery, by=None, at=timezone.now())
            except Refused as refusal:
                self.stderr.write(f"{delivery.uuid}: {refusal.sentence}")
        self.stdout.write(f"{len(rows)} deliveries will be sent again by the next `consortium deliver`.")

    def replay(self, *, subscriber: str, days: list | None, places: list | None, **options) -> None:
        if bool(days) == bool(places):
            raise CommandError("Give either --days or --places: the first and the last.")
        found = queries.subscribers().filter(name=subscriber).first()
        if found is None:
            raise CommandError(f"There is no subscriber called {subscriber}.")
        first, last = days or places or []
        try:
            done = actions.replay(found, queries.Stretch(first, last), by=None, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from None
        self.stdout.write(f"{done.again} will be sent again, {done.under_way} are being sent at this moment.")

    def reconcile(self, **options) -> None:
        self.stdout.write(f"{actions.ask_all(at=timezone.now())} comparisons asked for.")

    def files(self, **options) -> None:
        self.stdout.write(f"{actions.make_files(at=timezone.now())} issues made.")

    def status(self, **options) -> None:
        self.stdout.write(json.dumps(queries.delivery_counts()))
