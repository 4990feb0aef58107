"""Who may do what with whose data: the table of the protocol, as pure data.

Five relations can hold between a reader and a person; the strongest one known is passed in. What a cell does
not name is refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Relation(StrEnum):
    """How the reader stands to the person."""

    OWN = "own"  # the person
    CASE = "case"  # an open case assignment
    CLASS = "class"  # works in an edition that the person attends
    AGENCY = "agency"  # answers for the body, or the network, that the person belongs to or learns in
    NONE = "none"


class Data(StrEnum):
    """The rows of the table."""

    NAME = "name"
    IDENTITY = "identity"  # codice fiscale, date of birth
    CONTACTS = "contacts"
    MATERIALS = "materials"
    CONNECTIONS = "connections"
    HOURS = "hours"
    CORRECTIONS = "corrections"
    JUSTIFICATION = "justification"
    HEALTH_DOCUMENT = "health_document"
    MEASURE = "measure"
    SOCIAL_NOTES = "social_notes"
    RESULTS = "results"
    COMPETENCIES = "competencies"
    REGISTER = "register"
    AUDIT = "audit"


class Detail(StrEnum):
    """How much of it."""

    NOTHING = "nothing"
    AGGREGATE = "aggregate"  # sums over many people, never one person
    YES_NO = "yes_no"
    LAST_FOUR = "last_four"
    TITLE = "title"
    TECHNICAL = "technical"
    PARTLY = "partly"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Grant:
    """The answer: true when something may be seen or done; `logged` asks for an audit entry with its purpose."""

    detail: Detail = Detail.NOTHING
    logged: bool = False

    def __bool__(self) -> bool:
        return self.detail is not Detail.NOTHING

    @property
    def about_one_person(self) -> bool:
        return self.detail not in (Detail.NOTHING, Detail.AGGREGATE)


@dataclass(frozen=True, slots=True)
class Cell:
    """One permission of one role: these verbs, under these relations, in this detail.

    `basis`: of a case, only one that is followed on this basis opens it.
    """

    verbs: frozenset[str]
    relations: frozenset[Relation]
    grant: Grant
    basis: str = ""


REFUSED = Grant()
_ANYONE = frozenset(Relation) - {Relation.OWN}
_CASE = frozenset({Relation.CASE})
_CLASS = frozenset({Relation.CLASS})
_TUTOR = frozenset({Relation.CLASS, Relation.CASE})
_BODY = frozenset({Relation.CLASS, Relation.AGENCY})
_NETWORK = frozenset({Relation.CASE, Relation.CLASS, Relation.AGENCY})


def _may(
    verbs: str,
    relations: frozenset[Relation],
    detail: Detail = Detail.FULL,
    logged: bool = False,
    basis: str = "",
) -> Cell:
    return Cell(frozenset(verbs.split()), relations, Grant(detail, logged), basis)


#: The bases of a case that name a measure, and the role on whose side each of them is.
PAIS, PSP = "pais", "psp"
MEASURE_SIDES: Mapping[str, str] = MappingProxyType({"social_worker": PAIS, "cpi_operator": PSP})

D = Data
_OWN_DATA: Mapping[Data, str] = MappingProxyType(
    {
        D.NAME: "read",
        D.IDENTITY: "read write",
        D.CONTACTS: "read write",
        D.MATERIALS: "read",
        D.CONNECTIONS: "read",
        D.HOURS: "read",
        D.CORRECTIONS: "propose",
        D.JUSTIFICATION: "read write",
        D.HEALTH_DOCUMENT: "read write",
        D.MEASURE: "read",
        D.RESULTS: "read",
        D.COMPETENCIES: "read share",
        D.REGISTER: "read",
        D.AUDIT: "read",
    }
)

MATRIX: Mapping[str, Mapping[Data, tuple[Cell, ...]]] = MappingProxyType(
    {
        "beneficiary": {},
        "trainer": {
            D.NAME: (_may("read", _CLASS),),
            D.MATERIALS: (_may("read write", _CLASS),),
            D.CONNECTIONS: (_may("read", _CLASS),),
            D.HOURS: (_may("read", _CLASS),),
            D.CORRECTIONS: (_may("propose", _CLASS),),
            D.JUSTIFICATION: (_may("read", _CLASS, Detail.YES_NO),),
            D.RESULTS: (_may("read write", _CLASS),),
            D.COMPETENCIES: (_may("propose", _CLASS),),
            D.REGISTER: (_may("sign", _CLASS),),
        },
        "tutor": {
            D.NAME: (_may("read", _TUTOR),),
            D.CONTACTS: (_may("read", _TUTOR),),
            D.MATERIALS: (_may("read", _TUTOR),),
            D.CONNECTIONS: (_may("read", _TUTOR),),
            D.HOURS: (_may("read", _TUTOR),),
            D.CORRECTIONS: (_may("read write", _TUTOR),),
            D.JUSTIFICATION: (_may("read propose approve", _TUTOR, Detail.PARTLY),),
            D.RESULTS: (_may("read", _TUTOR),),
            D.COMPETENCIES: (_may("read", _TUTOR),),
            D.REGISTER: (_may("sign", _TUTOR),),
        },
        # Not a column of the protocol's table: what answering for a training body's courses needs, and no more.
        "training_director": {
            D.NAME: (_may("read", _BODY),),
            D.MATERIALS: (_may("read", _BODY),),
            D.CONNECTIONS: (_may("read", _BODY),),
            D.HOURS: (_may("read", _BODY),),
            D.CORRECTIONS: (_may("read approve", _BODY),),
            D.JUSTIFICATION: (_may("read", _BODY, Detail.YES_NO),),
            D.RESULTS: (_may("read", _BODY),),
            D.COMPETENCIES: (_may("read", _BODY),),
            D.REGISTER: (_may("read sign", _BODY),),
        },
        "social_worker": {
            D.NAME: (_may("read", _CASE),),
            D.IDENTITY: (_may("read", _CASE, logged=True),),
            D.CONTACTS: (_may("read", _CASE, logged=True),),
            D.MATERIALS: (_may("read", _ANYONE, Detail.TITLE),),
            D.HOURS: (_may("read", _CASE, logged=True),),
            D.JUSTIFICATION: (_may("read propose approve", _CASE, logged=True),),
            D.HEALTH_DOCUMENT: (_may("read propose", _CASE, logged=True),),
            D.MEASURE: (_may("read write", _CASE, logged=True),),
            D.SOCIAL_NOTES: (_may("read write", _CASE, logged=True),),
            D.RESULTS: (_may("read", _CASE, Detail.YES_NO),),
            D.COMPETENCIES: (_may("read", _CASE, logged=True),),
        },
        "cpi_operator": {
            D.NAME: (_may("read", _CASE),),
            D.IDENTITY: (_may("read", _CASE, logged=True),),
            D.CONTACTS: (_may("read", _CASE, logged=True),),
            D.MATERIALS: (_may("read", _ANYONE, Detail.TITLE),),
            D.HOURS: (_may("read", _CASE, logged=True),),
            D.JUSTIFICATION: (_may("read propose approve", _CASE, logged=True),),
            D.HEALTH_DOCUMENT: (_may("read propose", _CASE, logged=True, basis=PSP),),
            D.MEASURE: (_may("read write", _CASE, logged=True),),
            D.RESULTS: (_may("read", _CASE),),
            D.COMPETENCIES: (_may("read", _CASE, logged=True),),
            D.REGISTER: (_may("read", _CASE, Detail.PARTLY),),
        },
        "consortium_coordinator": {
            D.NAME: (_may("read", _NETWORK),),
            D.MATERIALS: (_may("read", _ANYONE, Detail.TITLE),),
            D.HOURS: (_may("read", _NETWORK, Detail.AGGREGATE),),
            D.CORRECTIONS: (_may("approve", _NETWORK),),
            D.JUSTIFICATION: (_may("read", _NETWORK, Detail.AGGREGATE),),
            D.MEASURE: (_may("read", _NETWORK, Detail.AGGREGATE),),
            D.RESULTS: (_may("read", _NETWORK, Detail.AGGREGATE),),
            D.COMPETENCIES: (_may("read", _NETWORK, logged=True),),
            D.REGISTER: (_may("read", _NETWORK),),
            D.AUDIT: (_may("read", frozenset({Relation.AGENCY})),),
        },
        "agency_operator": {
            D.NAME: (_may("read", _CASE),),
            D.IDENTITY: (_may("read", _CASE, logged=True),),
            D.CONTACTS: (_may("read", _CASE, logged=True),),
            D.MATERIALS: (_may("read", _ANYONE, Detail.TITLE),),
            D.HOURS: (_may("read", _CASE, logged=True, basis=PSP),),
            D.JUSTIFICATION: (_may("read", _CASE, Detail.YES_NO),),
            D.MEASURE: (_may("read", _CASE, Detail.PARTLY, logged=True),),
            D.RESULTS: (_may("read", _CASE),),
            D.COMPETENCIES: (_may("read", _CASE, logged=True),),
        },
        "inspector": {
            D.NAME: (_may("read", _CLASS),),
            D.IDENTITY: (_may("read", _CLASS, Detail.LAST_FOUR, logged=True),),
            D.MATERIALS: (_may("read", _CLASS),),
            D.CONNECTIONS: (_may("read", _CLASS, logged=True),),
            D.HOURS: (_may("read", _CLASS),),
            D.CORRECTIONS: (_may("read", _CLASS),),
            D.JUSTIFICATION: (_may("read", _CLASS, Detail.YES_NO),),
            D.RESULTS: (_may("read", _CLASS),),
            D.COMPETENCIES: (_may("read", _CLASS, Detail.PARTLY),),
            D.REGISTER: (_may("read download", _CLASS, logged=True),),
            D.AUDIT: (_may("read", _CLASS),),
        },
        "administrator": {
            D.NAME: (_may("read", _NETWORK, Detail.TECHNICAL),),
            D.CONNECTIONS: (_may("read", _NETWORK, Detail.TECHNICAL),),
        },
        # The table names this reader in the row of the audit trail, and nowhere else.
        "data_protection_officer": {
            D.AUDIT: (_may("read", frozenset({Relation.AGENCY})),),
        },
    }
)

# Which roles may follow people, bring them in and print their letters.
CASE_ROLES = frozenset({"social_worker", "cpi_operator", "agency_operator", "tutor"})
BRINGS_PEOPLE_IN = CASE_ROLES | {"administrator"}
_STRENGTH = list(Detail)


def allowed(
    roles: Iterable[str],
    relation: Relation,
    data: Data,
    verb: str = "read",
    *,
    bases: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Grant:
    """The widest grant that any of these roles gives; refused unless some cell says otherwise.

    `bases`: on what bases each role follows the case. One's own data obeys one rule, whatever one's roles. Between two grants of the same detail the one that
    is not logged wins, as it comes with the stronger standing.
    """
    if relation is Relation.OWN:
        return Grant(Detail.FULL) if verb in _OWN_DATA.get(data, "").split() else REFUSED
    grants = [
        cell.grant
        for role in roles
        for cell in MATRIX.get(role, {}).get(data, ())
        if verb in cell.verbs
        and relation in cell.relations
        and (not cell.basis or cell.basis in bases.get(role, ()))
    ]
    return max(grants, key=lambda g: (_STRENGTH.index(g.detail), not g.logged), default=REFUSED)


@dataclass(frozen=True, slots=True)
class CodiceFiscale:
    """What a valid codice fiscale says of a person; a provisional one (11 digits) says nothing."""

    code: str
    birth_date: date | None = None

    @property
    def provisional(self) -> bool:
        return len(self.code) == 11

    def disagrees_with(self, first_name: str, last_name: str, birth_date: date | None) -> bool:
        """Whether name or date of birth would give another code. A doubt to show, not a refusal: spellings vary."""
        if self.provisional:
            return False
        from codicefiscale.codicefiscale import encode_firstname, encode_lastname

        letters = encode_lastname(last_name) + encode_firstname(first_name)
        return self.code[:6] != letters or (birth_date is not None and birth_date != self.birth_date)


def read_codice_fiscale(text: str) -> CodiceFiscale:
    """The code without spaces, in capitals, checked to its control character. Raises ValueError."""
    code = "".join(text.split()).upper()
    if len(code) == 11 and code.isascii() and code.isdigit():
        if _control_digit(code) != int(code[-1]) or code == "0" * 11:
            raise ValueError(text)
        return CodiceFiscale(code)
    from codicefiscale.codicefiscale import decode  # loads the municipalities of a century: not at start

    try:
        said = decode(code)
    except (ValueError, TypeError, KeyError, IndexError):
        raise ValueError(text) from None
    return CodiceFiscale(code, said["birthdate"].date())


def _control_digit(digits: str) -> int:
    total = 0
    for place, char in enumerate(digits[:10]):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


# Letters and digits that nobody confuses on paper: no 0 O, 1 I L, 2 Z, 5 S, 8 B.
LETTER_ALPHABET = "ACDEFGHJKMNPQRTUVWXY34679"
LETTER_LENGTH = 12


def letter_code(choose: Callable[[str], str]) -> str:
    """A new code; `choose` draws one character (secrets.choice)."""
    return "".join(choose(LETTER_ALPHABET) for _ in range(LETTER_LENGTH))


def tidy_letter_code(text: str) -> str:
    """What a person typed or scanned, as it is stored: capitals, no dashes or spaces."""
    return "".join(char for char in text.upper() if char.isalnum())[:40]


def show_letter_code(code: str) -> str:
    """In groups of four, for paper and voice."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
