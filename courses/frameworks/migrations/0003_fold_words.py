"""What is already there gets its folded words, by which it is searched from now on."""

from django.db import migrations

from courses.frameworks.folding import fold


def fold_words(apps, schema_editor):
    rows = apps.get_model("frameworks", "Competency").objects.all()
    changed = []
    for row in rows.iterator(500):
        said = [row.code, row.title, row.description]
        for words in row.translations.values():
            said += [words.get("title", ""), words.get("description", "")]
        row.words = fold(" ".join(said))
        changed.append(row)
    rows.model.objects.bulk_update(changed, ["words"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0002_stand_side_by_side")]
    operations = [migrations.RunPython(fold_words, migrations.RunPython.noop)]
