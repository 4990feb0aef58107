"""The way of a packet: from one source, through any number of slots, with new numbers in its head.

`Source.packet` runs in the library's threads, for every packet; what it reads is replaced whole by the event
loop, never changed in place.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from . import packets
from .packets import HEADER
from .sdp import Line

Send = Callable[[bytes], object]

REMEMBERED = 512  # packets of a picture that a slot can send again: some seconds
RESENT_A_SECOND = 400
LOUD = 50  # dB below the loudest; speech in a normal room is louder
CLOCKS = {"audio": 48000, "video": 90000}


class Source:
    """One stream that a member sends. Packets pass only while it is `open`."""

    def __init__(
        self, owner: object, name: str, line: Line, send: Send, arrived: Callable[[int, float], None]
    ) -> None:
        self.owner, self.name, self.line = owner, name, line
        self.clock = CLOCKS[line.kind]
        self._send, self._arrived = send, arrived
        self.slots: tuple[Slot, ...] = ()
        self.open = False
        self.came = self.passed = self.held = 0
        self.loud_at = 0.0
        self.arrival = _Arrival(self.clock)
        self._asked_at = 0.0

    def packet(self, data: bytes) -> None:
        if packets.is_rtcp(data):
            self._report(data)
            return
        if len(data) < 12:
            return
        first, second, seq, stamp, ssrc = HEADER.unpack_from(data)
        at = packets.payload_at(data)
        if ssrc != self.line.ssrc or at > len(data):
            return
        now = time.monotonic()
        self.came += 1
        if first & 0x10:
            self._extensions(packets.extensions(data), now)
        self.arrival.note(seq, stamp, now)
        if not self.open:
            self.held += 1
            return
        self.passed += 1
        body = data[at:]
        picture = None
        for slot in self.slots:
            if slot.route is None or slot.route[0] is not self:
                if slot.wanted is not self:
                    continue
                if picture is None:
                    picture = self.line.kind == "audio" or packets.begins_keyframe(body)
                if not picture:
                    continue
                slot.turn_to(self, seq, stamp, now)
            slot.pass_on(first, second, seq, stamp, body, now)

    def ask_picture(self, now: float) -> None:
        """Ask the sender for a whole picture, at most three times a second."""
        if now - self._asked_at > 0.3:
            self._asked_at = now
            self._send(packets.pli(self.line.ssrc))

    def look_after(self, now: float) -> None:
        """Ask again for what did not come; tell the sender how its packets arrive."""
        if self.line.kind == "video" and (missing := self.arrival.still_missing(now)):
            self._send(packets.nack(self.line.ssrc, missing))
        if self.came and now - self.arrival.reported_at >= 1:
            self._send(self.arrival.report(self.line.ssrc, now, [slot.lost for slot in self.slots]))

    def _extensions(self, found: dict[int, bytes], now: float) -> None:
        if (number := found.get(self.line.twcc)) is not None and len(number) == 2:
            self._arrived(number[0] << 8 | number[1], now)
        if (level := found.get(self.line.level)) and level[0] & 0x7F < LOUD:
            self.loud_at = now

    def _report(self, data: bytes) -> None:
        for kind, _count, report in packets.reports(data):
            ours = kind == packets.SENDER_REPORT and int.from_bytes(report[4:8]) == self.line.ssrc
            if ours and len(report) >= 28:
                self.arrival.sender_said(int.from_bytes(report[10:14]), time.monotonic())


class _Arrival:
    """What came of one source and what did not (RFC 3550, appendix A)."""

    def __init__(self, clock: int) -> None:
        self.clock = clock
        self.first = self.highest = -1  # with the number of rounds in the upper bits
        self.received = 0
        self.missing: dict[int, list[float]] = {}  # seq → [when to ask next, how often asked]
        self.jitter = 0.0
        self.transit: float | None = None
        self.before = (0, 0)  # expected and received at the last report
        self.reported_at = 0.0
        self.said, self.said_at = 0, 0.0

    def note(self, seq: int, stamp: int, now: float) -> None:
        self.received += 1
        if self.highest < 0:
            self.first = self.highest = seq
            return
        ahead = (seq - self.highest) & 0xFFFF
        if ahead == 0 or ahead >= 0x8000:
            self.missing.pop(seq, None)
            return
        if 1 < ahead < 200:
            for gone in range(self.highest + 1, self.highest + ahead):
                self.missing[gone & 0xFFFF] = [now + 0.01, 0]
        elif ahead >= 200:
            self.missing = {}
        self.highest += ahead
        transit = now * self.clock - stamp
        if self.transit is not None and (change := abs(transit - self.transit)) < self.clock * 5:
            self.jitter += (change - self.jitter) / 16
        self.transit = transit

    def still_missing(self, now: float) -> list[int]:
        """What to ask for now: each packet up to six times, a little later each time."""
        wanted = []
        for seq, state in list(self.missing.items()):
            if state[1] >= 6 or packets.newer(self.highest & 0xFFFF, seq + 1000 & 0xFFFF):
                self.missing.pop(seq, None)
            elif now >= state[0]:
                state[0], state[1] = now + 0.06 * (1 + state[1]), state[1] + 1
                wanted.append(seq)
        return wanted[: packets.MOST_TO_RESEND]

    def sender_said(self, middle: int, now: float) -> None:
        self.said, self.said_at = middle, now

    def report(self, ssrc: int, now: float, further: list[int]) -> bytes:
        """The loss that the sender reads is the worst on the way to anybody, so that the voice protects itself."""
        self.reported_at = now
        expected = self.highest - self.first + 1
        due, got = expected - self.before[0], self.received - self.before[1]
        self.before = (expected, self.received)
        here = max(0, due - got) * 256 // due if due > 0 else 0
        return packets.receiver_report(
            ssrc,
            fraction=min(255, max([here, *further])),
            lost=max(0, expected - self.received),
            highest=self.highest,
            jitter=int(self.jitter),
            sr=self.said,
            since=int((now - self.said_at) * 65536) & 0xFFFFFFFF if self.said else 0,
        )


class Slot:
    """One stream that a member receives, always under the same name, whoever is to be heard or seen in it."""

    def __init__(self, line: Line, send: Send) -> None:
        self.line, self._send = line, send
        self.wanted: Source | None = None
        self.route: tuple[Source, int, int] | None = (
            None  # source, and what is added to its numbers and stamps
        )
        self.lost = 0  # as its receiver last reported, of 256
        self.sent = self.octets = self.resent = 0
        self._head, self._stamp, self._at = 0, 0, 0.0
        self._floor: int | None = None  # nothing before this number passes just after a turn
        self._kept: list[bytes | None] = [None] * REMEMBERED
        self._resends: deque[float] = deque(maxlen=RESENT_A_SECOND)

    def want(self, source: Source | None, now: float) -> None:
        """Turn to another source as soon as it can be understood; at once away from another person's."""
        self.wanted = source
        if self.route and (source is None or self.route[0].owner is not source.owner):
            self.route = None
        if source and source.line.kind == "video" and (not self.route or self.route[0] is not source):
            source.ask_picture(now)

    def turn_to(self, source: Source, seq: int, stamp: int, now: float) -> None:
        head = (self._head + 1) & 0xFFFF
        passed = int((now - self._at) * source.clock) if self._at else 0
        self.route = (source, head - seq, self._stamp + max(1, passed) - stamp)
        self._floor = head
        self.lost = 0

    def pass_on(self, first: int, second: int, seq: int, stamp: int, body: bytes, now: float) -> None:
        route = self.route
        if route is None:
            return
        number, when = (seq + route[1]) & 0xFFFF, (stamp + route[2]) & 0xFFFFFFFF
        if self._floor is not None:
            if packets.newer(self._floor, number):
                return  # of before the turn, and late
            if (number - self._floor) & 0xFFFF > 1000:
                self._floor = None
        packet = (
            HEADER.pack(0x80 | first & 0x20, second & 0x80 | self.line.payload, number, when, self.line.ssrc)
            + body
        )
        if packets.newer(number, self._head):
            self._head, self._stamp, self._at = number, when, now
        if self.line.kind == "video":
            self._kept[number % REMEMBERED] = packet
        self.sent += 1
        self.octets += len(body)
        self._send(packet)

    def packet(self, data: bytes) -> None:
        """What its receiver reports: losses, packets to send again, a picture that it cannot draw."""
        now = time.monotonic()
        for kind, count, report in packets.reports(data):
            if kind in {packets.SENDER_REPORT, packets.RECEIVER_REPORT}:
                for ssrc, lost in packets.losses(kind, count, report):
                    if ssrc == self.line.ssrc:
                        self.lost = lost
            elif kind == packets.PAYLOAD_FEEDBACK and count in {packets.PLI, packets.FIR}:
                if self._is_meant(report, 8 if count == packets.PLI else 12) and self.wanted:
                    self.wanted.ask_picture(now)
            elif kind == packets.TRANSPORT_FEEDBACK and count == packets.NACK and self._is_meant(report, 8):
                for number in packets.missing_of(report):
                    self._again(number, now)

    def _is_meant(self, report: bytes, at: int) -> bool:
        return int.from_bytes(report[at : at + 4]) == self.line.ssrc

    def _again(self, number: int, now: float) -> None:
        kept = self._kept[number % REMEMBERED]
        if kept is None or int.from_bytes(kept[2:4]) != number:
            return
        if len(self._resends) == RESENT_A_SECOND and now - self._resends[0] < 1:
            return
        self._resends.append(now)
        self.resent += 1
        self._send(kept)

    def report(self, now: float, clock: float) -> None:
        """Tell the receiver what time a stamp stands for; `clock` is the time of day."""
        if self.route and self.sent:
            stamp = self._stamp + int((now - self._at) * self.route[0].clock)
            self._send(
                packets.sender_report(
                    self.line.ssrc, ntp=clock, timestamp=stamp, packets=self.sent, octets=self.octets
                )
            )
