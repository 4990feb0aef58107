"""The way through firewalls: coturn's short-lived credentials, made for one connection and for minutes.

The name is the moment it ends and a random word, the password its HMAC with the secret that only coturn and Ponte
know (draft-uberti-behave-turn-rest-00; coturn's `use-auth-secret`). Nobody's name or number is in it.
"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any

from django.conf import settings


def servers_for(member: str) -> tuple[dict[str, Any], ...]:
    """What one browser is given for one join: nothing where no TURN server is configured."""
    if not settings.LIVE_TURN_URLS or not settings.LIVE_TURN_SECRET:
        return ()
    ends = int(time.time()) + 60 * settings.LIVE_TURN_MINUTES
    return (credentials(settings.LIVE_TURN_URLS, settings.LIVE_TURN_SECRET, ends=ends),)


def credentials(urls: list[str], secret: str, *, ends: int) -> dict[str, Any]:
    """An entry of RTCPeerConnection's iceServers, worth something until `ends` (seconds since 1970)."""
    username = f"{ends}:{secrets.token_hex(8)}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()  # coturn's own, no choice
    return {"urls": list(urls), "username": username, "credential": base64.b64encode(digest).decode()}
