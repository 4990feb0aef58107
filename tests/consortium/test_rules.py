"""Waits, verdicts, and addresses that nothing may be sent to."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.consortium import rules, sender
from lms.consortium.rules import Answer

AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@given(st.integers(1, 1000), st.floats(0, 1))
def test_a_wait_doubles_within_its_bounds(attempt, chance):
    wait = rules.backoff(attempt, chance)
    full = min(rules.FIRST_WAIT * 2 ** min(attempt - 1, 20), rules.LONGEST_WAIT)
    assert full / 2 <= wait <= full


def test_all_tries_together_outlast_a_night():
    least = sum((rules.backoff(n, 0) for n in range(1, rules.MAX_ATTEMPTS)), timedelta())
    assert least > timedelta(hours=18)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 5 ", 5),
        ("999999999", 86400),
        ("Tue, 24 Nov 2026 14:10:00 GMT", 600),
        ("Tue, 24 Nov 2020 14:10:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1e9", None),
        ("٣", None),
    ],
)
def test_retry_after(value, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert rules.retry_after(value, AT) == expected


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_two_hundreds_are_delivered(status):
    assert rules.verdict(Answer(status=status), 1, 0).delivered


@pytest.mark.parametrize(
    ("answer", "tries"),
    [
        (Answer(status=500), rules.MAX_ATTEMPTS),
        (Answer(status=429), rules.MAX_ATTEMPTS),
        (Answer(status=408), rules.MAX_ATTEMPTS),
        (Answer(problem="timeout"), rules.MAX_ATTEMPTS),
        (Answer(status=301), rules.MAX_REFUSALS),
        (Answer(status=400), rules.MAX_REFUSALS),
        (Answer(status=410), rules.MAX_REFUSALS),
        (Answer(problem="address_refused"), rules.MAX_REFUSALS),
        (Answer(problem="certificate"), rules.MAX_REFUSALS),
    ],
)
def test_when_a_person_is_called(answer, tries):
    assert not rules.verdict(answer, tries - 1, 0.5).parked
    assert rules.verdict(answer, tries, 0.5).parked


PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:0:0:0:0:80ff:fffe",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_are_not_public(address):
    assert not rules.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4002::1", "::ffff:8.8.8.8"]
)
def test_addresses_outside_are(address):
    assert rules.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "records.example.org",
        "ftp://records.example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_",
        "http://records.example.org/",
        "https://",
        "https:///path",
        "https://user:secret@records.example.org/",
        "https://user@records.example.org/",
        "https://@127.0.0.1/",
        "https://records.example.org:0/",
        "https://records.example.org:99999/",
        "https://records.example.org/#part",
        "https://records.example.org/a b",
        "https://records.example.org/\r\nHost: inside",
        "https://records.example.org\\@127.0.0.1/",
        "https://rècords.example.org/",
        "https://[::1/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_endpoint(url):
    assert rules.address_problem(url, allow_private=False)


@pytest.mark.parametrize(
    "url", ["https://records.example.org/ponte", "https://records.example.org:8443/in?x=1"]
)
def test_what_is_one(url):
    assert not rules.address_problem(url, allow_private=False)
    assert not rules.names_private_address(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "db.internal", "printer.local", "a.localhost"]
)
def test_an_address_written_as_private_is_refused_when_saved(host):
    assert rules.names_private_address(f"https://{host}/")


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "0"])
def test_other_spellings_of_this_machine_are_refused_when_sent(spelling, settings):
    """The C library reads many spellings of one address: what counts is where it leads."""
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = False
    answer = sender.post(f"https://{spelling}/", event_id="x", body="{}", secrets=["whsec_AAAA"], at=AT)
    assert answer.problem in {"address_refused", "name_unknown"}


def _resolving_to(monkeypatch, *addresses):
    asked = []

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_inside_is_refused(monkeypatch, settings, addresses):
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = False
    _resolving_to(monkeypatch, *addresses)
    answer = sender.post("https://evil.example/", event_id="x", body="{}", secrets=["whsec_AAAA"], at=AT)
    assert answer.problem == "address_refused"


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, settings):
    """The name is resolved once: what it points to a moment later does not matter."""
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = False
    asked = _resolving_to(monkeypatch, "93.184.215.14")
    went = []

    class Refusing(socket.socket):
        def connect(self, address):
            went.append(address)
            raise ConnectionRefusedError

    monkeypatch.setattr(sender.socket, "socket", Refusing)
    answer = sender.post(
        "https://records.example.org/", event_id="x", body="{}", secrets=["whsec_AAAA"], at=AT
    )
    assert answer.problem == "unreachable"
    assert asked == ["records.example.org"]
    assert went == [("93.184.215.14", 443)]
