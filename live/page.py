"""What the page of a class shows before any script runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lms.attendance import queries as attendance

from . import access, actions, events
from .access import Seat
from .media.engine import engine
from .slide_pages import picture_url
from .words import room_words

#: Three words that everybody should recognise, whatever language the page is in.
ARE_YOU_THERE = (
    ("it", "ltr", "Ci sei?"),
    ("en", "ltr", "Are you there?"),
    ("fr", "ltr", "Tu es là ?"),
    ("sq", "ltr", "A je këtu?"),
    ("uk", "ltr", "Ти тут?"),
    ("ar", "rtl", "هل أنت هنا؟"),
)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    variant: str = "secondary"
    icon: str = ""


@dataclass(frozen=True)
class Page:
    """`phase`: early (the door is shut), door (waits to be let in), sent_out, waiting, open, over, or missed (nobody
    began it)."""

    seat: Seat
    phase: str
    opens_at: datetime
    is_late: bool  # the planned start has passed
    leader: Any
    removal: Any  # why this person was sent out, if so
    room: events.Snapshot | None  # None for who is not inside

    @property
    def session(self) -> Any:
        return self.seat.session

    @property
    def is_live(self) -> bool:
        return self.phase in {"waiting", "open"} and self.room is not None

    @property
    def may_write(self) -> bool:
        return self.seat.role != "inspector"

    @property
    def has_voice(self) -> bool:
        """Whether a media engine stands behind this class."""
        return self.is_live and engine().available

    @property
    def trainer_name(self) -> str:
        return str(self.leader)

    @property
    def are_you_there(self) -> list[tuple[str, str, str]]:
        """The question of the presence prompt in the languages that the page is not in: (code, direction, words)."""
        return [each for each in ARE_YOU_THERE if each[0] != get_language()]

    @property
    def asked_an_hour(self) -> int:
        """How often an hour the policy asks who is there: said before it happens."""
        return attendance.policy_for(self.session.edition).presence_per_hour

    @property
    def words(self) -> dict[str, str]:
        return room_words()

    @property
    def people(self) -> list[tuple[str, str]]:
        """(name as this reader may see it, task) of everybody in the room."""
        words = room_words()
        roster = self.room.roster if self.room is not None else ()
        return [(p.full_name or p.name, words.get(f"role.{p.role}", "")) for p in roster]

    @property
    def polls(self) -> list[events.PollNow]:
        """Open ones first, then the newest."""
        newest = list(reversed(self.room.polls)) if self.room is not None else []
        newest.sort(key=lambda poll: poll.state != "open")
        return newest

    @property
    def signs(self) -> list[tuple[str, str]]:
        """(code, words) of each reaction."""
        words = room_words()
        return [(code, words[f"sign.{code}"]) for code in events.SIGNS]

    @property
    def picture(self) -> str:
        """Address of the page that the trainer shows, for browsers without scripts."""
        if self.room is None or self.room.slides is None or self.room.stage.what != "slides":
            return ""
        slides, now = self.room.slides, self.room.slides.now
        return picture_url(self.session.uuid, slides.deck, now.page, now.digest, "large")

    @property
    def pictures(self) -> str:
        """Where the pictures of slides are, for the script: it puts deck, page, digest and size in."""
        return reverse("live:classroom", args=[self.session.uuid]) + "slide/"

    @property
    def new_key(self) -> UUID:
        """A name for one thing that a form sends: sent twice, it is one."""
        return uuid4()

    @property
    def next_links(self) -> list[Link]:
        """Where to go when the class is over."""
        if self.seat.role == "learner":
            course = reverse("progress:map", args=[self.session.edition.code])
            return [
                Link(_("Go on with the course"), course, "primary", "courses"),
                Link(_("Your hours"), reverse("progress:hours"), icon="hours"),
            ]
        page = reverse("attendance:class", args=[self.session.uuid])
        return [
            Link(_("The page of the register"), page, "primary", "register"),
            Link(_("How the class went"), reverse("live:report", args=[self.session.uuid]), icon="chart"),
            Link(_("Today"), reverse("dashboards:home"), icon="today"),
        ]


def page_of(seat: Seat, *, at: datetime) -> Page:
    state = attendance.class_state(seat.session)
    if state in {"ended", "closed"}:
        phase = "over"
    elif state == "open":
        phase = "open"
    elif access.door_is_open(seat, state, at):
        phase = "waiting"
    else:
        phase = "early" if at < seat.session.starts_at else "missed"
    inside = not seat.outside
    if phase in {"waiting", "open"} and seat.outside:
        phase = "door" if seat.outside == "waiting" else "sent_out"
    return Page(
        seat,
        phase,
        opens_at=access.door_opens_at(seat.session),
        is_late=at >= seat.session.starts_at,
        leader=attendance.leader_of(seat.session),
        removal=attendance.removal_of(seat.session, seat.user) if seat.outside == "sent_out" else None,
        room=actions.snapshot(seat, since=0, at=at) if inside else None,
    )
