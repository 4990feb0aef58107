"""Every message that a client may send is answered by somebody."""

from live import events
from live.dispatch import HANDLERS


def test_every_message_has_its_action():
    by_the_socket = {events.Hello, events.ProbeAck, events.Bye, events.Rtc}
    assert set(HANDLERS) == set(events.CLIENT_MESSAGES) - by_the_socket
