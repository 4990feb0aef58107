"""The database itself refuses to change a record: only its place in the feed may be filled in, once.

SQLite has no DELETE trigger here, because Django empties tables by DELETE between tests; there the model
refuses. A later migration that rebuilds the table on SQLite drops its triggers: run `install` again after it.
"""

from django.db import migrations

TABLE = "competencies_competencyrecord"
SENTENCE = "A competency record is never edited: revoke it and award again."

POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION competency_record_refuse() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.feed_seq IS NULL AND NEW.feed_seq IS NOT NULL
       AND to_jsonb(NEW) - 'feed_seq' = to_jsonb(OLD) - 'feed_seq' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER competency_record_refuse BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION competency_record_refuse();
"""


def install(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(POSTGRESQL)
        return
    model = apps.get_model("competencies", "CompetencyRecord")
    columns = [field.column for field in model._meta.local_fields if field.column != "feed_seq"]
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in columns)
    schema_editor.execute(
        f"CREATE TRIGGER competency_record_refuse BEFORE UPDATE ON {TABLE} FOR EACH ROW "
        f"WHEN OLD.feed_seq IS NOT NULL OR NEW.feed_seq IS NULL OR {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER competency_record_refuse ON {TABLE}")
            cursor.execute("DROP FUNCTION competency_record_refuse()")
    else:
        schema_editor.execute("DROP TRIGGER competency_record_refuse")


class Migration(migrations.Migration):
    dependencies = [("competencies", "0001_lay_records")]
    operations = [migrations.RunPython(install, remove)]
