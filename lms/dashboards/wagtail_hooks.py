"""The navigation of a signed-in person: what each role needs every day, and nothing else."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks

from cms.hooks import HEADER_ITEMS, HeaderItem
from lms.people import access as people
from lms.people.access import Role

from .access import CARE, HOMES, TEACHING

ABSENCES = frozenset({Role.TUTOR, Role.SOCIAL_WORKER, Role.CPI_OPERATOR})
RUNNING = frozenset({Role.TUTOR, Role.TRAINING_DIRECTOR, Role.ADMINISTRATOR})


@hooks.register(HEADER_ITEMS)
def header_items(request: HttpRequest) -> Iterable[HeaderItem]:
    roles = people.roles_of(request.user)
    own = HeaderItem(_("My data"), reverse("people:profile"), "user", own=True)
    if not roles - HOMES["learner"]:
        return [  # the four doors at the bottom of a learner's page
            HeaderItem(_("Today"), reverse("dashboards:home"), "today", key="today", order=10),
            HeaderItem(_("Courses"), reverse("progress:courses"), "courses", key="courses", order=20),
            HeaderItem(_("Hours"), reverse("progress:hours"), "hours", key="hours", order=30),
            HeaderItem(_("Help"), reverse("progress:help"), "help", key="help", order=40),
            own,
        ]
    items = [own, HeaderItem(_("Today"), "/oggi/", "today", key="today", order=10)]
    if roles & (TEACHING | CARE):
        items.append(HeaderItem(_("People"), "/oggi/persone/", "users", key="people", order=20))
    if roles & (TEACHING | CARE):
        items.append(HeaderItem(_("Editions"), "/edizioni/", "calendar", key="editions", order=30))
    if roles & (TEACHING | CARE):
        items.append(HeaderItem(_("Attendance"), "/presenze/", "hours", key="attendance", order=40))
    if roles & TEACHING:
        items.append(HeaderItem(_("Competencies"), "/competenze/", "award", key="competencies", order=60))
        items.append(HeaderItem(_("Write"), "/admin/", "edit", key="write", order=70))
    if roles & ABSENCES:
        items.append(HeaderItem(_("Absences"), "/assenze/", "calendar", key="absences", order=45))
    if roles & (RUNNING | {Role.TRAINER, Role.INSPECTOR, Role.CONSORTIUM_COORDINATOR}):
        items.append(HeaderItem(_("Registers"), "/registri/", "register", key="registers", order=50))
    if roles & {Role.CONSORTIUM_COORDINATOR, Role.ADMINISTRATOR}:
        items.append(HeaderItem(_("Consortium"), "/consorzio/", "building", key="consortium", order=80))
    if roles & {Role.DATA_PROTECTION_OFFICER, Role.CONSORTIUM_COORDINATOR}:
        items.append(HeaderItem(_("Accesses"), "/accessi/", "list", key="accesses", order=85))
    if roles & (CARE | {Role.TUTOR, Role.ADMINISTRATOR}):
        items.append(HeaderItem(_("Accounts"), "/persone/", "user", key="accounts", order=90))
    return items
