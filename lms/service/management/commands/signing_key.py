"""Makes the keys that sign: in files, or in the token that is set up."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lms.signing import Ring


class Command(BaseCommand):
    help = "signing_key PURPOSE: make a new key for pages of the register, credentials, or files of the feed. Older ones still verify."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("purpose", choices=("credential", "feed", "register"))

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(Ring(options["purpose"]).make(timezone.now()))
