"""What is due is read in the order in which it goes: the first hundred, not all of them sorted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consortium", "0005_date_events")]
    operations = [
        migrations.RemoveIndex("delivery", "delivery_due"),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("state__in", ["pending", "in_flight"])),
                fields=["next_attempt_at", "position", "id"],
                name="delivery_due",
            ),
        ),
    ]
