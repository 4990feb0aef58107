"""Lists of people: every broken file gets a sentence, every row its reason, and nothing is half-imported."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.audit.models import Entry
from lms.errors import Refused
from lms.people import actions, importing
from lms.people.models import User

pytestmark = pytest.mark.django_db
CODE = "RSSMRA80A01D508J"
HEADER = "Nome;Cognome;Codice fiscale;Data di nascita;Telefono;E-mail;Lingua\n"


def rows_of(text, name="a.csv", encoding="utf-8"):
    return importing.read_people(name, text.encode(encoding) if isinstance(text, str) else text)


def xlsx(*lines) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ------------------------------------------------------------------------------------ reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_encodings_and_separators(encoding, separator):
    text = HEADER.replace(";", separator) + separator.join(["Niccolò", "Però", "", "01/02/1990", "", "", ""])
    [row] = rows_of(text, encoding=encoding)
    assert (row.first_name, row.last_name, row.birth_date) == ("Niccolò", "Però", "1990-02-01")
    assert not row.errors


def test_excel_with_its_numbers_and_dates():
    content = xlsx(
        ["Nome", "COGNOME ", "Data nascita", "Cellulare"],
        ["Amina", "Hassan", datetime.datetime(1990, 2, 1), 3331234567.0],
        [None, None, None, None],
        ["Ioana", "Popescu", "1/2/1990", "+40 721 234 567"],
    )
    first, second = rows_of(content, "a.xlsx")
    assert (first.number, first.birth_date, first.phone) == (2, "1990-02-01", "+393331234567")
    assert (second.number, second.phone) == (4, "+40721234567")


def test_every_row_says_what_is_wrong():
    text = HEADER + (
        "Amina;;;;;;\n"
        "Ioana;Popescu;ABC;;;;\n"
        "Samuel;Okoro;;31/02/1990;;;\n"
        "Drita;Hoxha;;;12;;\n"
        "Lin;Wei;;;;non-una-mail;\n"
        f"Lucia;Rossi;{CODE};;;;\n"
        f"Mario;Rossi;{CODE};;;;\n"
        "Ola;Nowak;;;;;klingon\n"
    )
    rows = rows_of(text)
    assert [row.number for row in rows] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert [bool(row.errors) for row in rows] == [True, True, True, True, True, False, True, False]
    assert "7" in rows[6].errors[0]
    assert rows[5].doubts, "Lucia does not give RSSMRA80A01"
    assert rows[7].doubts
    assert rows[7].language == "it"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (HEADER.encode(), "import.empty"),
        (b"\x00\x01\x02" * 100, "import.broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "import.broken"),
        (b"PK\x03\x04rubbish", "import.broken"),
        (b"%PDF-1.7 anything", "import.no_header"),
        ("Città;Colore\nFasano;blu\n".encode(), "import.no_header"),
        (b"x" * (importing.MAX_BYTES + 1), "import.too_big"),
        ((HEADER + "A;B;;;;;\n" * 1001).encode(), "import.too_many"),
        (b"\xff\xfe\x00", "import.broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_and_huge_files_get_one_sentence(content, code):
    with pytest.raises(Refused) as refused:
        rows_of(content)
    assert refused.value.code == code
    assert len(str(refused.value.sentence)) > 20


def test_a_zip_bomb_is_refused_before_it_opens():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (importing.MAX_UNPACKED + 1024))
    assert len(out.getvalue()) < importing.MAX_BYTES
    with pytest.raises(Refused, match=r"import\.bomb"):
        rows_of(out.getvalue(), "a.xlsx")


def test_an_archive_that_is_no_spreadsheet():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(Refused, match=r"import\.broken"):
        rows_of(out.getvalue(), "a.xlsx")


def test_entities_of_xml_are_not_expanded():
    content = xlsx(["Nome", "Cognome"], ["A", "B"])
    source, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in source.infolist():
            data = source.read(part)
            if part.filename.startswith("xl/worksheets/"):
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.replace(b"<sheetData>", b"&a;<sheetData>")
            archive.writestr(part, data)
    with pytest.raises(Refused, match=r"import\.broken"):
        rows_of(out.getvalue(), "a.xlsx")


def test_people_who_are_here_are_marked_and_not_changed(world):
    person = world.here.beneficiary
    actions.set_codice_fiscale(person, CODE, by=None, at=timezone.now())
    User.objects.filter(pk=person.pk).update(email="amina@example.org", phone="+393331112222")
    text = HEADER + (
        f"Mario;Rossi;{CODE};;;;\n"
        "Amina;Hassan;;;333 1112222;;\n"
        "Amina;Hassan;;;;Amina@Example.org;\n"
        "Altra;Persona;12345678903;;333 1112222;;\n"
    )
    rows = importing.read_people("a.csv", text.encode())
    assert [row.already_here for row in rows] == [True, True, True, False]
    assert rows[3].errors


# ------------------------------------------------------------------------------------ the pages


@pytest.fixture
def desk(client, world):
    client.force_login(world.here.social_worker)
    client.agency = world.here.consortium
    return client


def upload(client, text, name="a.csv"):
    content = text.encode() if isinstance(text, str) else text
    return client.post(
        reverse("people:import"),
        {"file": SimpleUploadedFile(name, content), "agency": str(client.agency.uuid)},
    )


def test_look_then_confirm_gives_accounts_roles_and_cases(desk, world):
    before = User.objects.count()
    page = upload(desk, HEADER + f"Mario;Rossi;{CODE};;333 9876543;;it\nLin;Wei;;;;lin@example.org;en\n")
    assert page.status_code == 200
    assert User.objects.count() == before, "looking writes nothing"
    kept = desk.session["people_import"]
    assert CODE not in kept, "what waits in the session is sealed"
    answer = desk.post(reverse("people:import_confirm"), {"key": page.context["key"]})
    assert answer.status_code == 302
    assert User.objects.count() == before + 2
    mario = User.objects.get(first_name="Mario")
    assert mario.memberships.get().agency == world.here.consortium
    assert mario.followed_by.get().professional == world.here.social_worker
    assert mario.birth_date.isoformat() == "1980-01-01"
    assert not mario.has_usable_password()
    assert Entry.objects.filter(verb="write.person", subject=mario).exists()
    again = desk.post(reverse("people:import_confirm"), {"key": page.context["key"]})
    assert again.status_code == 302
    assert User.objects.count() == before + 2, "pressed twice, imported once"


def test_whom_the_preview_tells_to_be_here_reads_it(desk, world):
    person = world.there.beneficiary
    User.objects.filter(pk=person.pk).update(email="amina@example.org")
    upload(desk, HEADER + "Amina;Hassan;;;;amina@example.org;\nLin;;;;;;\n")
    upload(desk, HEADER + "Amina;Hassan;;;;amina@example.org;\n")
    entry = Entry.objects.get(verb="read.import_match")
    assert (entry.subject, entry.actor) == (person, world.here.social_worker)


def test_one_wrong_row_and_nobody_is_imported(desk):
    before = User.objects.count()
    page = upload(desk, HEADER + "Mario;Rossi;;;;;\nLin;;;;;;\n")
    assert page.status_code == 400
    assert "people_import" not in desk.session
    assert User.objects.count() == before


def test_what_changed_between_look_and_confirm_stops_all_of_it(desk, world):
    page = upload(desk, HEADER + f"Lin;Wei;;;;;\nMario;Rossi;{CODE};;333 9876543;;\n")
    User.objects.filter(pk=world.there.tutor.pk).update(phone="+393339876543")
    before = User.objects.count()
    answer = desk.post(reverse("people:import_confirm"), {"key": page.context["key"]})
    assert answer.status_code == 400
    assert User.objects.count() == before, "Lin was not imported either"


def test_broken_file_on_the_page(desk):
    page = upload(desk, b"PK\x03\x04rubbish", "a.xlsx")
    assert page.status_code == 400
    assert page.context["form"].errors["file"]
    page = upload(desk, b"x" * (importing.MAX_BYTES + 5))
    assert page.context["form"].errors["file"]


def test_nobody_imports_into_another_body(desk, world):
    desk.agency = world.there.consortium
    assert upload(desk, HEADER + "Lin;Wei;;;;;\n").context["form"].errors["agency"]


def test_scripts_in_names_are_shown_as_text(desk):
    page = upload(desk, HEADER + '"<script>alert(1)</script>";Wei;;;;;\n')
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_model_file_can_be_imported(desk):
    model = desk.get(reverse("people:import_template"))
    [row] = importing.read_people("m.csv", model.content)
    assert not row.errors


# ------------------------------------------------------------------------------------ lists


def test_export_neutralises_cells_and_records_contacts(desk, world):
    person = world.here.beneficiary
    User.objects.filter(pk=person.pk).update(last_name='=HYPERLINK("http://x")', email="a@example.org")
    text = desk.get(reverse("people:people"), {"formato": "csv"}).text
    assert "'=HYPERLINK" in text
    assert "a@example.org" in text
    assert Entry.objects.filter(verb="read.contacts", subject=person).exists()


def test_an_export_of_a_coordinator_has_no_contacts(client, world):
    User.objects.filter(pk=world.here.beneficiary.pk).update(email="a@example.org")
    client.force_login(world.here.consortium_coordinator)
    text = client.get(reverse("people:people"), {"formato": "csv"}).text
    assert world.here.beneficiary.username in text
    assert "a@example.org" not in text


def test_search_and_filters(desk, world):
    def names(**query):
        return [p.pk for p in desk.get(reverse("people:people"), query).context["page_obj"]]

    person = world.here.beneficiary
    assert names(q="benef") == [person.pk]
    assert names(q="nessuno") == []
    assert names(state="never") == [person.pk]
    assert names(state="some") == []
    assert names(agency=str(world.there.consortium.uuid)) == [person.pk], "an unknown filter is left out"


def test_the_list_keeps_its_query_count(desk, world):
    def people(number):
        for index in range(number):
            actions.create_person(
                by=world.here.social_worker,
                first_name="Nome",
                last_name=f"Cognome{index}",
                agency=world.here.consortium,
                at=timezone.now(),
                follow=True,
            )

    people(1)
    desk.get(reverse("people:people"))
    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("people:people"))
    people(48)
    with CaptureQueriesContext(connection) as many:
        desk.get(reverse("people:people"))
    assert len(many) <= len(few) + 1  # the paginator may count once more
    assert len(few) <= 20
