"""The attendance rules of an edition: a change is a new version."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import rules, wording
from ..models import AttendancePolicy
from ..queries.policies import policy_for
from .locks import lock_edition


def set_policy(
    edition: Any,
    parameters: Mapping[str, Mapping[str, Any]],
    *,
    by: Any,
    at: datetime,
    after_version: int | None = None,
) -> AttendancePolicy:
    """Write the next version of an edition's policy; pages already closed keep the one they were closed with.

    Each parameter is {"value", "source", "valid_from"}; what is not named goes on as it was. `after_version` is the
    version that the writer saw: if another one came since, nothing is written. Calling twice writes two versions.
    Locks the edition.
    """
    faults = rules.faults_in(parameters)
    if faults or not parameters:
        raise Refused(
            "policy.invalid",
            _("These parameters need a value in range, a source and a first day: %(names)s.")
            % {"names": ", ".join(sorted(faults)) or "–"},
        )
    with transaction.atomic():
        lock_edition(edition)
        last = AttendancePolicy.objects.filter(edition=edition).order_by("-version").first()
        version = last.version if last else 0
        if after_version is not None and after_version != version:
            raise Refused(
                "policy.changed",
                _(
                    "Somebody wrote version %(version)s in the meantime. Nothing was saved: look at it, then save."
                )
                % {"version": version},
            )
        policy = AttendancePolicy.objects.create(
            edition=edition, version=version + 1, parameters=dict(parameters), made_by=by, made_at=at
        )
        _refuse_contradictions(edition, parameters)
        record("write.attendance_policy", by=by, target=policy, purpose=", ".join(sorted(parameters)), at=at)
    return policy


def _refuse_contradictions(edition: Any, parameters: Mapping[str, Mapping[str, Any]]) -> None:
    """Looks at every day on which one of the new values begins to hold. The version is undone by the refusal."""
    for day in sorted({date.fromisoformat(entry["valid_from"]) for entry in parameters.values()}):
        against = rules.contradictions_in(policy_for(edition, on=day))
        if against:
            raise Refused(
                "policy.contradiction",
                _("These two do not go together: %(pairs)s. Nothing was saved.")
                % {"pairs": "; ".join(" / ".join(map(_named, pair)) for pair in against)},
            )


def _named(parameter: str) -> str:
    return f"“{wording.PARAMETERS[parameter][0]}”"
