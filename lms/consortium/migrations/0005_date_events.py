import json
from datetime import datetime

from django.db import migrations, models


def fill(apps, schema_editor):
    """What was owed before: the moment and the fingerprint stand in the record, or in the body that was sent."""
    delivery = apps.get_model("consortium", "Delivery")
    for row in delivery.objects.filter(event_at__isnull=True).select_related("record").iterator():
        if row.record is not None:
            row.event_at, row.fingerprint = row.record.at, row.record.sha256
        else:
            event = json.loads(row.body)
            row.event_at, row.fingerprint = datetime.fromisoformat(event["timestamp"]), event["data"].get("hash", "")
        row.save(update_fields=["event_at", "fingerprint"])


class Migration(migrations.Migration):
    # On PostgreSQL a table with pending triggers of foreign keys cannot be altered in the transaction that wrote.
    atomic = False

    dependencies = [("consortium", "0004_write_agreements_and_compare")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="delivery",
            name="event_at",
            field=models.DateTimeField(help_text="When what it tells was written: the event's own timestamp."),
        ),
    ]
