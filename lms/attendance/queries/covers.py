"""The cover of a register: what identifies the course, as known when the register is opened."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..models import Particulars, Register, Vidimation
from .policies import policy_with_sources
from .sheets import name_of

_TEXTS = (
    "protocol",
    "region",
    "tax_code",
    "accreditation",
    "seat",
    "representative",
    "activity_id",
    "figure",
)
_HOURS = ("presence", "online", "own", "stage")


def cover_of(register: Register, *, at: datetime) -> dict[str, Any]:
    """The cover as plain data, in the order of the paper one. What nobody wrote is empty and says so on paper."""
    edition = register.edition
    course = edition.course
    particulars = particulars_of(edition)
    _policy, parameters = policy_with_sources(edition, on=timezone.localtime(at).date())
    staff = edition.staff.select_related("user").order_by("role", "id")
    return {
        "register": {"code": register.code, "uuid": str(register.uuid)},
        "programme": edition.notice,
        "cup": edition.cup,
        "body": {"name": edition.agency.name, "seat": edition.agency.municipality},
        "particulars": particulars_json(particulars),
        "fad": {
            name: parameters[name]
            for name in ("fad_max_pct_theory", "fad_async_max_pct")
            if name in parameters
        },
        "course": {"code": course.code, "title": course.title},
        "edition": {
            "code": edition.code,
            "title": edition.title,
            "uuid": str(edition.uuid),
            "mode": edition.mode,
            "place": edition.place,
            "first_day": edition.starts_on.isoformat(),
            "last_day": edition.ends_on.isoformat(),
        },
        "staff": [
            {"role": task.role, "name": name_of(task.user), "uuid": str(task.user.uuid)} for task in staff
        ],
        "platform": {
            "name": settings.SITE_NAME,
            "version": settings.VERSION,
            "address": settings.SITE_URL,
        },
        "time_zone": "Europe/Rome",
        "hour_minutes": 60,
    }


def particulars_of(edition: Any) -> Particulars | None:
    """What was written of an edition's cover so far."""
    return Particulars.objects.filter(edition=edition).first()


def stamps_of(register: Register) -> list[Vidimation]:
    """Every stamp of a register, the one that counts first."""
    return list(register.vidimations.select_related("recorded_by").order_by("-recorded_at", "-id"))


def particulars_json(row: Particulars | None) -> dict[str, Any]:
    """The particulars as the cover has them: every name, empty where nobody wrote anything."""
    said: dict[str, Any] = {name: getattr(row, name) if row else "" for name in _TEXTS}
    said["protocol_on"] = row.protocol_on.isoformat() if row and row.protocol_on else ""
    said["hours"] = {name: getattr(row, f"hours_{name}") if row else None for name in _HOURS}
    return said


def vidimation_json(register: Register) -> dict[str, Any] | None:
    """The stamp that counts for a register now, or None: a page says which one it was written under."""
    stamp = register.vidimations.order_by("-recorded_at", "-id").first()
    if stamp is None:
        return None
    return {
        "kind": stamp.kind,
        "office": stamp.office,
        "number": stamp.number,
        "stamped_on": stamp.stamped_on.isoformat(),
        "protocol": stamp.protocol,
    }
