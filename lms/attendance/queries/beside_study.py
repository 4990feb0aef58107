"""The stretches of own study, compared with what the pages of own study say."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from ..models import Register, RegisterEntry, StudyInterval

Said = Mapping[str, Any]
#: A sign of activity is written within this time: what is dated before a page, and later than this before its end,
#: may have been written while it was being closed.
_ON_ITS_WAY = timedelta(minutes=5)


class _Row(NamedTuple):
    enrolment: str
    key: str
    revision: int | None
    nominal: int
    begins: str
    last: datetime
    seconds: int
    ended: bool


def unlike_stretches(
    register: Register, entries: Iterable[RegisterEntry], said: Mapping[int, Said]
) -> list[int]:
    """The positions of the pages whose stretches are gone, or other, or have got company. One query."""
    known = {
        str(uuid): _Row(
            str(enrolment), str(key), revision, nominal, _text(begins), last, seconds, bool(ended)
        )
        for uuid, enrolment, key, revision, nominal, begins, last, seconds, ended in (
            StudyInterval.objects.filter(enrolment__edition=register.edition_id)
            .order_by()
            .values_list(
                "uuid",
                "enrolment__uuid",
                "activity_key",
                "revision_id",
                "nominal_minutes",
                "started_at",
                "last_seen_at",
                "seconds",
                "closed_at",
            )
        )
    }
    touched: set[int] = set()
    named: set[str] = set()
    for entry in entries:
        body = said[entry.position]["body"]
        people = set()
        for line in body["learners"]:
            people.add(line["enrolment"])
            for each in line["activities"]:
                named.update(stretch["id"] for stretch in each["stretches"])
                if not _activity_holds(each, line["enrolment"], known):
                    touched.add(entry.position)
        until = datetime.fromisoformat(body["study"]["until"]) - _ON_ITS_WAY
        if any(
            row.enrolment in people and row.seconds and row.last < until
            for uuid, row in known.items()
            if uuid not in named
        ):
            touched.add(entry.position)
    return sorted(touched)


def _activity_holds(each: Said, enrolment: str, known: Mapping[str, _Row]) -> bool:
    """Every stretch of one activity as it was. One that was open may have gone on."""
    rows = [known.get(stretch["id"]) for stretch in each["stretches"]]
    held = [row for row in rows if row is not None]
    return (
        len(held) == len(rows)
        and all((row.enrolment, row.key) == (enrolment, each["key"]) for row in held)
        and sorted({row.revision for row in held if row.revision}) == each["revisions"]
        and max(row.nominal for row in held) == each["nominal_minutes"]
        and all(_stretch_holds(stretch, row) for stretch, row in zip(each["stretches"], held, strict=True))
    )


def _stretch_holds(stretch: Said, row: _Row) -> bool:
    last = datetime.fromisoformat(stretch["to"])
    if row.begins != stretch["from"]:
        return False
    if stretch["open"]:
        return row.last >= last and row.seconds >= stretch["seconds"]
    return row.ended and (row.last, row.seconds) == (last, stretch["seconds"])


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
