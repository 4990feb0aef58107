"""What the pages of an edition's attendance rules show: values in words, effects, history, shares of the course."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.queries import outlines
from lms.enrolments.queries import Mode, held_classes

from .. import rules, wording
from ..models import AttendancePolicy
from .grids import outcome_words
from .policies import policy_versions, policy_with_sources


@dataclass(frozen=True)
class Change:
    """One parameter that a version wrote."""

    label: wording.Words
    words: str
    source: str
    valid_from: date


@dataclass(frozen=True)
class Parameter:
    """One parameter as a page shows it. `later`: what a version already says for a day still to come."""

    name: str
    label: wording.Words
    sentence: wording.Words
    words: str
    source: str
    valid_from: date | None
    later: Change | None = None

    @property
    def is_default(self) -> bool:
        return self.valid_from is None


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    title: wording.Words
    parameters: list[Parameter]


def sections_of(edition: Any, *, on: date) -> list[Section]:
    """Every parameter of an edition on a day, with its source. Two queries."""
    _policy, entries = policy_with_sources(edition, on=on)
    coming: dict[str, Mapping[str, Any]] = {}
    for version in reversed(policy_versions(edition)):
        coming |= {n: e for n, e in version.parameters.items() if date.fromisoformat(e["valid_from"]) > on}
    return [
        Section(title, [_parameter(name, entries[name], coming.get(name)) for name in names])
        for title, names in wording.SECTIONS
    ]


def _parameter(name: str, entry: Mapping[str, Any], coming: Mapping[str, Any] | None) -> Parameter:
    label, sentence = wording.PARAMETERS[name]
    first = entry.get("valid_from")
    return Parameter(
        name=name,
        label=label,
        sentence=sentence,
        words=wording.value_words(name, entry["value"]),
        source=entry["source"],
        valid_from=date.fromisoformat(first) if first else None,
        later=_change(name, coming) if coming else None,
    )


def _change(name: str, entry: Mapping[str, Any]) -> Change:
    return Change(
        wording.PARAMETERS[name][0] if name in wording.PARAMETERS else name,
        wording.value_words(name, entry["value"]),
        entry["source"],
        date.fromisoformat(entry["valid_from"]),
    )


@dataclass(frozen=True)
class Version:
    """One version in the history."""

    row: AttendancePolicy
    changes: list[Change]


def history_of(edition: Any) -> list[Version]:
    """Every version, newest first: who, when, and what it wrote. One query."""
    return [Version(row, changes_in(row.parameters)) for row in policy_versions(edition)]


def changes_in(parameters: Mapping[str, Mapping[str, Any]]) -> list[Change]:
    """What a version would write, in words."""
    return [_change(name, entry) for name, entry in parameters.items()]


@dataclass(frozen=True)
class SampleRow:
    """One line of "what would change": somebody, or a share, before and after."""

    label: str
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


def sample_of(before: rules.Policy, after: rules.Policy) -> list[SampleRow]:
    """A sample class, one who studies alone and a course of a hundred hours, under both policies."""

    def person(result: rules.Outcome) -> str:
        minutes = ngettext("%(n)s minute", "%(n)s minutes", result.minutes) % {"n": result.minutes}
        return f"{minutes} · {outcome_words(result)}"

    def hours(number: int | None) -> str:
        return (
            _("no limit") if number is None else ngettext("%(n)s hour", "%(n)s hours", number) % {"n": number}
        )

    rows = [
        SampleRow(str(wording.SAMPLE[each.who]), person(each.before), person(each.after))
        for each in rules.effects(before, after)
    ]
    alone = [
        ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
        for n in (rules.study_effect(before), rules.study_effect(after))
    ]
    rows.append(SampleRow(_("studied alone, silent for 12 of 26 minutes, lesson of 20"), *alone))
    old, new = rules.course_effects(before), rules.course_effects(after)
    return rows + [
        SampleRow(
            _("course of 100 hours: %(what)s") % {"what": _lower(wording.PARAMETERS[name][0])},
            hours(old[name]),
            hours(new[name]),
        )
        for name in old
    ]


def _lower(words: wording.Words) -> str:
    text = str(words)
    return text[:1].lower() + text[1:]


def shares_of(edition: Any) -> dict[str, int]:
    """Planned minutes of an edition: held at a distance, studied alone, in presence, and all. Few queries.

    A mixed class is held as one in presence.
    """
    online = presence = 0
    for session in held_classes([edition.pk]):
        length = rules.whole_minutes(session.ends_at - session.starts_at)
        if session.mode == Mode.ONLINE:
            online += length
        else:
            presence += length
    outline = outlines([edition.course])[edition.course_id]
    alone = sum(activity.nominal_minutes for activity in outline.activities)
    return {"online": online, "alone": alone, "presence": presence, "total": online + alone + presence}


def shares_too_large(shares: Mapping[str, int], policy: rules.Policy) -> Sequence[str]:
    """The names of the parameters that the timetable of an edition does not keep."""
    total = shares["total"]
    found = []
    if policy.fad_max_pct_theory is not None and (shares["online"] + shares["alone"]) * 100 > (
        total * policy.fad_max_pct_theory
    ):
        found.append("fad_max_pct_theory")
    if policy.fad_async_max_pct is not None and shares["alone"] * 100 > total * policy.fad_async_max_pct:
        found.append("fad_async_max_pct")
    return found
