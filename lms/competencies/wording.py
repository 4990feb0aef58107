"""Verdicts in plain words, for people without an account."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.dates import day

from .queries import ADDED, WRAPPER, Facts, Standing, Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Words:
    """A title of a few words, what it means and what to do, and how serious it is (of an alert)."""

    title: str
    text: str
    level: str


def verdict(found: Verdict, facts: Facts | None) -> Words:
    """What a verdict means, in one sentence or two."""
    issuer = facts.issuer if facts else found.issuer
    if found.standing == Standing.VALID:
        text = _("It was issued by %(issuer)s and nothing has been changed since.") % {"issuer": issuer}
        return Words(_("This certificate is valid"), text, "success")
    if found.standing == Standing.EXPIRED:
        return Words(
            _("This certificate has expired"),
            _("It was in order, but it counted only until a day that is past."),
            "warning",
        )
    if found.standing == Standing.REVOKED and found.record:
        words = {"issuer": issuer, "day": day(found.record.revocation.at)}
        text = _("%(issuer)s took it back on %(day)s. It no longer counts.") % words
        return Words(_("This certificate was revoked"), text, "danger")
    if found.standing == Standing.SUSPENDED:
        text = _("%(issuer)s is looking at it again. For now it does not count: ask again in a few days.")
        return Words(_("This certificate is suspended"), text % {"issuer": issuer}, "warning")
    if found.standing == Standing.ALTERED:
        return Words(_("This certificate was changed"), _altered(found.note), "danger")
    if found.standing == Standing.UNKNOWN_ISSUER:
        return Words(_("We do not know who issued this"), _unknown(found), "warning")
    return Words(
        _("There is no certificate with this number"),
        _("Compare the number letter by letter, or send us the file that the person received."),
        "danger",
    )


def _altered(note: str) -> str:
    if note == WRAPPER:
        return _(
            "What the file shows is not what we gave out: do not rely on its picture or its pages. "
            "The certificate hidden inside it is genuine, and it is the one below."
        )
    if note == ADDED:
        return _(
            "Something was added to this PDF after it was sealed: do not rely on what was added. "
            "What was sealed is below."
        )
    return _(
        "What it says now is not what was signed: do not rely on it. "
        "Ask the person for the original file, or for a link."
    )


def _unknown(found: Verdict) -> str:
    words = {"issuer": found.issuer}
    if found.reading.signature == "theirs":
        return (
            _(
                "Nobody changed it since it was signed, but it says that it comes from “%(issuer)s”, which does not "
                "belong to this network. Ask there."
            )
            % words
        )
    return (
        _(
            "It says that it comes from “%(issuer)s”, which does not belong to this network, and we have no key to "
            "check its signature with. Ask there."
        )
        % words
    )


_PROBLEMS: dict[str, "_StrPromise"] = {
    "empty": gettext_lazy("The file is empty. Choose it again."),
    "size": gettext_lazy("The file is too big: a certificate has at most 5 MB."),
    "heavy": gettext_lazy(
        "The file is built so that reading it never ends, so we stopped. Ask for the original file."
    ),
    "busy": gettext_lazy("Many files are being checked just now. Wait a minute and send it again."),
    "format": gettext_lazy(
        "We cannot read this kind of file. Send the PDF, the badge picture (PNG or SVG) or the JSON file that the "
        "person received. If you have a photograph of a square code, point your phone's camera at the code instead."
    ),
    "png.none": gettext_lazy(
        "There is no certificate inside this picture: it may be a copy or a screenshot. Ask for the original file, or "
        "point your phone's camera at the square code."
    ),
    "svg.none": gettext_lazy("There is no certificate inside this picture. Ask for the original file."),
    "pdf.none": gettext_lazy(
        "This PDF was not sealed here and carries no certificate: it may be a scan or a print. Look for the square "
        "code on it, or write its number below."
    ),
    "pdf.locked": gettext_lazy("This PDF is locked with a password. Ask for one that is not."),
}
_BROKEN = gettext_lazy(
    "The file is damaged or was saved again by another program. Ask for the original file."
)
_NOT_ONE = gettext_lazy("The file holds more than one certificate. Send them one at a time.")
_NO_BADGE = gettext_lazy(
    "What the file holds is not a certificate (Open Badges 3.0) with its issuer, its person and its achievement."
)


def problem_later(code: str) -> "_StrPromise":
    """The same, for a form's class: in the language of whoever reads it."""
    return _PROBLEMS[code]


def problem(code: str) -> str:
    """One sentence for a file that could not be read: what is wrong and what to do."""
    if code in _PROBLEMS:
        return str(_PROBLEMS[code])
    kind = code.rpartition(".")[2]
    if kind in {"type", "context", "issuer", "subject"}:
        return str(_NO_BADGE)
    if kind == "several":
        return str(_NOT_ONE)
    if kind in {"size", "deep"}:
        return str(_PROBLEMS["heavy"])
    return str(_BROKEN)
