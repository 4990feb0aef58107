"""What the timetable asks of the register."""

from typing import Any

from wagtail import hooks

from . import actions


@hooks.register("class_has_begun")
def class_has_begun(session: Any) -> bool:
    """Whether somebody has begun a class, also before its time; it begins no more until the asker's transaction ends."""
    return actions.lock_and_tell_begun(session)
