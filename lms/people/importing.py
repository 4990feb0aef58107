"""Lists of people in files: read them, say what is wrong by row. Nothing is written here."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lms.errors import Refused

from . import queries, sealing
from .models import User
from .phones import e164
from .rules import read_codice_fiscale

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 1000
MAX_UNPACKED = 40 * 1024 * 1024  # an honest list of a thousand rows is far below
MAX_COLUMNS = 60

# What people write in the first row, without accents, spaces or capitals.
COLUMNS = {
    "nome": "first_name",
    "firstname": "first_name",
    "cognome": "last_name",
    "lastname": "last_name",
    "codicefiscale": "codice_fiscale",
    "cf": "codice_fiscale",
    "datadinascita": "birth_date",
    "datanascita": "birth_date",
    "natoil": "birth_date",
    "birthdate": "birth_date",
    "telefono": "phone",
    "cellulare": "phone",
    "phone": "phone",
    "email": "email",
    "mail": "email",
    "postaelettronica": "email",
    "lingua": "language",
    "language": "language",
}
TEMPLATE_HEADER = ["Nome", "Cognome", "Codice fiscale", "Data di nascita", "Telefono", "E-mail", "Lingua"]
TEMPLATE_EXAMPLE = ["Maria", "Esempio", "", "31/12/1990", "333 1234567", "", "it"]


@dataclass
class Row:
    """One row of the file: what it says, what is wrong with it, who it already is."""

    number: int
    first_name: str = ""
    last_name: str = ""
    codice_fiscale: str = ""
    birth_date: str = ""  # ISO
    phone: str = ""
    email: str = ""
    language: str = "it"
    errors: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    already_here: bool = False

    def as_person(self) -> dict[str, Any]:
        """The arguments of create_person()."""
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "codice_fiscale": self.codice_fiscale,
            "birth_date": date.fromisoformat(self.birth_date) if self.birth_date else None,
            "phone": self.phone,
            "email": self.email,
            "language": self.language,
        }

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_people(name: str, content: bytes) -> list[Row]:
    """The rows of that file, checked one by one and against each other and the people who are here."""
    rows = [_checked(number, cells) for number, cells in _table(name, content)]
    if not rows:
        raise Refused(
            "import.empty", _("The file has no rows under the first one. Nothing was imported."), status=400
        )
    mark_repeats(rows)
    return rows


def _table(name: str, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    if len(content) > MAX_BYTES:
        raise Refused(
            "import.too_big",
            _("The file is too big: at most 2 MB and 1000 people at a time. Divide it and try again."),
            status=400,
        )
    lines = _xlsx(content) if content[:2] == b"PK" else _csv(name, content)
    header: dict[int, str] = {}
    count = 0
    for number, cells in lines:
        if not any(str(cell).strip() for cell in cells if cell is not None):
            continue
        if not header:
            header = {i: COLUMNS[key] for i, cell in enumerate(cells) if (key := _plain(cell)) in COLUMNS}
            if not {"first_name", "last_name"} <= set(header.values()):
                raise Refused(
                    "import.no_header",
                    _(
                        "The first row must hold the names of the columns, at least “Nome” and “Cognome”. "
                        "Take the model file and fill that in."
                    ),
                    status=400,
                )
            continue
        count += 1
        if count > MAX_ROWS:
            raise Refused(
                "import.too_many",
                _("The file has more than 1000 people. Divide it and try again."),
                status=400,
            )
        yield number, {column: cells[i] if i < len(cells) else None for i, column in header.items()}


def _plain(cell: Any) -> str:
    text = unicodedata.normalize("NFKD", str(cell or "")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", text.lower())


def _csv(name: str, content: bytes) -> Iterator[tuple[int, list[Any]]]:
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _broken()
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";,\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            yield reader.line_num, cells[:MAX_COLUMNS]
    except csv.Error:
        raise _broken() from None


def _decoded(content: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with mark, else what Windows writes."""
    for encoding in (
        ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    ):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _broken()


def _xlsx(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    import openpyxl  # heavy and rare

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # The declared sizes may lie, so each part is also read up to the limit.
            left = MAX_UNPACKED
            for part in archive.infolist()[:2000]:
                with archive.open(part) as stream:
                    while chunk := stream.read(1 << 20):
                        left -= len(chunk)
                        if left < 0:
                            raise Refused(
                                "import.bomb",
                                _(
                                    "This spreadsheet is far bigger inside than it looks. Save only the list in a new "
                                    "file and try again."
                                ),
                                status=400,
                            )
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for number, cells in enumerate(
            sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS, max_row=MAX_ROWS * 3), start=1
        ):
            yield number, list(cells)
    except Refused:
        raise
    except Exception:  # openpyxl raises whatever the file makes it stumble over
        raise _broken() from None


def _broken() -> Refused:
    return Refused(
        "import.broken",
        _("This file cannot be read. Save it as CSV or as an Excel file (.xlsx) and try again."),
        status=400,
    )


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", str(cell if cell is not None else ""))
    text = "".join(char for char in text if char.isprintable())
    return re.sub(r"\s+", " ", text).strip().lstrip("'")


def _checked(number: int, cells: dict[str, Any]) -> Row:
    row = Row(number=number)
    for name in ("first_name", "last_name"):
        setattr(row, name, _text(cells.get(name)))
    if not row.first_name or not row.last_name:
        row.errors.append(_("name or surname is missing"))
    if len(row.first_name) > 150 or len(row.last_name) > 150:
        row.errors.append(_("name or surname is too long"))
    _check_birth_date(row, cells.get("birth_date"))
    _check_codice_fiscale(row, _text(cells.get("codice_fiscale")))
    if phone := _text(cells.get("phone")):
        row.phone = e164(phone)
        if not row.phone:
            row.errors.append(_("“%(text)s” is not a phone number") % {"text": phone[:40]})
    if email := _text(cells.get("email")).lower():
        row.email = email[:254]
        try:
            validate_email(email)
        except ValidationError:
            row.errors.append(_("“%(text)s” is not an e-mail address") % {"text": email[:60]})
    _check_language(row, _text(cells.get("language")).lower())
    return row


def _check_birth_date(row: Row, cell: Any) -> None:
    if isinstance(cell, datetime | date):
        row.birth_date = (cell.date() if isinstance(cell, datetime) else cell).isoformat()
        return
    text = _text(cell)
    if not text:
        return
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            row.birth_date = datetime.strptime(text, form).date().isoformat()
            return
        except ValueError:
            continue
    row.errors.append(_("“%(text)s” is not a date: write day/month/year") % {"text": text[:40]})


def _check_codice_fiscale(row: Row, text: str) -> None:
    if not text:
        return
    try:
        known = read_codice_fiscale(text)
    except ValueError:
        row.errors.append(_("the codice fiscale is not valid"))
        return
    row.codice_fiscale = known.code
    birth = date.fromisoformat(row.birth_date) if row.birth_date else None
    if known.disagrees_with(row.first_name, row.last_name, birth):
        row.doubts.append(_("name or date of birth do not agree with the codice fiscale: look again"))


def _check_language(row: Row, text: str) -> None:
    names = {"italiano": "it", "italian": "it", "inglese": "en", "english": "en", "": "it"}
    code = names.get(text, text)
    if code in dict(settings.LANGUAGES):
        row.language = code
    else:
        row.doubts.append(_("the site does not speak “%(text)s” yet: Italian is set") % {"text": text[:20]})


def mark_repeats(rows: list[Row]) -> None:
    """Errors for two rows that are one person; a mark on rows whose person is already here. Few queries."""
    for name in ("codice_fiscale", "email", "phone"):
        seen: dict[str, int] = {}
        for row in rows:
            value = getattr(row, name)
            if value and value in seen:
                row.errors.append(
                    _("the same person or contact as in row %(number)s") % {"number": seen[value]}
                )
            elif value:
                seen[value] = row.number
    digests = _digests(rows)
    here = queries.known_contacts(**_contacts(rows, digests))
    for row in rows:
        if digests.get(row.codice_fiscale) in here.digests:
            row.already_here = True
        elif row.email in here.emails or row.phone in here.phones:
            if row.codice_fiscale:
                row.errors.append(_("another person here has this e-mail address or phone number"))
            else:
                row.already_here = True


def people_met(rows: list[Row]) -> QuerySet[User]:
    """Whom the marks of these rows tell to be here, whatever their network."""
    return queries.people_known_by(**_contacts(rows, _digests(rows)))


def _digests(rows: list[Row]) -> dict[str, str]:
    return {
        row.codice_fiscale: sealing.lookup_digest(row.codice_fiscale) for row in rows if row.codice_fiscale
    }


def _contacts(rows: list[Row], digests: dict[str, str]) -> dict[str, list[str]]:
    return {
        "digests": list(digests.values()),
        "emails": [row.email for row in rows if row.email],
        "phones": [row.phone for row in rows if row.phone],
    }
