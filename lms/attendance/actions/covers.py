"""What stands before the pages: the particulars of the cover, and the stamp (vidimazione) of an office."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.enrolments.queries import local_day
from lms.errors import Refused

from ..models import EntryKind, Particulars, Register, RegisterPage, Vidimation, VidimationKind
from ..queries.covers import cover_of
from ..queries.registers import cover_as_signed
from .entries import append_entry
from .locks import lock_edition


def set_particulars(edition: Any, values: Mapping[str, Any], *, by: Any, at: datetime) -> Particulars:
    """Write what the cover of an edition's register says beyond the edition.

    Where the register is open already, its newest cover is an entry of the chain: the first one stays. Twice the
    same is once. Locks the edition, then the register.
    """
    with transaction.atomic():
        lock_edition(edition)
        register = Register.objects.select_for_update().filter(edition=edition).first()
        if register and register.closed_at:
            raise Refused(
                "register.closed", _("This register is closed: its cover does not change any more.")
            )
        row, _made = Particulars.objects.update_or_create(
            edition=edition, defaults={**values, "written_by": by, "written_at": at}
        )
        record("write.register_cover", by=by, target=edition, at=at)
        if register:
            cover = cover_of(register, at=at)
            if cover != cover_as_signed(register):
                append_entry(register, EntryKind.COVER, cover, by=by, at=at)
    return row


def record_vidimation(
    register: Register,
    *,
    kind: str,
    office: str,
    number: str,
    stamped_on: date,
    protocol: str,
    by: Any,
    at: datetime,
) -> Vidimation:
    """Record the stamp that an office put on a register, or its electronic equivalent: an entry of the chain.

    It says how many pages were closed by then, since a stamp comes before the first. A later one takes its place and
    both stay readable. Twice the same is one. Locks the register.
    """
    if stamped_on > local_day(at):
        raise Refused("vidimation.future", _("The date of the stamp has not come yet. Look at it again."))
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=register.pk)
        if register.closed_at:
            raise Refused("register.closed", _("This register is closed: nothing is added to it any more."))
        said = {
            "kind": VidimationKind(kind).value,
            "office": office.strip(),
            "number": number.strip(),
            "stamped_on": stamped_on,
            "protocol": protocol.strip(),
        }
        last = register.vidimations.order_by("-recorded_at", "-id").first()
        if last and all(getattr(last, name) == value for name, value in said.items()):
            return last
        begun = RegisterPage.objects.filter(register=register, started_at__isnull=False).count()
        body = {**said, "stamped_on": stamped_on.isoformat(), "classes_begun": begun}
        entry = append_entry(register, EntryKind.VIDIMATION, body, by=by, at=at)
        stamp = Vidimation.objects.create(
            register=register, recorded_by=by, recorded_at=at, entry=entry, **said
        )
        record("write.register_stamped", by=by, target=stamp, at=at)
    return stamp
