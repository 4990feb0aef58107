"""Bitstring Status List v1.0: one bit per credential, compressed; all lists have the same length, so that it tells nothing."""

import base64
import gzip
import zlib
from collections.abc import Iterable

LENGTH = 131_072  # bits: the least that the standard allows, a herd to hide in


def encode(set_bits: Iterable[int]) -> str:
    """The `encodedList` in which these bits are set. The same set gives the same text."""
    bits = bytearray(LENGTH // 8)
    for index in set_bits:
        bits[index // 8] |= 0x80 >> (index % 8)
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def is_set(encoded: str, index: int) -> bool:
    """The bit of one credential. Raises ValueError for what is no list of this length."""
    if not encoded.startswith("u"):
        raise ValueError("not a bitstring")
    packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    bits = zlib.decompressobj(wbits=31).decompress(packed, LENGTH // 8 + 1)
    if len(bits) != LENGTH // 8 or not 0 <= index < LENGTH:
        raise ValueError("not a bitstring of the right length")
    return bool(bits[index // 8] & 0x80 >> (index % 8))
