"""Clients given before had the scopes of everybody: from now on those of their agreement."""

from django.db import migrations, models

import lms.consortium.models.subscribers

KINDS = {"competency-records.read": "trasparenza_I", "attendance-records.read": "frequenza"}
COMPARE = "reconciliations.write"
BEFORE = ["competency-records.read", COMPARE]


def _give(client, scopes):
    client.scopes = client.default_scopes = "\n".join(scopes)
    client.save(update_fields=["scopes", "default_scopes"])


def narrow(apps, schema_editor):
    """A token given before keeps its scopes, for the hour that it lasts, as far as the agreement allows them."""
    rows = apps.get_model("consortium", "Subscriber").objects.filter(client__isnull=False)
    for subscriber in rows.select_related("client"):
        readable = [scope for scope, kind in KINDS.items() if kind in subscriber.kinds]
        _give(subscriber.client, [*readable, COMPARE] if readable else [])


def widen(apps, schema_editor):
    for subscriber in apps.get_model("consortium", "Subscriber").objects.filter(client__isnull=False):
        _give(subscriber.client, BEFORE)


class Migration(migrations.Migration):

    dependencies = [
        ('allauth_idp_oidc', '0003_client_allow_uri_wildcards'),
        ('consortium', '0008_withdraw_what_was_deleted'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscriber',
            name='access',
            field=models.JSONField(default=lms.consortium.models.subscribers.every_access, verbose_name='what its system may do'),
        ),
        migrations.RunPython(narrow, widen),
    ]
