"""The training direction of a site that exists already may import frameworks; new ones get it with their group."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

DIRECTION = "Direzione didattica"


def allow(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.filter(name=DIRECTION).first()
    if group is None:
        return
    # Permissions are made after all migrations; this one is needed now.
    config = apps.get_app_config("frameworks")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permission = apps.get_model("auth", "Permission").objects.get(
        content_type__app_label="frameworks", codename="add_framework"
    )
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0003_map_competencies"),
        ("frameworks", "0003_fold_words"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
