"""What people can do with editions: the feature list."""

from .authors import assign_author, remove_author
from .calendar import make_feed, revoke_feed
from .editions import (
    assign_staff,
    cancel_class,
    create_edition,
    end_staff,
    move_class,
    plan_class,
    update_edition,
)
from .places import apply, approve, refer, reject, withdraw
from .recoveries import plan_recovery

__all__ = [
    "apply",
    "approve",
    "assign_author",
    "assign_staff",
    "cancel_class",
    "create_edition",
    "end_staff",
    "make_feed",
    "move_class",
    "plan_class",
    "plan_recovery",
    "refer",
    "reject",
    "remove_author",
    "revoke_feed",
    "update_edition",
    "withdraw",
]
