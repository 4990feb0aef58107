"""SQLite refuses to delete an audit entry, as PostgreSQL does since 0003."""

from django.db import migrations

from lms.audit.fences import FENCES


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_refuse_changes")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: FENCES.install(schema_editor.connection),
            lambda apps, schema_editor: FENCES.remove(schema_editor.connection),
        )
    ]
