"""Seal every codice fiscale again under the newest of PONTE_FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from ... import actions


class Command(BaseCommand):
    help = "Put the new key first in PONTE_FIELD_KEYS, run this, then drop the old key. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{actions.rotate_field_keys()} resealed")
