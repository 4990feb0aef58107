"""Starts the embedded media engine: `python -m live.media.forwarder --help`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .desk import Desk
from .peers import Network


def own_certificate() -> tuple[str, str]:
    """A key for this process alone, as every browser makes one for itself; its fingerprint goes by our own line."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ponte")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("0.0.0.0", 0))  # noqa: S104
        return probe.getsockname()[1]


async def run(network: Network, file: Path) -> None:
    desk = Desk(network, file)
    serving = asyncio.create_task(desk.serve())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await desk.close()
        os._exit(0)  # the library's threads wait for nobody, and nothing here is worth keeping


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="forwarder", description=__doc__)
    parser.add_argument("--file", type=Path, required=True, help="where to write how to be reached")
    parser.add_argument(
        "--port", type=int, default=0, help="UDP port for sound and picture (default: a free one)"
    )
    parser.add_argument(
        "--address", default="", help="the address that browsers reach, if it is not the machine's own"
    )
    parser.add_argument("--bind", default="", help="the address to listen on (default: every one)")
    options = parser.parse_args(arguments)
    logging.basicConfig(format="media: %(message)s", level=logging.INFO)
    certificate, key = own_certificate()
    network = Network(options.port or free_port(), options.address, options.bind, certificate, key)
    asyncio.run(run(network, options.file))


if __name__ == "__main__":
    main()
