"""The database itself refuses to change what is closed."""

from django.db import migrations

from lms.attendance import fences


class Migration(migrations.Migration):
    dependencies = [("attendance", "0001_lay_attendance")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: fences.install(schema_editor.connection),
            lambda apps, schema_editor: fences.remove(schema_editor.connection),
        )
    ]
