"""The form of the permission matrix.

Each app lists its addresses in `matrix/<app>.py` as `ROWS = [Row(...), ...]`. A row names one URL pattern and,
for every role, the HTTP status it gets: `codes` for people of the network that owns the object, `other` for the
same roles of the other network. "*" is the default of both. `test_permissions.py` asks for every row as every
role, and fails for any URL pattern of ours that no row lists. URL sets of third parties are in `prefixes.py`.

    Row("enrolments:edition", lambda body: {"code": body.edition.code},
        codes={"*": 404, "anonymous": 302, "tutor": 200}, other={"*": 404, "anonymous": 302})

A page without an object of its own (a list) answers the same to both: leave `other` out. POST rows are asked with
`data(body)` or an empty body; the status tells who may try, so give the code of a *refused or invalid form* where
an empty body cannot succeed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ROLES = (
    "anonymous",
    "beneficiary",
    "stranger",
    "trainer",
    "tutor",
    "training_director",
    "social_worker",
    "cpi_operator",
    "agency_operator",
    "consortium_coordinator",
    "inspector",
    "administrator",
    "data_protection_officer",
)


def nothing(body: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One address and method, and what each role gets."""

    url: str
    kwargs: Callable[[Any], dict[str, Any]] = nothing
    codes: dict[str, int] = field(default_factory=dict)
    other: dict[str, int] | None = None
    method: str = "get"
    data: Callable[[Any], dict[str, Any]] = nothing
    #: makes what the address needs (a page to close, a record), given the network that owns it
    setup: Callable[[Any], Any] | None = None

    def expected(self, role: str, *, own: bool) -> int:
        table = self.codes if own or self.other is None else self.other
        if role not in table and "*" not in table:
            raise AssertionError(f"{self.url}: no code for {role}")
        return table.get(role, table.get("*"))
