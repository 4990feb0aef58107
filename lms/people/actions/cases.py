"""Who follows whom."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.errors import Refused

from .. import access
from ..models import Agency, CaseAssignment, Membership, User
from ..queries import on_day


@transaction.atomic
def assign_case(
    professional: User, beneficiary: User, agency: Agency, *, basis: str, by: User | None, at: datetime
) -> CaseAssignment:
    """Let this professional follow this person for this agency from today. Locks the person. Safe to call twice.

    An administrator assigns anybody; whoever follows the person already brings a colleague into the équipe.
    """
    if by is not None and not access.administers(by, agency) and not access.follows(by, beneficiary):
        raise Refused(
            "case.not_yours_to_assign",
            _("Only who follows this person, or an administrator, decides who else does."),
            status=403,
        )
    today = timezone.localdate(at)
    if not Membership.objects.filter(
        on_day(today), user=professional, agency=agency, role__in=access.CASE_ROLES
    ).exists():
        raise Refused(
            "case.not_in_agency",
            _("%(name)s does not work with people in this body. Give the role first.")
            % {"name": professional},
        )
    User.objects.select_for_update().get(pk=beneficiary.pk)
    found = CaseAssignment.objects.filter(
        on_day(today), professional=professional, beneficiary=beneficiary, agency=agency
    ).first()
    if found:
        return found
    case = CaseAssignment.objects.create(
        professional=professional,
        beneficiary=beneficiary,
        agency=agency,
        basis_of_care=basis,
        starts_on=today,
    )
    record("write.case", by=by, subject=beneficiary, target=case, purpose=f"+ {professional}", at=at)
    return case


@transaction.atomic
def end_case(case: CaseAssignment, *, by: User | None, at: datetime) -> CaseAssignment:
    """End this assignment at once. Locks its row. Safe to call twice."""
    locked = CaseAssignment.objects.select_for_update().get(pk=case.pk)
    if by is not None and by.pk != locked.professional_id and not access.administers(by, locked.agency):
        raise Refused(
            "case.not_yours_to_end",
            _("Only who follows the person, or an administrator, ends this."),
            status=403,
        )
    today = timezone.localdate(at)
    if locked.ends_on is None or locked.ends_on > today:
        locked.ends_on = today
        locked.save(update_fields=["ends_on"])
        record(
            "write.case",
            by=by,
            subject=locked.beneficiary,
            target=locked,
            purpose=f"− {locked.professional}",
            at=at,
        )
    return locked


def assign_case_in(
    agencies: list[Agency], professional: User, beneficiary: User, *, basis: str, by: User, at: datetime
) -> CaseAssignment:
    """assign_case() for the first of these bodies in which the professional works with people."""
    works_in = access.agencies_of(professional, *access.CASE_ROLES)
    agency = next((agency for agency in agencies if agency.pk in works_in), agencies[0])
    return assign_case(professional, beneficiary, agency, basis=basis, by=by, at=at)
