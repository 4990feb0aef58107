"""Somebody, as the room is told of them."""

from typing import Literal
from uuid import UUID

from .wire import Wire

Role = Literal["learner", "trainer", "tutor", "director", "inspector"]


class Person(Wire):
    """Somebody in the room. Classmates read `name` ("Amina K."); `full_name` goes to staff only."""

    id: UUID
    name: str
    full_name: str | None = None
    role: Role

    def as_classmates_see(self) -> "Person":
        return self.model_copy(update={"full_name": None})
