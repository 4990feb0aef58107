"""The database lets a record and its documents be deleted where a tombstone stands for it, and only there.

SQLite has no DELETE trigger (see 0002), so only PostgreSQL's functions change. Tombstones are fenced as records are:
only their place in the feed may be filled in, once.
"""

from django.db import migrations

RECORD = "competencies_competencyrecord"
TABLE = "competencies_tombstone"
RECORD_SENTENCE = "A competency record is never edited: revoke it and award again."
CREDENTIAL_SENTENCE = "What was given out is never changed."
SENTENCE = "A tombstone is never changed."
IF_DELETED = "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM {source}) THEN RETURN OLD; END IF;"
OF_RECORD = f"{TABLE} t WHERE t.record_uuid = OLD.uuid"
OF_DOCUMENT = f"{TABLE} t JOIN {RECORD} r ON r.uuid = t.record_uuid WHERE r.id = OLD.record_id"


def functions(of_record: str, of_document: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION competency_record_refuse() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.feed_seq IS NULL AND NEW.feed_seq IS NOT NULL
       AND to_jsonb(NEW) - 'feed_seq' = to_jsonb(OLD) - 'feed_seq' THEN
        RETURN NEW;
    END IF;
    {of_record}
    RAISE EXCEPTION '{RECORD_SENTENCE}' USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
CREATE OR REPLACE FUNCTION credential_refuse() RETURNS trigger AS $$
BEGIN
    {of_document}
    RAISE EXCEPTION '{CREDENTIAL_SENTENCE}' USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
"""


FENCE = f"""
CREATE FUNCTION tombstone_refuse() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.feed_seq IS NULL AND NEW.feed_seq IS NOT NULL
       AND to_jsonb(NEW) - 'feed_seq' = to_jsonb(OLD) - 'feed_seq' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER tombstone_refuse BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION tombstone_refuse();
"""


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        allowing = [IF_DELETED.format(source=source) for source in (OF_RECORD, OF_DOCUMENT)]
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(functions(*allowing) + FENCE)
        return
    model = apps.get_model("competencies", "Tombstone")
    columns = [field.column for field in model._meta.local_fields if field.column != "feed_seq"]
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in columns)
    schema_editor.execute(
        f"CREATE TRIGGER tombstone_refuse BEFORE UPDATE ON {TABLE} FOR EACH ROW "
        f"WHEN OLD.feed_seq IS NOT NULL OR NEW.feed_seq IS NULL OR {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER tombstone_refuse ON {TABLE}; DROP FUNCTION tombstone_refuse();")
            cursor.execute(functions("", ""))
    else:
        schema_editor.execute("DROP TRIGGER tombstone_refuse")


class Migration(migrations.Migration):
    dependencies = [("competencies", "0005_leave_tombstones")]
    operations = [migrations.RunPython(install, remove)]
