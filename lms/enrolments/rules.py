"""What follows from the dates and places of an edition: pure."""

from datetime import date, datetime

UPCOMING, RUNNING, ENDED = "upcoming", "running", "ended"

# Who may do what in an edition, by the task one has in it.
MANAGERS = frozenset({"tutor", "director"})
TEACHING = frozenset({"trainer", "tutor", "director"})
# The role in an agency that a task in an edition asks for.
ROLE_FOR_TASK = {
    "trainer": "trainer",
    "tutor": "tutor",
    "director": "training_director",
    "inspector": "inspector",
}
# The roles that refer the people they follow.
REFERRING_ROLES = frozenset({"social_worker", "cpi_operator", "agency_operator"})
# Words that are addresses of their own beside the code of an edition.
RESERVED_CODES = frozenset({"nuova", "iscrizioni", "lezioni", "calendario", "ore", "aiuto", "file"})
# What holds or asks for a place.
OPEN_STATUSES = frozenset({"applied", "waiting", "active"})


def phase(starts_on: date, ends_on: date, today: date) -> str:
    """Where a run of a course stands on one day; its first and last day belong to it."""
    if today < starts_on:
        return UPCOMING
    return RUNNING if today <= ends_on else ENDED


def free_places(capacity: int, active: int) -> int:
    """Places left, never below none."""
    return max(capacity - active, 0)


def status_on_entry(capacity: int, active: int, waiting: int) -> str:
    """Whoever comes while others wait goes behind them, even if a place has just come free."""
    return "active" if free_places(capacity, active) > 0 and waiting == 0 else "waiting"


def overlaps(a_start: datetime, a_end: datetime, b_start: datetime, b_end: datetime) -> bool:
    """Do two spans of time share any moment? Touching ends do not."""
    return a_start < b_end and b_start < a_end
