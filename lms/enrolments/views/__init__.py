from .calendar import feed, make_feed, revoke_feed
from .editions import (
    assign_staff,
    cancel_class,
    edit_edition,
    edition,
    editions,
    end_staff,
    move_class,
    new_edition,
    plan_class,
)
from .places import apply, approve, leave, refer, reject, withdraw

__all__ = [
    "apply",
    "approve",
    "assign_staff",
    "cancel_class",
    "edit_edition",
    "edition",
    "editions",
    "end_staff",
    "feed",
    "leave",
    "make_feed",
    "move_class",
    "new_edition",
    "plan_class",
    "refer",
    "reject",
    "revoke_feed",
    "withdraw",
]
