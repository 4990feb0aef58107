"""The attendance rules of editions: what holds on a day, and how it came to hold."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from .. import rules
from ..models import AttendancePolicy


def policy_for(edition: Any, *, on: date | None = None) -> rules.Policy:
    """The policy of an edition on a day, or today: of each parameter the newest version whose first day has come.

    Its `version` is the newest one that there is, by which the answer was found. Without any: the defaults, 0.
    """
    return policy_with_sources(edition, on=on)[0]


def policies_of(edition_ids: Iterable[int], *, on: date | None = None) -> dict[int, rules.Policy]:
    """The same for many editions. One query."""
    ids = list(edition_ids)
    versions: dict[int, list[AttendancePolicy]] = defaultdict(list)
    for row in AttendancePolicy.objects.filter(edition__in=ids).order_by("version"):
        versions[row.edition_id].append(row)
    day = on or timezone.localdate()
    return {pk: _policy(versions[pk], day)[0] for pk in ids}


def policy_with_sources(edition: Any, *, on: date | None = None) -> tuple[rules.Policy, dict[str, Any]]:
    """The policy on a day, and each of its parameters with value, source and first day, defaults included."""
    versions = list(AttendancePolicy.objects.filter(edition=edition).order_by("version"))
    policy, held = _policy(versions, on or timezone.localdate())
    return policy, rules.all_parameters(policy, held)


def _policy(versions: list[AttendancePolicy], day: date) -> tuple[rules.Policy, dict[str, Any]]:
    held = rules.in_force([row.parameters for row in versions], day)
    return rules.policy_from(held, versions[-1].version if versions else 0), held


def policy_versions(edition: Any) -> list[AttendancePolicy]:
    """Every version, newest first, with who wrote it."""
    return list(
        AttendancePolicy.objects.filter(edition=edition).select_related("made_by").order_by("-version")
    )


def with_policy_version(editions: QuerySet) -> QuerySet:
    """Editions with the number of their newest version, for lists; the newest edition first."""
    return editions.annotate(policy_version=Max("attendance_policies__version")).order_by(
        "-starts_on", "code"
    )
