"""Whether anybody's place in a class has changed, whoever changed it and in whatever process."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lms.audit import queries as audit
from lms.enrolments.queries import staff_of_editions

from .. import access, clock
from ..models import Room

#: What is on record of a change that may take a seat or a role away, or give one.
_VERBS = frozenset(
    f"write.{verb}"
    for verb in [
        "enrolment",
        "staff",
        "role",
        "person",
        "case",
        "class",
        "class_handed_over",
        "edition",
        "guest",
        "inspector_pass",
        "inspector_pass_revoked",
    ]
)
_ALL_TASKS = ("trainer", "tutor", "director", "inspector")


@dataclass(frozen=True)
class Changed:
    """Users without a seat any more, and users who have it as something else."""

    gone: frozenset[int]
    moved: frozenset[int]


def changes_on_record() -> frozenset[int]:
    """The latest entries of the audit trail that may have changed somebody's place. One query."""
    return audit.latest(_VERBS)


def changed_seats(room_id: UUID, roles: Mapping[int, str]) -> Changed:
    """Who of these people (user → role as they came in) is no longer what they were. Learners are asked together."""
    room = Room.objects.select_related("session__edition").get(session__uuid=room_id)
    gone = access.no_longer_allowed(frozenset(roles), room)
    edition = room.session.edition_id
    staff = staff_of_editions([edition], clock.now(), *_ALL_TASKS).get(edition, [])
    unsure = {pk for pk, role in roles.items() if role != "learner"} | {person.pk for person in staff}
    moved = {pk for pk in unsure & roles.keys() - gone if access.role_now(pk, room) != roles[pk]}
    return Changed(gone, frozenset(moved))
