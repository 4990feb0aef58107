"""Packets as bytes, against readers of their own written from the standards."""

from struct import pack, unpack, unpack_from

from hypothesis import given
from hypothesis import strategies as st

from live.media.forwarder import packets
from live.media.forwarder.sdp import Line
from live.media.forwarder.streams import Slot, Source


def read_feedback(report: bytes) -> dict[int, float]:
    """number → seconds, of a transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01)."""
    base, count = unpack_from("!HH", report, 12)
    reference = int.from_bytes(report[16:19])
    at, symbols = 20, []
    while len(symbols) < count:
        (chunk,) = unpack_from("!H", report, at)
        at += 2
        assert chunk >> 14 == 3
        symbols += [chunk >> (12 - 2 * bit) & 3 for bit in range(7)]
    clock, found = reference * 64.0, {}
    for n, symbol in enumerate(symbols[:count]):
        if symbol == 1:
            clock += report[at] / 4
            at += 1
        elif symbol == 2:
            clock += unpack_from("!h", report, at)[0] / 4
            at += 2
        if symbol:
            found[(base + n) & 0xFFFF] = clock / 1000
    return found


@given(
    st.integers(0, 65535),
    st.lists(st.tuples(st.integers(1, 30), st.floats(-0.2, 2)), min_size=1, max_size=80),
    st.floats(100, 500_000),
)
def test_the_feedback_says_when_each_packet_came(first, steps, start):
    seq, at, arrivals = first, start, []
    for gap, wait in steps:
        arrivals.append((seq & 0xFFFF, at))
        seq, at = seq + gap, at + wait
    report = packets.transport_feedback(7, arrivals, 3)
    assert len(report) % 4 == 0
    assert len(report) == 4 * (1 + unpack_from("!H", report, 2)[0])
    found = read_feedback(report)
    assert list(found) == [seq for seq, _at in arrivals]
    for seq, when in arrivals:
        assert abs(found[seq] - when) < 0.001


@given(st.integers(0, 65535), st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_who_reads_a_request_finds_the_packets_asked_for(first, gaps):
    wanted = [first]
    for gap in gaps:
        wanted.append((wanted[-1] + gap) & 0xFFFF)
    (kind, count, report), *others = packets.reports(packets.nack(9, wanted))
    assert (kind, count, others) == (packets.TRANSPORT_FEEDBACK, packets.NACK, [])
    assert packets.missing_of(report) == wanted[: packets.MOST_TO_RESEND]


def test_extensions_and_payload_are_found_where_they_are():
    extension = b"\xbe\xde\x00\x02" + b"\x10\x85" + b"\x31\x01\x02" + b"\x00\x00\x00"
    packet = pack("!BBHII", 0x90, 111, 5, 6, 7) + extension + b"voice"
    assert packets.extensions(packet) == {1: b"\x85", 3: b"\x01\x02"}
    assert packet[packets.payload_at(packet) :] == b"voice"
    liar = pack("!BBHII", 0x90, 111, 5, 6, 7) + b"\xbe\xde\xff\xff"
    assert packets.payload_at(liar) > len(liar)


@given(st.binary(max_size=80))
def test_nothing_that_comes_over_the_line_stops_the_way(data):
    sent = []
    source = Source("p", "low", Line("1", "video", 96, 7, 0, 3), sent.append, lambda n, at: None)
    source.open = True
    slot = Slot(Line("c0", "video", 96, 99), sent.append)
    slot.want(source, 1.0)
    source.slots = (slot,)
    source.packet(data)
    slot.packet(data)
    list(packets.reports(data))


def vp8(seq: int, stamp: int, *, key: bool, ssrc: int = 7, body: bytes = b"x" * 20) -> bytes:
    return (
        pack("!BBHII", 0x80, 96, seq & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
        + bytes([0x10, 0 if key else 1])
        + body
    )


def heads(sent: list[bytes]) -> list[tuple[int, int]]:
    return [unpack("!HI", packet[2:8]) for packet in sent if not packets.is_rtcp(packet)]


def test_a_slot_turns_at_a_whole_picture_and_its_numbers_go_on():
    """The receiver sees one stream without a gap, whoever is in it; a packet of before the turn never comes late."""
    asked, sent = [], []
    first = Source("anna", "low", Line("1", "video", 96, 7), asked.append, lambda n, at: None)
    second = Source("anna", "high", Line("2", "video", 96, 8), asked.append, lambda n, at: None)
    slot = Slot(Line("c0", "video", 100, 99), sent.append)
    first.open = second.open = True
    slot.want(first, 1.0)
    assert asked == [packets.pli(7)]
    first.slots = (slot,)
    first.packet(vp8(65534, 1000, key=False))
    assert not sent  # cannot be drawn yet
    first.packet(vp8(65535, 4000, key=True))
    first.packet(vp8(0, 7000, key=False))
    slot.want(second, 2.0)
    assert asked[-1] == packets.pli(8)
    first.slots = second.slots = (slot,)
    second.packet(vp8(300, 50, key=False, ssrc=8))
    first.packet(vp8(1, 10000, key=False))  # still the first, until the second can be drawn
    second.packet(vp8(302, 3050, key=True, ssrc=8))
    second.packet(vp8(301, 3000, key=False, ssrc=8))
    first.packet(vp8(2, 13000, key=False))
    second.packet(vp8(303, 6050, key=False, ssrc=8))
    numbers = [seq for seq, _stamp in heads(sent)]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    stamps = [stamp for _seq, stamp in heads(sent)]
    assert stamps == sorted(stamps)
    assert {packet[8:12] for packet in sent} == {pack("!I", 99)}
    assert {packet[1] for packet in sent} == {100}


def test_what_a_receiver_lost_is_sent_again_and_what_we_lost_is_asked_for():
    asked, sent = [], []
    source = Source("anna", "low", Line("1", "video", 96, 7), asked.append, lambda n, at: None)
    slot = Slot(Line("c0", "video", 96, 99), sent.append)
    source.open = True
    slot.want(source, 1.0)
    source.slots = (slot,)
    source.packet(vp8(10, 0, key=True))
    source.packet(vp8(11, 3000, key=False, body=b"eleven"))
    source.packet(vp8(14, 9000, key=False))
    lost = heads(sent)[1][0]
    slot.packet(packets.nack(99, [lost]))
    assert sent[-1] == sent[1]
    assert slot.resent == 1
    slot.packet(packets.nack(98, [lost]))  # not of this stream
    assert slot.resent == 1
    missing = source.arrival.still_missing(source.arrival.reported_at + 10**9)
    assert missing == [12, 13]
    source.packet(vp8(12, 6000, key=False))
    assert source.arrival.still_missing(10**10) == [13]
    # Late, but in its place: the gap in our numbers is the gap of the sender's.
    assert heads(sent)[-1][0] == (lost + 1) & 0xFFFF


def test_a_source_that_is_shut_passes_nothing():
    sent = []
    source = Source("anna", "audio", Line("0", "audio", 111, 7), sent.append, lambda n, at: None)
    slot = Slot(Line("a0", "audio", 111, 99), sent.append)
    slot.want(source, 1.0)
    source.slots = (slot,)
    for seq in range(5):
        source.packet(pack("!BBHII", 0x80, 111, seq, seq * 960, 7) + b"voice")
    assert (source.came, source.passed, source.held, sent) == (5, 0, 5, [])
    source.open = True
    source.packet(pack("!BBHII", 0x80, 111, 6, 960 * 6, 7) + b"voice")
    assert len(sent) == 1
