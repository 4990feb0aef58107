"""Presence prompts in a room. What they mean is attendance's; the room announces, shows and passes on."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from lms.attendance import actions as attendance
from lms.attendance import queries as attendance_read
from lms.errors import Refused

from .. import events
from ..access import Seat
from ..broadcast import send_on_commit
from ..models import Room
from .shared import lock


def prompt_for(seat: Seat, *, at: datetime) -> events.PromptNow | None:
    """The prompt that stands, as this person must see it. One query, two when there is one."""
    prompt = attendance_read.prompt_now(seat.session, at=at)
    if prompt is None:
        return None
    answered = seat.role != "learner" or attendance_read.has_answered(prompt, seat.user)
    return _now(prompt, at=at, answered=answered)


@transaction.atomic
def ask_presence(seat: Seat, *, key: UUID, at: datetime) -> None:
    """The trainer asks who is there. The same key twice is one question. Locks the room."""
    seat.must_lead()
    lock(seat.room)
    known = attendance_read.prompt_now(seat.session, at=at)
    prompt = attendance.ask_presence(seat.session, key=key, by=seat.user, at=at)
    if known is None:
        send_on_commit(seat.room, events.PromptAsked(prompt=_now(prompt, at=at)))


def ask_when_due(room: Room, *, at: datetime) -> None:
    """Ask as the policy says; every process looks every few seconds and one of them asks. Locks the room."""
    with transaction.atomic():
        prompt = attendance.ask_when_due(room.session, at=at)
        if prompt is not None:
            send_on_commit(room, events.PromptAsked(prompt=_now(prompt, at=at)))


def answer_presence(seat: Seat, prompt: UUID, *, key: UUID, at: datetime) -> events.PromptNoted:
    """Store that this person is there; says whether it was in time. Safe to call twice. Locks the room."""
    seat.must_take_part()
    if seat.role != "learner":
        raise Refused("prompt.not_asked", _("Only learners are asked."))
    found = _prompt(seat, prompt)
    with transaction.atomic():
        lock(seat.room)
        answer = attendance.answer_presence(found, seat.user, key=key, at=at)
        _tell_answered(seat, answer, at)
    return events.PromptNoted(prompt=found.uuid, late=answer.answered_at > found.deadline)


def confirm_by_voice(seat: Seat, prompt: UUID, person: UUID, *, at: datetime) -> None:
    """The trainer heard somebody say that they are there. Safe to call twice. Locks the room."""
    seat.must_help()
    who = get_user_model().objects.filter(uuid=person).first()
    if who is None or not attendance_read.is_learner_of(seat.session, who):
        raise Refused("room.no_learner", _("This person is not a learner of this class."), status=404)
    found = _prompt(seat, prompt)
    with transaction.atomic():
        lock(seat.room)
        answer = attendance.confirm_by_voice(found, who, by=seat.user, at=at)
        _tell_answered(seat, answer, at)


def _tell_answered(seat: Seat, answer, at: datetime) -> None:
    """Only of an answer that was stored just now: a repeated one is no news."""
    if answer.answered_at == at:
        event = events.PromptAnswered(
            prompt=answer.prompt.uuid, person=answer.person.uuid, by_voice=answer.confirmed_by_id is not None
        )
        send_on_commit(seat.room, event)


def _prompt(seat: Seat, uuid: UUID):
    prompt = attendance_read.prompt_of(seat.session, uuid)
    if prompt is None:
        raise Refused("prompt.unknown", _("This question is not of this class."), status=404)
    return prompt


def _now(prompt, *, at: datetime, answered: bool = False) -> events.PromptNow:
    return events.PromptNow(
        id=prompt.uuid,
        opens_in=max(round((prompt.opens_at - at).total_seconds(), 1), 0.0),
        closes_in=max(round((prompt.deadline - at).total_seconds(), 1), 0.0),
        answered=answered,
    )
