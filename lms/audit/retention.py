"""How long personal data stay: each app's rules in its `retention.py`, and what carries them out.

A model says whose data it holds, on which basis and for how long; a rule says which rows are over, and what is then
done: rows are erased, emptied of the words that identify, or stay for a reason that is said.
"""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from .actions import record
from .models import Entry

Rows = models.QuerySet[Any]


def erase(rows: Rows, at: datetime) -> int:
    """Delete rows that nothing else cites; the rest is counted as staying."""
    done = 0
    for row in rows.iterator():
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue
        done += 1
    return done


@dataclass(frozen=True)
class Rule:
    """What becomes of one model's rows when their time is over.

    `over` gives the rows whose time is over at a moment. Without `act` they stay, and `stays` says why; with it, it
    says why some of them may.
    """

    model: type[models.Model]
    over: Callable[[datetime], Rows]
    act: Callable[[Rows, datetime], int] | None = erase
    stays: str = ""


@dataclass(frozen=True)
class Outcome:
    """One rule, carried out or only looked at. Counts of rows."""

    rule: Rule
    held: int
    over: int
    done: int = 0

    @property
    def staying(self) -> int:
        return self.over - self.done


def rules() -> Iterator[Rule]:
    """The rules of every app, those of the apps above first: they cite the ones below."""
    for config in reversed(list(apps.get_app_configs())):
        if module_has_submodule(config.module, "retention"):
            yield from getattr(importlib.import_module(f"{config.name}.retention"), "RULES", ())


def look(*, at: datetime) -> list[Outcome]:
    """What carrying the rules out would find. Changes nothing."""
    return [_outcome(rule, at) for rule in rules()]


def carry_out(*, at: datetime) -> list[Outcome]:
    """Erase and empty what is over. Each rule is one transaction and, when it did something, one audit entry.

    Safe to call twice: what is gone is not over any more.
    """
    outcomes = []
    for rule in rules():
        found = _outcome(rule, at)
        if rule.act is not None and found.over:
            with transaction.atomic():
                done = rule.act(rule.over(at), at)
                if done:
                    words = f"{rule.model._meta.label}: {done}"
                    record("write.retention", by=None, purpose=words, at=at)
            found = Outcome(rule, found.held, found.over, done)
        outcomes.append(found)
    return outcomes


def _outcome(rule: Rule, at: datetime) -> Outcome:
    return Outcome(rule, rule.model._default_manager.count(), rule.over(at).count())


def years_before(at: datetime, years: int) -> date:
    """The same day that many years earlier; of 29 February, 28 February."""
    return months_before(at, 12 * years)


def months_before(at: datetime, months: int) -> date:
    """The same day that many months earlier, or the last of a shorter month."""
    day = timezone.localtime(at).date()
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def nothing(model: type[models.Model]) -> Callable[[datetime], Rows]:
    """For rows that go with others: none is ever over by itself."""
    return lambda at: model._default_manager.none()


RULES = [
    Rule(
        Entry,
        lambda at: Entry.objects.filter(at__date__lt=years_before(at, 10)),
        act=None,
        stays="the trail is append-only; only the owner of the database cuts it, whole years at a time",
    )
]
