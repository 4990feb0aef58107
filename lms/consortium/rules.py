"""When to try again, when to give up, and which addresses may be written to. Pure: no database, no clock."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

#: Failures that pass by themselves are tried this often (with the waits below: from 19 to 38 hours).
MAX_ATTEMPTS = 16
#: Answers that say "never like this" are tried again less often: somebody may be deploying.
MAX_REFUSALS = 3
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
#: A receiver may ask for patience, not for ever.
LONGEST_RETRY_AFTER = timedelta(hours=24)
#: After this many failures in a row the whole subscriber rests, then one delivery tries the line.
FAILURES_THAT_PAUSE = 5
FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
#: A worker that died holds its delivery no longer than this. Longer than the longest request.
LEASE = timedelta(seconds=120)
#: Both the old and the new secret sign during this time.
ROTATION = timedelta(days=7)

#: Answers that waiting may cure although they are not of the 500 family.
_PASSING = frozenset({408, 409, 421, 425, 429})


def backoff(attempt: int, chance: float) -> timedelta:
    """The wait before the next try after `attempt` tries: doubling, capped, between half and all of it.

    `chance` is a random number from 0 to 1, passed in, so that a thousand deliveries that failed together
    do not come back together.
    """
    full = min(FIRST_WAIT * 2 ** min(attempt - 1, 20), LONGEST_WAIT)
    return full / 2 + full / 2 * chance


def pause(failures: int) -> timedelta:
    """How long a subscriber rests after so many failures in a row: nothing below the limit."""
    if failures < FAILURES_THAT_PAUSE:
        return timedelta(0)
    return min(FIRST_PAUSE * 2 ** min(failures - FAILURES_THAT_PAUSE, 10), LONGEST_PAUSE)


def retry_after(value: str, at: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for: seconds or an HTTP date; None when it says nothing usable."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        wait = timedelta(seconds=int(value))
    else:
        try:
            then = parsedate_to_datetime(value)
        except (TypeError, ValueError, OverflowError):
            return None
        wait = (then if then.tzinfo else then.replace(tzinfo=UTC)) - at
    return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class Answer:
    """How one try ended: the status of the answer, or none and the code of what went wrong on the way."""

    status: int | None = None
    problem: str = ""  # a code of PROBLEMS, empty when an answer came
    retry_after: timedelta | None = None
    digest: str = ""
    text: bytes = b""  # as much of the answer as was read

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def line_works(self) -> bool:
        """A refusal of one record says that the line works; so does a record that was not sent at all."""
        return self.delivered or self.problem == "not_agreed" or (self.refused and self.status is not None)

    @property
    def refused(self) -> bool:
        """True when trying again without a change on one side is useless: a redirect, a 4xx, a bad address."""
        if self.problem:
            return self.problem in {
                "address_refused",
                "address_invalid",
                "certificate",
                "no_secret",
                "not_agreed",
            }
        return self.status is not None and 300 <= self.status < 500 and self.status not in _PASSING


#: What can go wrong before an answer is complete.
PROBLEMS = frozenset(
    {
        "address_invalid",
        "address_refused",
        "name_unknown",
        "unreachable",
        "certificate",
        "timeout",
        "broken",
        "no_secret",
        "not_agreed",
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from one try: delivered, wait so long, or a person must look."""

    delivered: bool = False
    parked: bool = False
    wait: timedelta = timedelta(0)


def verdict(answer: Answer, attempt: int, chance: float) -> Verdict:
    """Decide after try number `attempt`."""
    if answer.delivered:
        return Verdict(delivered=True)
    if answer.problem == "not_agreed":  # nothing was sent, and waiting changes no agreement
        return Verdict(parked=True)
    if attempt >= (MAX_REFUSALS if answer.refused else MAX_ATTEMPTS):
        return Verdict(parked=True)
    return Verdict(wait=max(backoff(attempt, chance), answer.retry_after or timedelta(0)))


def address_problem(url: str, *, allow_private: bool) -> str:
    """Why this URL cannot be an endpoint, as a code; empty when it can. Says nothing of where it resolves to."""
    if not url.isascii() or any(char <= " " or char == "\x7f" for char in url) or "\\" in url:
        return "malformed"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "malformed"
    if not parts.hostname or port == 0:
        return "malformed"
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        return "not_https"
    if parts.username is not None or parts.password is not None:
        return "credentials"
    if parts.fragment:
        return "malformed"
    return ""


def is_public(address: str) -> bool:
    """True for an address of the open internet, also when it is wrapped in an IPv6 form of an IPv4 one."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None:
            return is_public(str(inner))
        if int(ip) >> 32 == 0:  # ::a.b.c.d, the old compatible form
            return False
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("64:ff9b:1::/48"):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def valid_secrets(ring: Sequence[Mapping[str, str]], at: datetime) -> list[str]:
    """The secrets that sign at this moment, newest first: the last made, and those not yet expired."""
    return [
        entry["secret"]
        for entry in ring
        if not entry.get("expires_at") or datetime.fromisoformat(entry["expires_at"]) > at
    ]


def names_private_address(url: str) -> bool:
    """True when the URL itself is written with a number that is not public. Names are checked at each sending."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return not is_public(host)
