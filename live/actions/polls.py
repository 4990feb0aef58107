"""Polls: prepared before class or asked in it, answered by learners, summed for all.

A vote locks its poll and not the room, so many people answer at once; opening, closing and showing lock the room
and then the poll.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cms.sanitize import plain
from lms.errors import Refused

from .. import events
from ..access import Seat
from ..broadcast import murmur_on_commit, send_on_commit
from ..models import (
    LONGEST_CHOICE,
    LONGEST_QUESTION,
    LONGEST_WORD,
    MOST_CHOICES,
    Poll,
    PollKind,
    PollState,
    Room,
    Vote,
)
from .shared import lock, must_not_be_over
from .stage import put_on_stage

MOST_POLLS = 60  # of one class
MOST_WORDS = 30  # shown of one poll


@transaction.atomic
def prepare_poll(seat: Seat, *, kind: str, question: str, choices: Iterable[str], at: datetime) -> Poll:
    """Write down a poll; learners know nothing of it until it opens. Locks the room."""
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    if Poll.objects.filter(room=seat.room).count() >= MOST_POLLS:
        raise Refused(
            "poll.too_many", _("This class has many polls already. Delete one that you do not need.")
        )
    poll = Poll(room=seat.room, made_by=seat.user, made_at=at)
    _write(poll, kind, question, choices)
    _tell(poll, seat.room)
    return poll


@transaction.atomic
def change_poll(seat: Seat, poll_id: UUID, *, kind: str, question: str, choices: Iterable[str]) -> Poll:
    """Rewrite a poll that was never opened. Locks the room, then the poll."""
    poll = _to_lead(seat, poll_id)
    _must_be_prepared(poll)
    _write(poll, kind, question, choices)
    _tell(poll, seat.room)
    return poll


@transaction.atomic
def drop_poll(seat: Seat, poll_id: UUID) -> None:
    """Delete a poll that was never opened: nobody answered it. Locks the room, then the poll."""
    poll = _to_lead(seat, poll_id)
    _must_be_prepared(poll)
    poll.delete()
    send_on_commit(seat.room, events.PollDropped(poll=poll_id))


@transaction.atomic
def open_poll(seat: Seat, poll_id: UUID, *, at: datetime) -> None:
    """Let learners answer; also again, after closing. Safe to call twice. Locks the room, then the poll."""
    poll = _to_lead(seat, poll_id)
    if poll.state == PollState.OPEN:
        return
    poll.state, poll.opened_at, poll.closed_at = PollState.OPEN, poll.opened_at or at, None
    poll.save(update_fields=["state", "opened_at", "closed_at"])
    _tell(poll, seat.room)


@transaction.atomic
def close_poll(seat: Seat, poll_id: UUID, *, at: datetime) -> None:
    """No answer counts from now on. Safe to call twice. Locks the room, then the poll."""
    poll = _to_lead(seat, poll_id)
    if poll.state == PollState.OPEN:
        _close(poll, seat.room, at)


@transaction.atomic
def show_results(seat: Seat, poll_id: UUID, shown: bool) -> None:
    """Show the sums to the class, or take them away. Safe to call twice. Locks the room, then the poll."""
    poll = _to_lead(seat, poll_id)
    if poll.state == PollState.PREPARED:
        raise Refused("poll.prepared", _("Open the poll first."))
    if poll.results_shown == shown:
        return
    poll.results_shown = shown
    poll.save(update_fields=["results_shown"])
    _tell(poll, seat.room)
    if not shown and (seat.room.stage, seat.room.stage_of) == ("poll", poll.uuid):
        put_on_stage(seat.room, "slides" if seat.room.deck_id else "nothing")


@transaction.atomic
def hide_word(seat: Seat, poll_id: UUID, word: str, hidden: bool) -> None:
    """Take one word out of the results, or put it back. Safe to call twice. Locks the room, then the poll."""
    poll = _to_lead(seat, poll_id)
    word = _folded(word)
    rest = [one for one in poll.hidden_words if one != word]
    poll.hidden_words = [*rest, word] if hidden else rest
    poll.save(update_fields=["hidden_words"])
    _tell(poll, seat.room)


def act_on_poll(seat: Seat, poll_id: UUID, do: str, *, at: datetime) -> None:
    """What a button of a poll says: open, close, show or hide."""
    if do == "open":
        open_poll(seat, poll_id, at=at)
    elif do == "close":
        close_poll(seat, poll_id, at=at)
    else:
        show_results(seat, poll_id, do == "show")


def close_polls(room: Room, *, at: datetime) -> None:
    """The class ends: no poll stays open. Inside a transaction that locked the room."""
    for poll in Poll.objects.select_for_update().filter(room=room, state=PollState.OPEN):
        _close(poll, room, at)


@transaction.atomic
def vote(
    seat: Seat, poll_id: UUID, *, choices: Collection[int], word: str, key: UUID, at: datetime
) -> events.Voted:
    """Store one person's answer; what counts of theirs comes back. Locks the poll.

    The same key twice is one answer, even when another was sent in between. An answer may be changed until the
    poll closes; one that comes later is refused and changes nothing.
    """
    seat.must_take_part()
    if seat.role != "learner":
        raise Refused("poll.not_for_staff", _("Only learners answer polls."), status=403)
    must_not_be_over(seat)
    poll = _locked(seat, poll_id)
    if poll.state == PollState.PREPARED:
        raise _absent()
    mine = Vote.objects.filter(poll=poll, person=seat.user)
    known = mine.filter(key=key).exists()
    if not known:
        if poll.state != PollState.OPEN:
            raise Refused(
                "poll.closed", _("This poll is closed. If you answered before, that answer counts.")
            )
        answer = _answer(poll, choices, word)
        mine.filter(counts=True).update(counts=False, choices=[], word="")
        Vote.objects.create(poll=poll, person=seat.user, key=key, at=at, **answer)
        murmur_on_commit(seat.room, {"poll": poll.uuid.hex})
    counting = mine.get(counts=True)
    return events.Voted(poll=poll.uuid, key=key, choices=tuple(counting.choices), word=counting.word)


# ------------------------------------------------------------------ reading


def polls_for(seat: Seat) -> tuple[events.PollNow, ...]:
    """The polls of the room as this person may know them, with their own answer. Three queries at most."""
    polls = list(Poll.objects.filter(room=seat.room))
    if not seat.is_staff:
        polls = [poll for poll in polls if poll.state != PollState.PREPARED]
    sums = _sums(polls)
    own = {}
    if seat.role == "learner" and polls:
        own = {
            vote.poll_id: vote for vote in Vote.objects.filter(poll__in=polls, person=seat.user, counts=True)
        }
    told = []
    for poll in polls:
        now = _as_told(poll, sums[poll.pk])
        if (mine := own.get(poll.pk)) is not None:
            now = now.model_copy(update={"mine": tuple(mine.choices), "my_word": mine.word or None})
        told.append(now if seat.is_staff else now.as_classmates_see())
    return tuple(told)


def poll_to_change(seat: Seat, poll_id: UUID) -> Poll:
    """A poll that was never opened, for its form."""
    seat.must_help()
    poll = Poll.objects.filter(room=seat.room, uuid=poll_id).first()
    if poll is None:
        raise _absent()
    _must_be_prepared(poll)
    return poll


def who_answered(seat: Seat, poll_id: UUID) -> tuple[events.PollNow, list[Vote]]:
    """The poll and each person's answer, for who runs the class: classmates and inspectors never see this."""
    seat.must_help()
    poll = Poll.objects.filter(room=seat.room, uuid=poll_id).first()
    if poll is None:
        raise _absent()
    votes = Vote.objects.filter(poll=poll, counts=True).select_related("person")
    return _as_told(poll, _sums([poll])[poll.pk]), list(
        votes.order_by("person__last_name", "person__first_name", "pk")
    )


def tallies(room_id: UUID, polls: set[UUID]) -> tuple[dict[UUID, events.Tally], dict[UUID, events.Tally]]:
    """The sums of some polls of one room as staff and as learners read them. Two queries."""
    found = list(Poll.objects.filter(room__session__uuid=room_id, uuid__in=polls))
    sums = _sums(found)
    staff = {poll.uuid: sums[poll.pk] for poll in found}
    learners = {poll.uuid: sums[poll.pk].as_classmates_see(poll.results_shown) for poll in found}
    return staff, learners


# ------------------------------------------------------------------ inside


def _sums(polls: list[Poll]) -> dict[int, events.Tally]:
    votes: dict[int, list[tuple[Any, str]]] = {poll.pk: [] for poll in polls}
    counting = Vote.objects.filter(poll__in=polls, counts=True).order_by("pk")  # words stand as first typed
    for poll_id, choices, word in counting.values_list("poll_id", "choices", "word"):
        votes[poll_id].append((choices, word))
    return {poll.pk: _sum(poll, votes[poll.pk]) for poll in polls}


def _sum(poll: Poll, votes: list[tuple[Any, str]]) -> events.Tally:
    if poll.kind != PollKind.WORD:
        chosen = Counter(place for choices, _word in votes for place in choices)
        return events.Tally(
            voters=len(votes), counts=tuple(chosen[place] for place in range(len(poll.choices)))
        )
    seen: dict[str, str] = {}  # folded → as first typed
    words: Counter[str] = Counter()
    for _choices, word in votes:
        seen.setdefault(_folded(word), word)
        words[_folded(word)] += 1
    shown = [(seen[one], count) for one, count in words.most_common() if one not in poll.hidden_words]
    hidden = tuple(seen[one] for one in words if one in poll.hidden_words)
    return events.Tally(voters=len(votes), words=tuple(shown[:MOST_WORDS]), hidden=hidden or None)


def _as_told(poll: Poll, tally: events.Tally) -> events.PollNow:
    return events.PollNow(
        id=poll.uuid,
        kind=cast(Any, poll.kind),
        question=poll.question,
        choices=tuple(poll.choices),
        state=cast(Any, poll.state),
        shown=poll.results_shown,
        tally=tally,
    )


def _tell(poll: Poll, room: Room) -> None:
    send_on_commit(room, events.PollChanged(poll=_as_told(poll, _sums([poll])[poll.pk])))


def _close(poll: Poll, room: Room, at: datetime) -> None:
    poll.state, poll.closed_at = PollState.CLOSED, at
    poll.save(update_fields=["state", "closed_at"])
    _tell(poll, room)


def _to_lead(seat: Seat, poll_id: UUID) -> Poll:
    seat.must_help()
    must_not_be_over(seat)
    lock(seat.room)
    return _locked(seat, poll_id)


def _locked(seat: Seat, poll_id: UUID) -> Poll:
    poll = Poll.objects.select_for_update().filter(room=seat.room, uuid=poll_id).first()
    if poll is None:
        raise _absent()
    return poll


def _absent() -> Refused:
    return Refused("poll.none", _("This poll is not here any more."), status=404)


def _must_be_prepared(poll: Poll) -> None:
    if poll.state != PollState.PREPARED:
        raise Refused("poll.begun", _("This poll was already opened: it stays as it is."))


def _write(poll: Poll, kind: str, question: str, choices: Iterable[str]) -> None:
    poll.kind, poll.question = kind, plain(question, limit=LONGEST_QUESTION, one_line=True)
    poll.choices = [] if kind == PollKind.WORD else clean_choices(choices)
    if not poll.question:
        raise Refused("poll.no_question", _("Write the question."))
    if kind != PollKind.WORD and not 2 <= len(poll.choices) <= MOST_CHOICES:
        raise Refused(
            "poll.choices",
            _("Write from 2 to %(most)s different answers, one per line.") % {"most": MOST_CHOICES},
        )
    poll.save()


def clean_choices(choices: Iterable[str]) -> list[str]:
    """Each answer once, in the order given, without empty ones."""
    clean = (plain(choice, limit=LONGEST_CHOICE, one_line=True) for choice in choices)
    return list(dict.fromkeys(choice for choice in clean if choice))


def _answer(poll: Poll, choices: Collection[int], word: str) -> dict[str, Any]:
    if poll.kind == PollKind.WORD:
        word = plain(word, one_line=True)
        if not word:
            raise Refused("poll.empty", _("Write a word first."))
        if len(word) > LONGEST_WORD:
            raise Refused(
                "poll.long", _("That is too long. Write at most %(most)s letters.") % {"most": LONGEST_WORD}
            )
        return {"word": word}
    chosen = sorted(set(choices))
    if not chosen or any(not 0 <= place < len(poll.choices) for place in chosen):
        raise Refused("poll.empty", _("Choose an answer first."))
    if poll.kind == PollKind.ONE and len(chosen) > 1:
        raise Refused("poll.one", _("Choose one answer only."))
    return {"choices": chosen}


def _folded(word: str) -> str:
    return plain(word, limit=LONGEST_WORD, one_line=True).casefold()
