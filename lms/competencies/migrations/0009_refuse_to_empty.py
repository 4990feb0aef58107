"""The database refuses to delete on SQLite too, and to empty a table on PostgreSQL (lms/competencies/fences.py)."""

from django.db import migrations

from lms.competencies.fences import FENCES


class Migration(migrations.Migration):
    dependencies = [("competencies", "0008_refuse_changes_of_evidence")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: FENCES.install(schema_editor.connection),
            lambda apps, schema_editor: FENCES.remove(schema_editor.connection),
        )
    ]
