"""Frameworks: read from files, written once, bad rows listed and survived, versions side by side."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from courses.frameworks import importers, queries
from courses.frameworks.models import Competency, Framework, Kind

pytestmark = pytest.mark.django_db


def write(folder, name, rows):
    with (folder / f"{name}.en.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["location", "context", "source", "target"])
        writer.writerows([location, "", words, ""] for location, words in rows)


@pytest.fixture
def small(tmp_path):
    """One area, two competences, a level, a statement and an outcome: right in every row."""
    write(
        tmp_path,
        "core-framework",
        [
            ("digcomp.area.1.label", "Information search, evaluation and management"),
            ("digcomp.area.1.description", "To search."),
            ("digcomp.competence.1.1.label", "Browsing, searching and filtering information"),
            ("digcomp.competence.1.1.description", "To browse."),
            ("digcomp.competence.1.10.label", "Ten"),
            ("digcomp.competence.1.2.label", "Two"),
        ],
    )
    write(
        tmp_path,
        "levels",
        [
            ("digcomp.level.1.four_level_name", "Basic"),
            ("digcomp.level.1.eight_level_description", "Guided."),
        ],
    )
    write(tmp_path, "statements", [("digcomp.statement.CS1.1.01", "Acknowledge")])
    write(tmp_path, "outcomes", [("digcomp.outcome.LO1.1.01", "Use a search tool")])
    return tmp_path


def run(*args) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_digcomp", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


class TestImport:
    def test_everything_is_there(self, small):
        run(str(small))
        assert Competency.objects.count() == 6
        outcome = Competency.objects.get(kind=Kind.OUTCOME)
        assert outcome.parent.code == "1.1"
        assert outcome.parent.parent.code == "1"
        assert outcome.framework.levels.get().description == "Guided."

    def test_twice_changes_nothing(self, small):
        run(str(small))
        before = set(Competency.objects.values_list("uuid", "position", "title"))
        out, _ = run(str(small))
        assert "0 new, 0 changed, 6 as they were" in out
        assert set(Competency.objects.values_list("uuid", "position", "title")) == before

    def test_a_changed_word_is_updated_and_keeps_its_key(self, small):
        run(str(small))
        key = Competency.objects.get(code="1.2").uuid
        write(small, "outcomes", [("digcomp.outcome.LO1.1.01", "Use two search tools")])
        out, _ = run(str(small))
        assert "1 changed" in out
        assert Competency.objects.get(code="LO1.1.01").title == "Use two search tools"
        assert Competency.objects.get(code="1.2").uuid == key

    def test_two_comes_before_ten(self, small):
        run(str(small))
        codes = [branch.competency.code for branch in queries.tree(queries.current("digcomp"))[0].children]
        assert codes == ["1.1", "1.2", "1.10"]

    def test_bad_rows_are_listed_with_their_place_and_the_rest_goes_in(self, small):
        with (small / "outcomes.en.csv").open("a", encoding="utf-8") as file:
            file.write('"digcomp.outcome.LO1.1.01","","again",""\n')
            file.write('"digcomp.outcome.LO9.9.01","","orphan",""\n')
            file.write('"digcomp.outcome.LO1.1.02","","",""\n')
            file.write('"something.else","","words",""\n')
            file.write('"too short"\n')
        out, err = run(str(small))
        assert "6 new" in out
        assert "5 rows left out" in out
        for sentence in (
            "outcomes.en.csv, row 3: digcomp.outcome.LO1.1.01 comes a second time",
            "LO9.9.01 stands under 9.9, which is absent",
            "row 5: digcomp.outcome.LO1.1.02 has no words",
            "row 6: 'something.else' is no area",
            "row 7: it has not the four columns",
        ):
            assert sentence in err

    def test_strict_changes_nothing_when_a_row_is_wrong(self, small):
        write(small, "statements", [("wrong", "x")])
        with pytest.raises(CommandError, match="Nothing was changed"):
            run(str(small), "--strict")
        assert not Framework.objects.exists()

    def test_a_folder_that_is_not_it(self, tmp_path):
        with pytest.raises(CommandError, match=r"lacks core-framework\.en\.csv"):
            run(str(tmp_path))

    def test_columns_that_are_not_its(self, small):
        (small / "levels.en.csv").write_text("a,b\n1,2\n")
        with pytest.raises(CommandError, match="lacks the columns"):
            run(str(small))

    def test_a_file_that_is_no_text(self, small):
        (small / "levels.en.csv").write_bytes(b"\xff\xfe\x00binary")
        with pytest.raises(CommandError, match="not UTF-8"):
            run(str(small))

    def test_versions_stand_side_by_side(self, small):
        run(str(small))
        run(str(small), "--release", "3.1")
        old, new = Framework.objects.order_by("version")
        assert old.superseded_by == new
        assert queries.current("digcomp") == new
        assert Competency.objects.filter(code="1.1").count() == 2
        assert queries.competency_by_code("digcomp", "1.1").framework == new


class TestOurOwnShortList:
    def test_areas_competences_and_levels(self):
        run()
        digcomp = queries.current("digcomp")
        assert digcomp.competencies.filter(kind=Kind.AREA).count() == 5
        assert digcomp.competencies.filter(kind=Kind.COMPETENCE).count() == 21
        assert digcomp.levels.count() == 8
        assert queries.competency_by_code("cefr", "A1").level.code == "A1"

    def test_it_takes_nothing_away_from_a_full_import(self, small):
        run(str(small))
        run()
        assert queries.competency_by_code("digcomp", "1.1").description == "To browse."
        assert queries.current("digcomp").levels.get(code="1").description == "Guided."

    def test_italian_is_ours_and_beside_the_official_words(self):
        importers.import_core()
        competency = queries.competency_by_code("digcomp", "4.2")
        with translation.override("it"):
            assert competency.local_title == "Proteggere i dati personali e la riservatezza"
        with translation.override("fr"):
            assert competency.local_title == competency.title == "Protecting personal data and privacy"


class TestSearch:
    @pytest.fixture(autouse=True)
    def loaded(self):
        importers.import_core()

    @pytest.mark.parametrize(
        ("words", "codes"),
        [
            ("1.1", {"1.1"}),
            ("privacy", {"4.2"}),
            ("identità digitale", {"2.6"}),
            ("xyz", set()),
            ("3", {"3", "3.1", "3.2", "3.3", "3.4"}),
        ],
    )
    def test_by_code_and_by_words(self, words, codes):
        with translation.override("it"):
            assert {row.code for row in queries.search(words)} == codes

    def test_tree_costs_one_query(self, django_assert_num_queries):
        framework = queries.current("digcomp")
        with django_assert_num_queries(1):
            assert len(queries.tree(framework)) == 5

    def test_chooser_in_the_editor(self, client):
        from django.contrib.auth import get_user_model

        client.force_login(get_user_model().objects.create_superuser("root", password="x"))
        found = client.get("/admin/competency_chooser/results/", {"q": "privacy"}).content.decode()
        assert "4.2" in found
        assert "1.1" not in found


@pytest.mark.shared_data
def test_the_real_thing(shared_data):
    report = importers.import_digcomp(shared_data / "frameworks" / "digcomp-3.0")
    assert report.problems == []
    kinds = {kind: Competency.objects.filter(kind=kind).count() for kind in Kind.values}
    assert {kind: number for kind, number in kinds.items() if number} == {
        "area": 5,
        "competence": 21,
        "statement": 362,
        "outcome": 523,
    }
    # Our translations fit the official titles word for word, or they would not have been taken.
    assert not Competency.objects.filter(kind__in=["area", "competence"], translations={}).exists()
    assert importers.import_digcomp(shared_data / "frameworks" / "digcomp-3.0").unchanged == 911
