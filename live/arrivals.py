"""Who comes in to one process, and who goes, by room."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError

from . import actions, clock
from .clients import Client
from .events import Hello
from .sessions import users_of
from .together import Together

log = logging.getLogger("live.arrivals")


@dataclass(frozen=True)
class _Hello:
    scope: dict[str, Any]
    hello: Hello
    at: datetime


class Arrivals:
    """Comings and goings of one event loop; those of the same moment share their work in the database."""

    def __init__(self, boot_id: UUID) -> None:
        self.boot_id = boot_id
        self._coming = Together[_Hello, actions.Arrival](self._join)
        self._going = Together[actions.Leaver, None](self._leave)

    async def join(self, room_id: UUID, scope: dict[str, Any], hello: Hello) -> tuple[actions.Arrival, float]:
        """Come in; returns the arrival and the monotonic clock at its `opened_at`. Raises as `actions.join` says."""
        at, opened = clock.now(), clock.monotonic()
        return await self._coming.do(room_id, _Hello(scope, hello, at)), opened

    async def leave(self, client: Client, reason: str) -> None:
        """Close the client's connection in the record, at its last evidence."""
        assert client.place is not None and client.evidence is not None  # noqa: PT018
        leaver = actions.Leaver(client.place, client.connection_id, client.evidence, reason)
        await self._going.do(client.room_id, leaver)

    def _join(self, room_id: UUID, together: Sequence[_Hello]) -> list[actions.Arrival | Exception]:
        users = users_of([each.scope for each in together])
        comers = [
            actions.Comer(user, each.hello.ticket, each.hello.device, each.hello.resume_seq, each.at)
            for user, each in zip(users, together, strict=True)
        ]
        try:
            return actions.join(room_id, comers, boot_id=self.boot_id)
        except (OperationalError, InterfaceError):  # nobody can come in now
            raise
        except Exception:
            if len(comers) == 1:
                raise
            log.exception("those who came together could not be stored; each comes in alone")
            return [self._alone(room_id, one) for one in comers]

    def _alone(self, room_id: UUID, one: actions.Comer) -> actions.Arrival | Exception:
        """What one comer breaks, the others must not pay for."""
        try:
            return actions.join(room_id, [one], boot_id=self.boot_id)[0]
        except Exception as error:
            return error

    def _leave(self, room_id: UUID, together: Sequence[actions.Leaver]) -> list[None]:
        actions.leave(room_id, together, at=clock.now())
        return [None] * len(together)
