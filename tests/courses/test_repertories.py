"""Repertories: five files with faults in them, imports that are killed, versions side by side, figures by hand."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from courses.frameworks import actions, by_hand, importers, queries
from courses.frameworks.importers import writing
from courses.frameworks.models import Competency, Framework, FrameworkImport, Kind, Relation
from courses.models import CompetencyGoal
from courses.permissions import direction_group
from tests import factories as make

pytestmark = pytest.mark.django_db

FILES = {
    "profili.csv": "id_profilo,titolo,descrizione,liv_eqf,settore,ada_1,ada_2\n"
    '1,Apicoltore,"Alleva le\napi",3,1,ADA.01.03.09 ,ADA.01.03.10\n'
    "2,Casaro,,0,2,ADA.2,\n",
    "competenze.csv": "id_profilo,id_competenza,titolo,descrizione,risultato\n"
    "1,11,Curare le api,Curare le api,Api in salute\n"
    "2,11,Curare le api,Curare le api,Api in salute\n"
    "2,12,Fare il formaggio,Dal latte,\n"
    "9,13,Senza profilo,,\n"
    "2,14,,,\n",
    "abilita.csv": "id_competenza,id_abilita,descrizione\n"
    "11,101,Aprire l'arnia\n12,101,Aprire l'arnia\n12,101,Aprire il caglio\n12,101,Un'altra cosa\n99,102,Orfana\n",
    "conoscenze.csv": "id_competenza,id_conoscenza,descrizione\n11,201,Biologia delle api\n11,201,Biologia delle api\n",
    "attivita.csv": "id_competenza,id_attivita,descrizione\n11,301,Pulire\n12,302\n",
}
RAW = {name: text.encode() for name, text in FILES.items()}


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    options = {"location": str(tmp_path / "private")}
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "courses.storage.PrivateStorage", "OPTIONS": options}
    }


def read(version: str = "1") -> importers.Source:
    return importers.FORMATS["calabria"].read(RAW, version)


class TestFaults:
    def test_whatever_is_wrong_is_said_and_survived(self):
        report = importers.load(read())
        said = "\n".join(map(str, report.problems))
        for sentence in (
            "profili.csv, row 4: profile 2 has EQF level '0'",
            "'ADA.2' is no ADA code",
            "competenze.csv, row 3: competence 11 comes again under 2: kept under 1, linked to both",
            "competence 13 stands under profile 9, which is absent",
            "competenze.csv, row 6: competence 14 has no words",
            "abilita.csv, row 3: ability 101 comes again under 12",
            "abilita.csv, row 4: ability 101 comes again with other words: kept as 101/12",
            "abilita.csv, row 5: ability 101 comes again under 12 with other words: left out",
            "ability 102 stands under competence 99",
            "conoscenze.csv, row 3: knowledge 201 comes a second time, word for word",
            "attivita.csv, row 3: it has not the three columns",
        ):
            assert sentence in said
        assert len(report.problems) == 11
        shared = Competency.objects.get(code="11")
        assert shared.parent.code == "1"
        assert [row.target.code for row in shared.relations.all()] == ["2"]
        profile = Competency.objects.get(kind=Kind.PROFILE, code="1")
        assert profile.level.code == "3"
        assert {row.target.code for row in profile.relations.all()} == {"ADA.01.03.09", "ADA.01.03.10"}
        assert profile.description == "Alleva le api"

    def test_twice_changes_nothing(self):
        importers.load(read())
        before = set(Competency.objects.values_list("uuid", "title", "position"))
        again = importers.load(read())
        assert (again.created, again.updated, again.unchanged) == (0, 0, len(before))
        assert set(Competency.objects.values_list("uuid", "title", "position")) == before

    def test_a_file_that_is_missing(self):
        with pytest.raises(importers.NotAFramework, match="lacks attivita"):
            importers.FORMATS["calabria"].read({k: v for k, v in RAW.items() if k != "attivita.csv"}, "1")


class TestVersions:
    def test_each_is_followed_by_the_next_in_the_order_that_people_count(self):
        for version in ("3.10", "3.0", "3.9"):
            importers.load(read(version))
        followed = {
            row.version: row.superseded_by and row.superseded_by.version for row in Framework.objects.all()
        }
        assert followed == {"3.0": "3.9", "3.9": "3.10", "3.10": None}
        assert queries.current("repertorio-calabria").version == "3.10"

    def test_what_cites_the_old_one_keeps_it(self):
        importers.load(read("1"))
        old = queries.competency_by_code("repertorio-calabria", "12")
        goal = CompetencyGoal.objects.create(page=make.course(), competency=old)
        importers.load(read("2"))
        goal.refresh_from_db()
        assert goal.competency.framework.version == "1"
        assert goal.competency.uuid != queries.competency_by_code("repertorio-calabria", "12").uuid
        assert queries.same_elsewhere(old)[0].framework.version == "2"


class Killed(BaseException):
    """As a SIGKILL: nothing catches it."""


def start(**given) -> FrameworkImport:
    asked: list[int] = []
    return actions.start_import(
        "calabria", RAW, **({"version": "1", "at": timezone.now(), "enqueue": asked.append} | given)
    )


class TestImport:
    def test_it_is_kept_written_and_told(self):
        row = start()
        assert actions.run_import(row.pk, now=timezone.now)
        assert not actions.run_import(row.pk, now=timezone.now)
        row.refresh_from_db()
        assert (row.state, row.done, len(row.problems)) == ("done", row.total, 11)
        assert row.created == Competency.objects.count() == 12
        assert not row.file

    def test_a_killed_worker_goes_on_where_it_stood(self, monkeypatch):
        monkeypatch.setattr(writing, "BATCH", 2)
        row, clock = start(), [timezone.now()]
        told = []

        def now():
            told.append(1)
            if len(told) == 5:
                raise Killed
            return clock[0]

        with pytest.raises(Killed):
            actions.run_import(row.pk, now=now)
        row.refresh_from_db()
        assert row.state == "running"
        written = Competency.objects.count()
        assert 0 < written == row.created < 12
        assert not Framework.objects.get().ready
        assert not queries.all_versions()
        assert actions.imports_to_run(at=clock[0]) == []  # its claim may still be held
        later = clock[0] + timedelta(minutes=5)
        assert actions.imports_to_run(at=later) == [row.pk]
        actions.run_import(row.pk, now=lambda: later)
        row.refresh_from_db()
        assert (row.state, row.created, row.unchanged) == ("done", 12, 0)
        assert Framework.objects.get().ready
        assert Relation.objects.count() == 4

    def test_one_version_is_imported_once_at_a_time(self):
        start()
        with pytest.raises(ValidationError, match="import"):
            start()
        start(version="2")

    @pytest.mark.parametrize(
        ("name", "data", "code"),
        [
            ("a.zip", b"not a zip", "import.zip"),
            ("profili.csv", b"a,b", "import.missing"),
        ],
    )
    def test_what_cannot_be_it(self, name, data, code):
        with pytest.raises(ValidationError) as refusal:
            actions.files_of("calabria", [SimpleUploadedFile(name, data)])
        assert refusal.value.code == code


class TestEditor:
    @pytest.fixture
    def editor(self, client):
        person = get_user_model().objects.create_user("direzione", password="x")
        person.groups.add(direction_group())
        client.force_login(person)
        return client

    def test_from_the_upload_to_the_report(self, editor, django_capture_on_commit_callbacks):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, text in FILES.items():
                archive.writestr(f"cartella/{name}", text)
        file = SimpleUploadedFile("repertorio.zip", packed.getvalue())
        with django_capture_on_commit_callbacks(execute=True):
            answer = editor.post(
                "/admin/quadri/importa/", {"format": "calabria", "version": "2026", "uploads": [file]}
            )
        assert answer.status_code == 302, answer.context["form"].errors
        row = FrameworkImport.objects.get()
        actions.run_import(row.pk, now=timezone.now)  # nothing, where the worker of the tests ran it at once
        page = editor.get(answer.url).content.decode()
        assert "101/12" in page
        report = editor.get(f"{answer.url}rapporto.csv").content.decode()
        assert report.count("\n") == 12
        assert "2026" in editor.get("/admin/quadri/").content.decode()

    def test_nobody_else(self, client):
        from courses.permissions import author_group

        author = get_user_model().objects.create_user("autrice", password="x")
        author.groups.add(author_group(make.course()))
        client.force_login(author)
        for page in ("", "importa/", "figura/"):
            answer = client.get(f"/admin/quadri/{page}")
            assert answer.status_code in (302, 403)
            assert answer.headers.get("Location", "/admin/") == "/admin/"

    def test_a_figure_by_hand_twice_and_shortened(self, editor):
        form = {
            "version": "2026",
            "code": "394",
            "title": "Operatore della pulizia",
            "description": "",
            "level": "2",
            "ada": "ADA.24.05.04",
            "source": "sistema.puglia.it, scheda 394, 25/11/2026",
            "units-TOTAL_FORMS": "2",
            "units-INITIAL_FORMS": "0",
            "units-0-code": "UC1",
            "units-0-title": "Pulire gli ambienti",
            "units-0-result": "Ambienti puliti",
            "units-0-abilities": "Scegliere i prodotti\nUsare la lavapavimenti",
            "units-0-knowledge": "I prodotti",
        }
        assert editor.post("/admin/quadri/figura/", form).status_code == 302
        figure = by_hand.figures().get()
        assert figure.source.startswith("sistema.puglia.it")
        assert Competency.objects.filter(kind=Kind.ABILITY).count() == 2
        url = f"/admin/quadri/figura/{figure.uuid}/"
        assert "Usare la lavapavimenti" in editor.get(url).content.decode()
        kept = Competency.objects.get(code="UC1.A2")
        CompetencyGoal.objects.create(page=make.course(), competency=kept)
        form["units-0-abilities"], form["units-0-knowledge"] = "Scegliere i prodotti", ""
        assert editor.post(url, form).status_code == 302
        codes = set(Competency.objects.filter(framework__code="rrfp-puglia").values_list("code", flat=True))
        assert codes == {"394", "ADA.24.05.04", "UC1", "UC1.A1", "UC1.A2"}  # A2 is cited: it stays
        form["ada"] = "ADA.2"
        assert editor.post(url, form).status_code == 200


@pytest.mark.shared_data
def test_the_real_repertory(shared_data):
    folder = shared_data / "frameworks" / "calabria-repertory"
    form = importers.FORMATS["calabria"]
    source = form.read(importers.files_in(folder, form.files), "rev2")
    report = importers.load(source)
    kinds = {kind: report.framework.competencies.filter(kind=kind).count() for kind in Kind.values}
    assert kinds["profile"] == 297
    assert kinds["ada"] == 305
    assert kinds["competence"] == 1195
    assert kinds["ability"] == 6036 + 3
    said = [problem.sentence for problem in report.problems]
    assert sum("which is absent" in sentence for sentence in said) == 14
    assert sum("linked to both" in sentence for sentence in said) > 600
    again = importers.load(form.read(importers.files_in(folder, form.files), "rev2"))
    assert (again.created, again.updated) == (0, 0)
