"""Session descriptions: what is needed is taken out of a browser's one, and ours are written from it.

Nothing that a browser sent reaches the library as it stands: a description is read with narrow patterns and
written anew, with the two codecs that every browser has (Opus and VP8) and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 24 * 1024
MOST_LINES = 16
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
TWCC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#: what the voice costs: mono, at most 28 kbit/s, nothing sent in silence, each packet repeating a little of the last
VOICE = "minptime=10;useinbandfec=1;usedtx=1;stereo=0;maxaveragebitrate=28000"

_ICE = re.compile(r"^a=ice-(ufrag|pwd):([A-Za-z0-9+/=_-]{4,256})\s*$", re.M)
_FINGERPRINT = re.compile(r"^a=fingerprint:(sha-256) ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})\s*$", re.M | re.I)
_SETUP = re.compile(r"^a=setup:(active|passive|actpass)\s*$", re.M)
_MID = re.compile(r"^a=mid:([A-Za-z0-9]{1,16})\s*$", re.M)
_CODEC = re.compile(r"^a=rtpmap:(\d{1,3}) (opus/48000/2|VP8/90000)\s*$", re.M | re.I)
_EXTENSION = re.compile(r"^a=extmap:(\d{1,2})(?:/\w+)? (\S+)\s*$", re.M)
_SSRC = re.compile(r"^a=ssrc:(\d{1,10}) ", re.M)


class BadDescription(Exception):
    """A session description that no browser makes."""


@dataclass(frozen=True)
class Line:
    """One stream: the way its packets are numbered. `level` and `twcc` are ids of header extensions, 0 for none."""

    mid: str
    kind: str  # audio or video
    payload: int
    ssrc: int = 0
    level: int = 0
    twcc: int = 0


@dataclass(frozen=True)
class Described:
    """One end of a connection."""

    ufrag: str
    pwd: str
    fingerprint: str
    setup: str
    lines: tuple[Line, ...]


def read(text: str) -> Described:
    """What a browser's description says. Raises BadDescription."""
    if len(text) > LONGEST:
        raise BadDescription("too long")
    head, *sections = re.split(r"^(?=m=)", text.replace("\r\n", "\n"), flags=re.M)
    if not 0 < len(sections) <= MOST_LINES:
        raise BadDescription("no streams, or too many")
    first = head + sections[0]  # one bundle: its first section speaks for all
    ice = dict(_ICE.findall(first))
    fingerprint, setup = _FINGERPRINT.search(first), _SETUP.search(first)
    if set(ice) != {"ufrag", "pwd"} or not fingerprint or not setup:
        raise BadDescription("no key or no name")
    lines = tuple(_line(section) for section in sections)
    if len({line.mid for line in lines}) != len(lines):
        raise BadDescription("two streams of one name")
    return Described(ice["ufrag"], ice["pwd"], fingerprint[2].upper(), setup[1], lines)


def _line(section: str) -> Line:
    kind = section[2:7]
    mid = _MID.search(section)
    wanted = {"audio": "opus", "video": "vp8"}.get(kind)
    if mid is None or wanted is None:
        raise BadDescription("a stream without a name, or neither sound nor picture")
    payload = next(
        (int(number) for number, codec in _CODEC.findall(section) if codec.lower().startswith(wanted)), -1
    )
    if not 0 <= payload < 128:
        raise BadDescription(f"no {wanted}")
    known = {uri: int(number) for number, uri in _EXTENSION.findall(section) if 0 < int(number) < 15}
    ssrc = _SSRC.search(section)
    return Line(
        mid[1],
        kind,
        payload,
        int(ssrc[1]) & 0xFFFFFFFF if ssrc else 0,
        known.get(LEVEL, 0) if kind == "audio" else 0,
        known.get(TWCC, 0),
    )


def write(end: Described, *, sends: bool, candidates: Sequence[str] = ()) -> str:
    """A description of ours (or, for the library, of the other end), which sends or receives every stream."""
    text = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(line.mid for line in end.lines),
        "a=msid-semantic: WMS *",
    ]
    for line in end.lines:
        text += [
            f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {line.payload}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{line.mid}",
            f"a=ice-ufrag:{end.ufrag}",
            f"a=ice-pwd:{end.pwd}",
            f"a=fingerprint:sha-256 {end.fingerprint}",
            f"a=setup:{end.setup}",
            "a=sendonly" if sends else "a=recvonly",
            "a=rtcp-mux",
            "a=rtcp-rsize",
        ]
        if line.level:
            text.append(f"a=extmap:{line.level} {LEVEL}")
        if line.twcc:
            text.append(f"a=extmap:{line.twcc} {TWCC}")
        text.append(f"a=rtpmap:{line.payload} " + ("opus/48000/2" if line.kind == "audio" else "VP8/90000"))
        if line.kind == "audio":
            text.append(f"a=fmtp:{line.payload} {VOICE}")
        else:
            text += [f"a=rtcp-fb:{line.payload} nack", f"a=rtcp-fb:{line.payload} nack pli"]
        if line.twcc:
            text.append(f"a=rtcp-fb:{line.payload} transport-cc")
        if sends and line.ssrc:
            text += [f"a=msid:{line.mid} {line.mid}", f"a=ssrc:{line.ssrc} cname:{line.mid}"]
        text += [f"a={candidate}" for candidate in candidates]
        if candidates:
            text.append("a=end-of-candidates")
    return "\r\n".join(text) + "\r\n"
