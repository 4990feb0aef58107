"""Signatures as pages show them: who signed, who is awaited, what waits for one person."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from lms.people.proofs import METHODS

from .. import signing
from ..models import EntryKind, PageSignature, RegisterEntry, SignerRole
from .frozen import body_of_entry

LEVELS = {
    signing.SIGNED: "success",
    signing.SIGNED_LATE: "warning",
    signing.NEXT: "info",
    signing.LATER: "neutral",
    signing.OVERDUE: "danger",
}


@dataclass(frozen=True)
class Slot:
    """One signature that a page has or waits for."""

    role: str
    state: str
    due_by: datetime
    signer: str = ""
    signed_at: datetime | None = None
    method: str = ""

    @property
    def role_words(self) -> str:
        return str(SignerRole(self.role).label)

    @property
    def level(self) -> str:
        return LEVELS[self.state]

    @property
    def words(self) -> str:
        return {
            signing.SIGNED: _("Signed"),
            signing.SIGNED_LATE: _("Signed late"),
            signing.NEXT: _("Awaited"),
            signing.LATER: _("Later"),
            signing.OVERDUE: _("Missing, time is over"),
        }[self.state]


def slots_of(entry: RegisterEntry, *, at: datetime) -> list[Slot]:
    """The signatures of one page, given as its entry, in order. Queries only what is not loaded."""
    due = signing.due_from(body_of_entry(entry))
    if due is None:
        return []
    prefetch_related_objects([entry], "signatures__signer")
    given = {row.role: row for row in entry.signatures.all()}
    return [_slot(role, due, given, at) for role in due.roles]


def _slot(role: str, due: signing.Due, given: Mapping[str, PageSignature], at: datetime) -> Slot:
    state = signing.state(role, due, {name: row.signed_at for name, row in given.items()}, at)
    row = given.get(role)
    if row is None:
        return Slot(role, state, due.until)
    method = str(METHODS.get(row.method, row.method))
    return Slot(role, state, due.until, str(row.signer), row.signed_at, method)


def next_for(entry: RegisterEntry, own: Collection[str], *, at: datetime) -> str:
    """The role in which somebody with these roles may sign a page now, or ""."""
    due = signing.due_from(body_of_entry(entry))
    return signing.next_role(own, due, {row.role for row in entry.signatures.all()}, at)


@dataclass(frozen=True)
class ToSign:
    """One page that waits for one person."""

    entry: RegisterEntry
    role: str
    title: str
    number: int | None
    due_by: datetime
    late: bool

    @property
    def role_words(self) -> str:
        return str(SignerRole(self.role).label)


def to_sign(entries: Iterable[tuple[RegisterEntry, Collection[str]]], *, at: datetime) -> list[ToSign]:
    """Of these pages, each with the roles of one person there, those that the person may sign now."""
    found = []
    for entry, roles in entries:
        body = body_of_entry(entry)
        due = signing.due_from(body)
        role = signing.next_role(roles, due, {row.role for row in entry.signatures.all()}, at)
        if role and due:
            found.append(
                ToSign(entry, role, title_of(entry, body), body.get("page"), due.until, at > due.until)
            )
    return found


def title_of(entry: RegisterEntry, body: Mapping[str, Any]) -> str:
    """What a page is about."""
    if entry.kind == EntryKind.PAGE:
        return body["class"]["title"]
    return str(EntryKind(entry.kind).label)
