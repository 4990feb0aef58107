"""Closing a page of own study: what everybody did on their own time, since the page before."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record_about
from lms.enrolments.queries import current_staff
from lms.errors import Refused
from lms.people.queries import people_by_uuid

from .. import signing
from ..models import EntryKind, Register, StudyPage
from ..queries.facts import sealed_study
from ..queries.own_study import last_study_page, study_body, study_sheet
from ..queries.policies import policy_with_sources
from ..queries.registers import next_page_number
from .entries import append_entry, refuse_closed_register


def close_study_page(register: Register, *, until: datetime, by: Any, at: datetime) -> StudyPage:
    """Close the page of own study that ends at `until`: freeze, number, chain and sign it.

    Locks the register. Safe to call twice with the same end: there is one page for it.
    """
    if until > at:
        raise Refused("study.future", _("The page ends in the future. Choose a moment that has passed."))
    with transaction.atomic():
        register = Register.objects.select_for_update().select_related("edition__course").get(pk=register.pk)
        refuse_closed_register(register)
        last = last_study_page(register)
        if last and last.until == until:
            return last
        if last and last.until > until:
            raise Refused(
                "study.covered",
                _("The pages that are closed already go beyond this moment. Choose a later one."),
            )
        sheet = study_sheet(register, until=until)
        if not sheet.studious:
            raise Refused(
                "study.empty",
                _("Nobody studied on their own since the last page: there is nothing to close."),
            )
        policy, parameters = policy_with_sources(register.edition, on=timezone.localtime(at).date())
        tutors = current_staff(register.edition, at).filter(role="tutor").exists()
        due = signing.Due(
            ("tutor", "director") if tutors else ("director",), at + timedelta(hours=policy.sign_hours)
        )
        number = next_page_number(register)
        body = {
            **study_body(sheet, number=number),
            "policy": {"version": policy.version, "parameters": parameters},
            "signatures": due.as_json(),
            "facts": sealed_study(register.edition_id, version=policy.version),
        }
        entry = append_entry(register, EntryKind.STUDY, body, by=by, at=at)
        page = StudyPage.objects.create(
            register=register,
            number=number,
            since=sheet.since,
            until=until,
            closed_at=at,
            closed_by=by,
            entry=entry,
        )
        people = people_by_uuid(line.person for line in sheet.lines if line.activities)
        record_about("write.register_study_closed", people, by=by, target=page, at=at)
    return page
