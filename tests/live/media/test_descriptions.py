"""Session descriptions are read narrowly and written anew; who is heard and seen follows a rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.media.choice import Camera, cameras_for, kind_of, voices_for
from live.media.forwarder.sdp import BadDescription, Described, Line, read, write

PRINT = ":".join(["AB"] * 32)
OURS = Described(
    "abcd",
    "p" * 24,
    PRINT,
    "actpass",
    (Line("0", "audio", 111, 41, 1, 3), Line("1", "video", 96, 42, 0, 3)),
)


def test_what_is_written_is_read_again():
    assert read(write(OURS, sends=True)) == OURS
    text = write(OURS, sends=False, candidates=["candidate:1 1 UDP 1 192.0.2.1 9 typ host"])
    assert "a=candidate:1 1 UDP 1 192.0.2.1 9 typ host\r\na=end-of-candidates" in text
    assert "a=ssrc" not in text  # a receiver sends nothing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a=ice-pwd:" + "p" * 24, "a=ice-pwd:é"),
        ("a=setup:actpass", "a=setup:nobody"),
        ("a=fingerprint:sha-256", "a=fingerprint:sha-1"),
        ("a=mid:1", "a=mid:0"),
        ("a=mid:1", "a=mid:" + "x" * 40),
        ("m=video", "m=application"),
        ("VP8/90000", "H264/90000"),
        ("v=0", "v=0" + "x" * 30_000),
        ("m=", "x="),
    ],
)
def test_what_no_browser_writes_is_refused(old, new):
    with pytest.raises(BadDescription):
        read(write(OURS, sends=True).replace(old, new))


@given(st.text(max_size=400))
def test_no_text_does_worse_than_being_refused(text):
    with pytest.raises(BadDescription):
        read(text)
    try:
        read(write(OURS, sends=True) + text)
    except BadDescription:
        pass


def test_the_trainer_is_shown_and_then_who_spoke_last():
    trainer, tutor = Camera("t", False, 0), Camera("u", False, 0)
    amina, omar, li = Camera("a", False, 1, 10), Camera("o", False, 1, 30), Camera("l", False, 1, 20)
    assert cameras_for([], [amina, omar, trainer], 2) == ["t", "o"]
    assert cameras_for([], [trainer, tutor, omar], 2) == ["t", "u"]
    assert cameras_for([], [trainer, Camera("a", True, 1, 0), omar], 2) == ["a", "t"]
    assert cameras_for(["t", "l"], [amina, Camera("o", False, 1, 21), li, trainer], 2) == ["t", "l"]
    assert cameras_for(["t", "l"], [amina, omar, li, trainer], 2) == ["t", "o"]
    assert cameras_for(["t"], [trainer], 0) == []


def test_a_voice_keeps_its_place_until_somebody_speaks_after_it():
    assert voices_for([], {"a": 1, "b": 2, "c": 3}, 2) == ["c", "b"]
    assert voices_for(["a", "b"], {"a": 10, "b": 11, "c": 11.5}, 2) == ["a", "b"]
    assert voices_for(["a", "b"], {"a": 10, "b": 11, "c": 14}, 2) == ["c", "b"]
    assert voices_for(["a", "b"], {"b": 11}, 2) == ["b"]


def test_every_stream_is_of_one_kind():
    assert [kind_of(track) for track in ("audio", "low", "high", "screen")] == [
        "audio",
        "video",
        "video",
        "screen",
    ]
