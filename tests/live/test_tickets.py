"""The door: ticket, session, origin."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live import access, actions
from live.models import Ticket
from live.threads import in_thread
from lms.attendance.models import Connection
from lms.errors import Refused


def rows() -> int:
    return Connection.objects.count()


async def test_a_ticket_opens_once(classroom):
    socket = classroom.socket(classroom.body.beneficiary)
    assert await socket.knock()
    ticket = await in_thread(socket.ticket)
    await socket.enter(ticket=ticket)
    again = classroom.socket(classroom.body.beneficiary)
    assert await again.knock()
    await again.send(t="hello", ticket=ticket, device="phone")
    assert await again.closed() == 4401
    assert await in_thread(rows) == 1


async def test_a_ticket_is_its_owner_s(classroom):
    """Somebody of the same class who got hold of it gets nowhere: the session says who they are."""
    owner = classroom.socket(classroom.body.beneficiary)
    assert await owner.knock()
    ticket = await in_thread(owner.ticket)
    thief = classroom.socket(await in_thread(classroom.learner, "Altra", "Persona"))
    assert await thief.knock()
    await thief.send(t="hello", ticket=ticket, device="phone")
    assert await thief.closed() == 4401
    assert await in_thread(rows) == 0


async def test_a_ticket_lasts_a_minute(classroom):
    seat = await in_thread(access.seat_for, classroom.body.beneficiary, classroom.session.uuid)
    at = timezone.now()
    ticket = await in_thread(actions.issue_ticket, seat, at=at - timedelta(seconds=61))
    socket = classroom.socket(classroom.body.beneficiary)
    assert await socket.knock()
    await socket.send(t="hello", ticket=ticket, device="phone")
    assert await socket.closed() == 4401


async def test_only_the_digest_is_kept(classroom):
    socket = classroom.socket(classroom.body.beneficiary)
    assert await socket.knock()
    ticket = await in_thread(socket.ticket)
    kept = await in_thread(lambda: list(Ticket.objects.values_list("digest", flat=True)))
    assert len(kept) == 1
    assert ticket not in kept[0]


async def test_there_is_no_ticket_before_the_door_opens_or_after_the_class(classroom):
    seat = await in_thread(access.seat_for, classroom.body.beneficiary, classroom.session.uuid)
    early = classroom.session.starts_at - timedelta(minutes=31)
    late = classroom.session.ends_at + timedelta(minutes=1)
    for at in (early, late):
        with pytest.raises(Refused) as refused:
            await in_thread(actions.issue_ticket, seat, at=at)
        assert refused.value.code == "room.not_yet"


@pytest.mark.parametrize("origin", [b"https://example.org", b"null", b"", b"http://testserver.example.org"])
async def test_a_page_of_another_site_is_turned_away(classroom, origin):
    assert not await classroom.socket(classroom.body.beneficiary, origin=origin).knock()


async def test_a_socket_that_says_nothing_is_closed(classroom, settings):
    settings.LIVE_HELLO_SECONDS = 0.2
    socket = classroom.socket(classroom.body.beneficiary)
    assert await socket.knock()
    assert await socket.closed() == 4400


async def test_a_signed_out_browser_opens_nothing(classroom):
    socket = classroom.socket(classroom.body.beneficiary)
    assert await socket.knock()
    ticket = await in_thread(socket.ticket)
    await in_thread(socket.client.logout)
    await socket.send(t="hello", ticket=ticket, device="phone")
    assert await socket.closed() == 4403
