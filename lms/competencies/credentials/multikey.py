"""Ed25519 public keys and signatures as text: multibase, Multikey, did:key."""

import base58
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\xed\x01"


def encode(data: bytes) -> str:
    """Multibase, base58btc: "z" and the text."""
    return "z" + base58.b58encode(data).decode()


def decode(text: str, length: int) -> bytes:
    """The bytes of a multibase base58btc text. Raises ValueError unless it is the one text of `length` bytes."""
    if not text.startswith("z") or len(text) > 2 * length:
        raise ValueError("not multibase base58btc of the right length")
    data = base58.b58decode(text[1:])
    if len(data) != length or encode(data) != text:
        raise ValueError("not multibase base58btc of the right length")
    return data


def of_key(key: Ed25519PublicKey) -> str:
    """publicKeyMultibase of a key: z6Mk…"""
    return encode(_ED25519 + key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))


def key_of(text: str) -> Ed25519PublicKey:
    """The key of a publicKeyMultibase. Raises ValueError for anything else."""
    data = decode(text, 34)
    if not data.startswith(_ED25519):
        raise ValueError("not an Ed25519 key")
    return Ed25519PublicKey.from_public_bytes(data[2:])
