"""`manage.py delete_record UUID --reason unlawful|order|retention --by USERNAME`: for good, with its documents."""

from argparse import ArgumentParser
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lms.competencies import actions
from lms.competencies.models import CompetencyRecord, DeletionReason
from lms.errors import Refused


class Command(BaseCommand):
    help = "Delete one record for good, and tell everybody who received it. A mistake is revoked instead."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uuid", type=UUID)
        parser.add_argument("--reason", choices=DeletionReason.values, required=True)
        parser.add_argument("--by", required=True, help="user name of the person who decided it")

    def handle(self, *, uuid: UUID, reason: str, by: str, **options) -> None:
        record = CompetencyRecord.objects.filter(uuid=uuid).first()
        person = get_user_model().objects.filter(username=by).first()
        if record is None or person is None:
            raise CommandError("There is no such record, or no such user. Nothing was deleted.")
        try:
            stones = actions.delete_record(record, reason=reason, by=person, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from None
        self.stdout.write(f"{len(stones)} records deleted; their receivers will be told.")
