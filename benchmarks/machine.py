"""What the machine says about processes, and a small HTTP client that keeps its connections."""

import asyncio
import time
from pathlib import Path


def cpu_seconds(pids: list[int]) -> float:
    """Time on a processor of all threads of these processes, to the nanosecond."""
    total = 0
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(file.read_text().split()[0])
            except OSError:
                continue  # the thread ended meanwhile
    return total / 1e9


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


class Client:
    """One kept connection that asks for pages as a browser behind a proxy does."""

    def __init__(self, port: int, *, cookies: str = "") -> None:
        self.port = port
        self.headers = (
            "Host: localhost\r\nX-Forwarded-Proto: https\r\nAccept-Encoding: gzip\r\n"
            "Accept-Language: it\r\nReferer: https://localhost/\r\nOrigin: https://localhost\r\n"
        )
        if cookies:
            self.headers += f"Cookie: {cookies}\r\n"

    async def __aenter__(self) -> "Client":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.writer.close()

    async def ask(self, path: str, *, form: str = "") -> tuple[int, bytes, bytes]:
        """Status, headers, body."""
        method, more = "GET", ""
        body = form.encode()
        if body:
            method = "POST"
            more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{self.headers}{more}\r\n".encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return int(head.split(b" ", 2)[1]), head, await self.reader.readexactly(length)


async def load(port: int, path: str, cookies: str, *, concurrency: int, seconds: float) -> list[float]:
    """Asks again and again over that many connections; how long each answer took, in seconds."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def one() -> None:
        async with Client(port, cookies=cookies) as client:
            while (began := time.perf_counter()) < end:
                status, _, _ = await client.ask(path)
                assert status == 200, (path, status)
                times.append(time.perf_counter() - began)

    await asyncio.gather(*(one() for _ in range(concurrency)))
    return times


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
