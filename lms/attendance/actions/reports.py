"""The report (verbale) of an inspector, written into the register."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.enrolments.queries import local_day
from lms.errors import Refused

from ..models import EntryKind, InspectionReport, Register, RegisterPage
from .entries import append_entry


def write_report(
    register: Register,
    *,
    number: str,
    inspected_on: date,
    name: str,
    office: str,
    text: str,
    by: Any,
    at: datetime,
    page: RegisterPage | None = None,
) -> InspectionReport:
    """Add an inspector's report to a register, as an entry of its chain; `page`: of the class that was visited.

    Also into a register that is closed. Twice the same, by the same person, is one. Locks the register.
    """
    if inspected_on > local_day(at):
        raise Refused(
            "report.future", _("The day of the inspection has not come yet. Look at the date again.")
        )
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=register.pk)
        said = {
            "number": number.strip(),
            "name": name.strip(),
            "office": office.strip(),
            "text": text.strip(),
        }
        same = register.inspection_reports.filter(
            **said, inspected_on=inspected_on, page=page, written_by=by
        ).first()
        if same:
            return same
        body = {
            **said,
            "inspected_on": inspected_on.isoformat(),
            "class": str(page.session.uuid) if page else "",
            "page": page.number if page else None,
        }
        entry = append_entry(register, EntryKind.INSPECTION, body, by=by, at=at, page=page)
        report = InspectionReport.objects.create(
            register=register,
            page=page,
            inspected_on=inspected_on,
            written_by=by,
            written_at=at,
            entry=entry,
            **said,
        )
        record("write.inspection_report", by=by, target=report, at=at)
    return report
