"""What went wrong, in one sentence that says what to do."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path


class Stop(Exception):
    """Ends the command with one clear sentence."""


DISK_FULL = "The disk that holds {where} is full: free some space (about 500 MB) and start again."


def of_error(error: BaseException, where: Path) -> str | None:
    """The sentence for an error of the machine, or None for an error of ours."""
    said = str(error).lower()
    code = getattr(error, "errno", None)
    if code in {errno.ENOSPC, errno.EDQUOT} or "database or disk is full" in said or "no space left" in said:
        return DISK_FULL.format(where=where)
    if code in {errno.EACCES, errno.EROFS, errno.EPERM} or "readonly database" in said:
        return f"{where} cannot be written to: check who owns it, or choose another folder with --data."
    if "database is locked" in said:
        return f"Another program holds the database in {where}: stop it and start again."
    if type(error).__name__ == "OperationalError" and ("connection" in said or "connect" in said):
        return (
            "The database of DATABASE_URL does not answer: start it, or leave DATABASE_URL empty for SQLite."
        )
    return None


def check_data_folder(data: Path, *, needed_mb: int = 0) -> None:
    """The data folder exists, can be written to and has room. Raises Stop."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 65536)
        probe.unlink()
        room = os.statvfs(data)
    except OSError as error:
        raise Stop(of_error(error, data) or f"{data} cannot be used as data folder: {error}.") from None
    if room.f_bavail * room.f_frsize < needed_mb * 1024 * 1024:
        raise Stop(DISK_FULL.format(where=data))


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not yet listening. Raises Stop."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise Stop(
            f"{host} is not an address of this machine: use --host 127.0.0.1 or --host 0.0.0.0."
        ) from None
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise Stop(
                f"Port {port} is in use: stop the program that has it, or choose another with --port."
            ) from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise Stop(
                f"{host} is not an address of this machine: use --host 127.0.0.1 or --host 0.0.0.0."
            ) from None
        if error.errno == errno.EACCES:
            raise Stop(f"Port {port} needs more rights than you have: choose one above 1023.") from None
        raise Stop(f"Ponte cannot listen on {host}:{port}: {error.strerror}.") from None
    return bound
