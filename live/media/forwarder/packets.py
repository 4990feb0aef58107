"""RTP and RTCP as bytes: reading what came, writing what goes. Pure (RFC 3550, 4585, 8285, 7741; TWCC draft 01)."""

from collections.abc import Iterator
from struct import Struct, pack, unpack_from

HEADER = Struct("!BBHII")
SENDER_REPORT, RECEIVER_REPORT, TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 205, 206
NACK, TWCC, PLI, FIR = 1, 15, 1, 4
MOST_TO_RESEND = 100  # sequence numbers in one request


def is_rtcp(packet: bytes) -> bool:
    return len(packet) >= 8 and 192 <= packet[1] <= 223


def newer(a: int, b: int, bits: int = 16) -> bool:
    """Whether counter `a` comes after `b`, although counters begin again at zero."""
    return 0 < (a - b) % (1 << bits) < (1 << (bits - 1))


def payload_at(packet: bytes) -> int:
    """Where the payload begins; past the end for a packet that lies about its length."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10 and len(packet) >= at + 4:
        at += 4 + 4 * ((packet[at + 2] << 8) | packet[at + 3])
    return at


def extensions(packet: bytes) -> dict[int, bytes]:
    """Header extensions with one-byte heads: id → value."""
    if not packet[0] & 0x10:
        return {}
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[at : at + 2] != b"\xbe\xde":
        return {}
    end = min(payload_at(packet), len(packet))
    at += 4
    found = {}
    while at < end:
        head = packet[at]
        at += 1
        if head == 0:
            continue
        if head >> 4 == 15:
            break
        length = (head & 15) + 1
        found[head >> 4] = packet[at : at + length]
        at += length
    return found


def begins_keyframe(payload: bytes) -> bool:
    """Whether this VP8 payload is the first of a picture that needs no other."""
    if len(payload) < 3 or payload[0] & 0x17 != 0x10:  # first packet of partition 0
        return False
    at = 1
    if payload[0] & 0x80:
        more = payload[1]
        at = 2
        if more & 0x80 and len(payload) > at:
            at += 2 if payload[at] & 0x80 else 1
        at += bool(more & 0x40) + bool(more & 0x30)
    return len(payload) > at and not payload[at] & 1


def reports(packet: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(type, count or format, whole report) of each part of a compound RTCP packet."""
    at = 0
    while at + 8 <= len(packet):
        end = at + 4 * (1 + ((packet[at + 2] << 8) | packet[at + 3]))
        if packet[at] >> 6 != 2 or end > len(packet):
            return
        yield packet[at + 1], packet[at] & 31, packet[at:end]
        at = end


def missing_of(report: bytes) -> list[int]:
    """The sequence numbers that a NACK asks for."""
    wanted = []
    for at in range(12, len(report) - 3, 4):
        first, mask = unpack_from("!HH", report, at)
        wanted.append(first)
        wanted += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
    return wanted[:MOST_TO_RESEND]


def losses(kind: int, count: int, report: bytes) -> Iterator[tuple[int, int]]:
    """(ssrc, fraction lost of 256) of each block of a sender's or receiver's report."""
    at = 28 if kind == SENDER_REPORT else 8
    for _ in range(count):
        if at + 24 > len(report):
            return
        ssrc, lost = unpack_from("!IB", report, at)
        yield ssrc, lost
        at += 24


# ------------------------------------------------------------------ writing


def pli(ssrc: int) -> bytes:
    """Asks the sender of `ssrc` for a picture that needs no other."""
    return pack("!BBHII", 0x80 | PLI, PAYLOAD_FEEDBACK, 2, 1, ssrc)


def nack(ssrc: int, missing: list[int]) -> bytes:
    """Asks for packets again; `missing` in ascending order of loss."""
    words: list[tuple[int, int]] = []
    for seq in missing:
        gap = (seq - words[-1][0]) & 0xFFFF if words else 0
        if words and 0 < gap <= 16:
            words[-1] = (words[-1][0], words[-1][1] | 1 << (gap - 1))
        elif not words or gap:
            words.append((seq, 0))
    body = b"".join(pack("!HH", *word) for word in words)
    return pack("!BBHII", 0x80 | NACK, TRANSPORT_FEEDBACK, 2 + len(words), 1, ssrc) + body


def receiver_report(
    ssrc: int, *, fraction: int, lost: int, highest: int, jitter: int, sr: int, since: int
) -> bytes:
    """One block: `sr` is the middle of the last sender report's time, `since` its age in 1/65536 s."""
    return pack("!BBHI", 0x81, RECEIVER_REPORT, 7, 1) + pack(
        "!IIIIII", ssrc, (fraction & 255) << 24 | lost & 0xFFFFFF, highest & 0xFFFFFFFF, jitter, sr, since
    )


def sender_report(ssrc: int, *, ntp: float, timestamp: int, packets: int, octets: int) -> bytes:
    """`ntp` in seconds since 1970."""
    seconds = int(ntp)
    return pack(
        "!BBHIIIIII",
        0x80,
        SENDER_REPORT,
        6,
        ssrc,
        (seconds + 2208988800) & 0xFFFFFFFF,
        int((ntp - seconds) * (1 << 32)) & 0xFFFFFFFF,
        timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )


def transport_feedback(ssrc: int, arrivals: list[tuple[int, float]], number: int) -> bytes:
    """When packets arrived, so that the sender can find the speed of its line.

    `arrivals` are (transport-wide number, seconds), at least one, ascending and without a number twice; those
    between that are absent did not come.
    """
    base = arrivals[0][0]
    span = ((arrivals[-1][0] - base) & 0xFFFF) + 1
    # The reference time counts 64 ms units; it is chosen so that no first delta is negative.
    reference = int(arrivals[0][1] / 0.064)
    last = reference * 256  # in quarters of a millisecond
    symbols = [0] * span
    deltas = b""
    for seq, at in arrivals:
        delta = round(at * 4000) - last
        if not -32768 <= delta <= 32767:
            continue  # told as lost: cannot be said otherwise
        last += delta
        small = 0 <= delta <= 255
        symbols[(seq - base) & 0xFFFF] = 1 if small else 2
        deltas += pack("!B", delta) if small else pack("!h", delta)
    chunks = b""
    for at in range(0, span, 7):
        word = 0xC000
        for bit, symbol in enumerate(symbols[at : at + 7]):
            word |= symbol << (12 - 2 * bit)
        chunks += pack("!H", word)
    body = pack("!HHI", base, span, (reference & 0xFFFFFF) << 8 | number & 255) + chunks + deltas
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes([padding])
    head = pack(
        "!BBHII", 0x80 | (0x20 if padding else 0) | TWCC, TRANSPORT_FEEDBACK, 2 + len(body) // 4, 1, ssrc
    )
    return head + body
