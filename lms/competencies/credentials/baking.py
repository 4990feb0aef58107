"""A credential inside a picture, as Open Badges 3.0 (chapter 9) says: baked in, and taken out of strangers' files."""

import struct
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_MAX_TEXT = 512 * 1024
_MAX_CHUNKS = 10_000


class NotBaked(ValueError):
    """No one credential can be taken out of this picture; `code` says why: broken, none, several, size."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def bake_png(picture: bytes, credential: str) -> bytes:
    """The picture with the credential in an iTXt chunk, before the image's data."""
    header_ends = len(PNG) + 12 + struct.unpack(">I", picture[8:12])[0]
    body = b"iTXt" + _KEYWORD + b"\0\0\0\0\0" + credential.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:header_ends] + chunk + picture[header_ends:]


def from_png(data: bytes) -> str:
    """The credential in a PNG. Raises NotBaked; every chunk's checksum must hold and nothing may follow the end."""
    found = [
        _text(body) for kind, body in _chunks(data) if kind == b"iTXt" and body.startswith(_KEYWORD + b"\0")
    ]
    return _only(found)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(PNG)
    for _number in range(_MAX_CHUNKS):
        head = data[position : position + 8]
        if len(head) < 8:
            raise NotBaked("broken")
        length, kind = struct.unpack(">I", head[:4])[0], head[4:]
        body = data[position + 8 : position + 8 + length]
        checksum = data[position + 8 + length : position + 12 + length]
        if len(body) != length or checksum != struct.pack(">I", zlib.crc32(kind + body)):
            raise NotBaked("broken")
        yield kind, body
        position += 12 + length
        if kind == b"IEND":
            if position != len(data):
                raise NotBaked("broken")
            return
    raise NotBaked("broken")


def _text(body: bytes) -> str:
    """The text of an iTXt chunk, inflated if need be, up to a limit."""
    rest = body[len(_KEYWORD) + 1 :]
    if len(rest) < 4:
        raise NotBaked("broken")
    compressed = rest[0]
    pieces = rest[2:].split(b"\0", 2)
    if len(pieces) != 3:
        raise NotBaked("broken")
    text = pieces[2]
    if compressed:
        try:
            text = zlib.decompressobj().decompress(text, _MAX_TEXT + 1)
        except zlib.error:
            raise NotBaked("broken") from None
    if len(text) > _MAX_TEXT:
        raise NotBaked("size")
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise NotBaked("broken") from None


def bake_svg(picture: str, credential: str) -> str:
    """The picture with the credential as the first element of its root."""
    start = picture.index("<svg") + len("<svg")
    end = picture.index(">", start) + 1
    inside = credential.replace("]]>", "]]\\u003e")
    element = f"<openbadges:credential><![CDATA[{inside}]]></openbadges:credential>"
    return f'{picture[:start]} xmlns:openbadges="{NAMESPACE}"{picture[start:end]}{element}{picture[end:]}'


def from_svg(data: bytes) -> str:
    """The credential in an SVG, or the token in its `verify` attribute. Raises NotBaked; declarations are refused."""
    try:
        text = data.decode("utf-8-sig")  # as text, so that the file cannot name another encoding
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise NotBaked("broken")
        root = ElementTree.fromstring(text)  # noqa: S314 (without declarations there is nothing to expand)
    except NotBaked:
        raise
    except (ElementTree.ParseError, ValueError, RecursionError):
        raise NotBaked("broken") from None
    found = [
        (element.get("verify") or element.text or "").strip()
        for element in root.iter(f"{{{NAMESPACE}}}credential")
    ]
    return _only(found)


def _only(found: list[str]) -> str:
    if not found or not found[0]:
        raise NotBaked("none")
    if len(found) > 1:
        raise NotBaked("several")
    return found[0]
