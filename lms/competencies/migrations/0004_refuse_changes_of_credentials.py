"""The database itself refuses to change what was given out: credentials, their places, suspensions.

As in 0002, SQLite has no DELETE trigger, because Django empties tables by DELETE between tests; there the models
refuse. A later migration that rebuilds one of these tables on SQLite drops its trigger: run `install` again after it.
"""

from django.db import migrations

TABLES = ("competencies_credential", "competencies_statusplace", "competencies_suspension")
SENTENCE = "What was given out is never changed."


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION credential_refuse() RETURNS trigger AS $$ BEGIN "
                f"RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql"
            )
            for table in TABLES:
                cursor.execute(
                    f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION credential_refuse()"
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
            cursor.execute("DROP FUNCTION credential_refuse()")
    else:
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_refuse")


class Migration(migrations.Migration):
    dependencies = [("competencies", "0003_give_out_and_show")]
    operations = [migrations.RunPython(install, remove)]
