"""The database itself refuses to change what was seen, proposed, decided, put right and received.

As in 0004, SQLite has no DELETE trigger, because Django empties tables by DELETE between tests; there the models
refuse. A later migration that rebuilds one of these tables on SQLite drops its trigger: run `install` again after it.
"""

from django.db import migrations

TABLES = (
    "competencies_observation",
    "competencies_proposal",
    "competencies_decision",
    "competencies_rectification",
    "competencies_receiveddocument",
)
SENTENCE = "What was written about a person is never changed: another row is added."


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION evidence_refuse() RETURNS trigger AS $$ BEGIN "
                f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql"
            )
            for table in TABLES:
                cursor.execute(
                    f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION evidence_refuse()"
                )
        return
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_refuse BEFORE UPDATE ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DROP TRIGGER {table}_refuse ON {table}")
            cursor.execute("DROP FUNCTION evidence_refuse()")
    else:
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_refuse")


class Migration(migrations.Migration):
    dependencies = [("competencies", "0007_propose_and_receive")]
    operations = [migrations.RunPython(install, remove)]
