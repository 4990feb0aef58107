"""Addresses of the tools of a class: who runs it prepares and leads, learners answer and look back."""

import tempfile
import uuid
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import timezone

from live import access, actions
from live.models import ChatLine, Deck, Poll
from live.slides import shelf
from lms.attendance.actions import start_class
from tests.architecture.permission_matrix import Row
from tests.live.room_with_tools import deck_of, poll_of

MEMBERS = ("beneficiary", "trainer", "tutor", "training_director", "inspector")
RUNS = ("trainer", "tutor", "training_director")
ABSENT = {"*": 404, "anonymous": 302}


def _codes(runs: int, learner: int, inspector: int) -> dict[str, int]:
    others = {"beneficiary": learner, "inspector": inspector}
    return {"*": 404, "anonymous": 302, **others, **dict.fromkeys(RUNS, runs)}


def room(body: Any, **more: Any) -> dict[str, Any]:
    return {"room_id": body.session.uuid, **more}


def _seat(body: Any) -> Any:
    return access.seat_for(body.trainer, body.session.uuid)


def begun(body: Any) -> None:
    start_class(body.session, by=body.trainer, at=body.session.starts_at)


def with_deck(body: Any) -> None:
    """Page 1 was shown."""
    begun(body)
    seat = _seat(body)
    deck = deck_of(seat.room, seat.user)
    actions.show_slide(seat, deck.uuid, 1, at=timezone.now())


def with_picture(body: Any) -> None:
    with_deck(body)
    with tempfile.NamedTemporaryFile(suffix=".webp") as file:
        shelf.keep_picture(_deck(body).uuid, 1, "small", Path(file.name))


def with_poll(body: Any, *, opened: bool = False) -> None:
    begun(body)
    poll = poll_of(_seat(body), "Quale?", "Uno", "Due")
    if opened:
        actions.act_on_poll(_seat(body), poll.uuid, "open", at=timezone.now())


def with_line(body: Any) -> None:
    begun(body)
    learner = access.seat_for(body.beneficiary, body.session.uuid)
    actions.say(learner, "Buongiorno", key=uuid.uuid4(), at=timezone.now())


def _deck(body: Any) -> Deck:
    return Deck.objects.get(room__session=body.session)


def deck(body: Any, **more: Any) -> dict[str, Any]:
    return room(body, deck_id=_deck(body).uuid, **more)


def poll(body: Any, **more: Any) -> dict[str, Any]:
    return room(body, poll_id=Poll.objects.get(room__session=body.session).uuid, **more)


def line(body: Any) -> dict[str, Any]:
    return room(body, line_id=ChatLine.objects.get(room__session=body.session).uuid)


def small_picture(body: Any) -> dict[str, Any]:
    page = _deck(body).pages.get(number=1)
    return deck(body, number=1, digest=page.digest, size="small")


def row(url: str, kwargs: Any, setup: Any, codes: dict[str, int], method: str = "get", **data: Any) -> Row:
    return Row(url, kwargs, setup=setup, codes=codes, method=method, other=ABSENT, data=lambda body: data)


ROWS = [
    row("live:prepare", room, begun, _codes(200, 403, 403)),
    row("live:decks", room, begun, _codes(200, 403, 403)),
    row("live:bring", room, begun, _codes(400, 403, 403), "post"),  # nothing was chosen
    row("live:move_deck", deck, with_deck, _codes(302, 403, 403), "post"),
    row("live:texts", deck, with_deck, _codes(200, 403, 403)),
    row("live:show_slide", lambda body: deck(body, number=2), with_deck, _codes(302, 403, 403), "post"),
    # the first who may deletes it; for the others it is then not here any more
    row(
        "live:drop_deck",
        lambda body: room(body, deck_id=uuid.UUID(int=5)),
        begun,
        _codes(404, 403, 403),
        "post",
    ),
    row("live:slides", room, with_deck, _codes(200, 200, 200)),
    row("live:deck", deck, with_deck, _codes(200, 200, 200)),
    row("live:picture", small_picture, with_picture, _codes(200, 200, 200)),
    row("live:new_poll", room, begun, _codes(200, 403, 403)),
    row("live:change_poll", poll, with_poll, _codes(200, 403, 403)),
    row(
        "live:drop_poll",
        lambda body: room(body, poll_id=uuid.UUID(int=5)),
        begun,
        _codes(404, 403, 403),
        "post",
    ),
    row("live:poll_act", lambda body: poll(body, do="open"), with_poll, _codes(302, 403, 403), "post"),
    row("live:poll_answers", poll, partial(with_poll, opened=True), _codes(200, 403, 403)),
    # an inspector watches, staff do not answer; an empty answer is refused
    row(
        "live:vote",
        poll,
        partial(with_poll, opened=True),
        _codes(403, 409, 409),
        "post",
        key=str(uuid.uuid4()),
    ),
    row("live:unsay", line, with_line, _codes(302, 403, 403), "post"),
    row("live:open_chat", lambda body: room(body, do="close"), begun, _codes(302, 403, 403), "post"),
]
