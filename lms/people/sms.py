"""Text messages: one small class per way of sending. `settings.SMS_BACKEND` names the class."""

import sys
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string


class SmsBackend(Protocol):
    def send(self, number: str, text: str) -> None:
        """Hand the message to the carrier, or raise. Returns within ten seconds."""


class ConsoleBackend:
    """Prints: for development."""

    def send(self, number: str, text: str) -> None:
        sys.stdout.write(f"[SMS → {number}] {text}\n")
        sys.stdout.flush()


class FileBackend:
    """Appends to settings.SMS_FILE: for development and demonstrations."""

    def send(self, number: str, text: str) -> None:
        file = Path(settings.SMS_FILE)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as out:
            out.write(f"{timezone.now():%Y-%m-%d %H:%M:%S}\t{number}\t{text}\n")


class MemoryBackend:
    """Keeps messages in a list: for tests."""

    outbox: list[tuple[str, str]] = []

    def send(self, number: str, text: str) -> None:
        self.outbox.append((number, text))


@cache
def _backend(path: str) -> SmsBackend:
    return import_string(path)()


def send_sms(number: str, text: str) -> None:
    """Send now, by the backend of the settings. Raises what the backend raises."""
    _backend(settings.SMS_BACKEND).send(str(number), text)
