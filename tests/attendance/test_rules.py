"""From intervals to minutes: golden cases, and the rules against a slow obvious reference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.attendance import rules
from lms.attendance.rules import Policy, Span, outcome
from tests.attendance.reference import judge

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 11, 24, 15, 0, tzinfo=ROME)
PLAIN = Policy()


def span(start, end, base=START):
    base = base.astimezone(UTC)
    return Span(base + timedelta(minutes=start), base + timedelta(minutes=end))


CLASS = span(0, 120)


def result(*connections, actual=CLASS, breaks=(), held_out=(), outages=(), given_back=(), policy=PLAIN):
    return outcome(
        [span(*each) for each in connections],
        scheduled=CLASS,
        actual=actual,
        breaks=breaks,
        held_out=held_out,
        outages=outages,
        given_back=given_back,
        policy=policy,
    )


def test_the_whole_class():
    got = result((-5, 125))
    assert (got.status, got.minutes, got.first_in, got.last_out) == ("present", 120, CLASS.start, CLASS.end)


def test_late_and_early_by_real_minutes():
    assert (result((10, 120)).status, result((10, 120)).minutes) == ("present", 110)
    assert (result((10.5, 120)).status, result((10.5, 120)).minutes) == ("late", 109)
    assert (result((0, 109)).status, result((0, 109)).minutes) == ("left_early", 109)
    assert result((11, 100)).status == "late_left_early"


def test_within_tolerance_a_policy_may_give_full_credit_in_a_column_of_its_own():
    kind = replace(PLAIN, credit_within_tolerance=True)
    got = result((8, 115), policy=kind)
    assert (got.minutes, got.attended_seconds, got.tolerance_seconds) == (120, 107 * 60, 13 * 60)
    assert result((11, 120), policy=kind).minutes == 109


def test_beyond_the_exclusion_the_class_does_not_count():
    got = result((30.1, 120))
    assert (got.status, got.minutes, got.excluded) == ("absent", 0, "late_exclusion")
    assert got.attended_seconds > 0
    assert result((30.1, 120), policy=replace(PLAIN, late_exclusion_min=None)).minutes == 89


def test_a_reconnection_is_merged_and_stands_apart_and_a_long_gap_is_not():
    got = result((0, 50), (52, 120))
    assert (got.minutes, got.attended_seconds, got.merged_seconds) == (120, 118 * 60, 120)
    got = result((0, 50), (52.1, 120))
    assert (got.minutes, got.merged_seconds) == (117, 0)


def test_two_devices_never_count_twice():
    assert result((0, 60), (30, 90), (0, 60)).minutes == 90


def test_many_reconnects_add_rows_and_no_minutes():
    assert result(*((n, n + 1) for n in range(120))).attended_seconds == 120 * 60


def test_a_break_counts_for_nobody_whether_connected_or_not():
    pause = [span(50, 65)]
    assert result((0, 120), breaks=pause).minutes == 105
    assert result((0, 50), (65, 120), breaks=pause).minutes == 105
    assert (
        result((0, 50), (65, 120), breaks=pause, policy=replace(PLAIN, gap_merge_seconds=900)).minutes == 105
    )


def test_the_waiting_room_does_not_count():
    assert result((-30, 40), actual=span(20, 120)).minutes == 20


def test_time_at_the_door_is_neither_attended_nor_merged_nor_lent():
    kind = replace(PLAIN, credit_within_tolerance=True)
    got = result((0, 120), held_out=[span(0, 8)], policy=kind)
    assert (got.minutes, got.first_in, got.tolerance_seconds) == (112, span(8, 9).start, 0)
    assert result((0, 120), held_out=[span(0, 12)]).status == "late"
    assert result((0, 120), held_out=[span(-5, 200)]).status == "absent"
    assert result((5, 120), held_out=[span(5, 7)], policy=kind).tolerance_seconds == 300


def test_who_is_sent_out_gets_nothing_for_it_however_short_it_was():
    """Sent out for 90 s and let in again: the gap would be merged if the line had dropped."""
    assert result((0, 50), (51.5, 120)).merged_seconds == 90
    got = result((0, 50), (51.5, 120), held_out=[span(50, 51.5)])
    assert (got.minutes, got.merged_seconds) == (118, 0)
    got = result((0, 115), held_out=[span(115, 999)], policy=replace(PLAIN, credit_within_tolerance=True))
    assert (got.minutes, got.tolerance_seconds) == (115, 0)


@pytest.mark.parametrize(("window", "minutes"), [("both", 100), ("actual", 120), ("scheduled", 120)])
def test_a_class_that_begins_and_ends_late(window, minutes):
    got = result((0, 150), actual=span(20, 150), policy=replace(PLAIN, window=window))
    assert got.minutes == minutes, "never more than the scheduled minutes"


def test_a_class_that_was_not_held_gives_nothing():
    assert result((0, 120), actual=None).status == "absent"
    assert result((0, 120), actual=span(200, 210)).minutes == 0


def test_seconds_are_cut_and_never_rounded_up():
    assert result((0, 59.99)).minutes == 59


def test_midnight():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=ROME)
    night = span(0, 60, late)
    assert outcome([night], scheduled=night, actual=night, policy=PLAIN).minutes == 60


@pytest.mark.parametrize(
    ("day", "minutes"),
    [(datetime(2026, 3, 29, tzinfo=ROME), 120), (datetime(2026, 10, 25, tzinfo=ROME), 240)],
)
def test_the_two_days_when_clocks_change(day, minutes):
    """From one to four on the wall: two hours in March, four in October. Mixed offsets must not matter."""
    begin, end = day.replace(hour=1), day.replace(hour=4)
    held = Span.of(begin, end)
    there = Span.of(begin.astimezone(UTC), end)
    got = outcome([there], scheduled=held, actual=held, policy=replace(PLAIN))
    assert (got.minutes, got.attended_seconds) == (minutes, minutes * 60)


def test_the_hour_that_comes_twice_counts_twice():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ROME, fold=0)
    second = datetime(2026, 10, 25, 2, 30, tzinfo=ROME, fold=1)
    assert Span.of(first, second).length == timedelta(hours=1)


CREDIT = replace(PLAIN, outage_credit=True)


def test_an_outage_is_a_fact_and_only_a_policy_gives_it_back_in_a_column_of_its_own():
    """Cut off at 30, the line came back at 45; this person was back half a minute later."""
    cut = {"outages": [span(30, 45)]}
    got = result((0, 29.8), (45.5, 120), **cut)
    assert (got.outage_seconds, got.outage_credit_seconds) == (15 * 60, 0)
    assert (got.attended_seconds, got.minutes) == (29.8 * 60 + 74.5 * 60, 104)
    credited = result((0, 29.8), (45.5, 120), **cut, policy=CREDIT)
    assert (credited.minutes, credited.outage_credit_seconds) == (119, 15 * 60)
    assert credited.attended_seconds == got.attended_seconds, "what was really connected does not change"


def test_an_outage_gives_nothing_to_who_was_not_there_or_did_not_come_back():
    cut = {"outages": [span(30, 45)], "policy": CREDIT}
    assert result((0, 20), (45, 120), **cut).outage_seconds == 0, "left ten minutes before"
    assert result((0, 30), (60, 120), **cut).outage_seconds == 0, "came back a quarter of an hour later"
    assert result((35, 120), **cut).outage_seconds == 0, "came during it"
    assert result((0, 120), **cut).minutes == 120, "who was not cut off gains nothing"
    assert result((0, 120), **cut).outage_credit_seconds == 0


def test_an_outage_until_the_end_of_the_class():
    cut = {"outages": [span(100, 200)]}
    assert result((0, 100), **cut).status == "present", "nobody leaves early because the line fell"
    assert result((0, 100), **cut).minutes == 100
    assert result((0, 100), **cut, policy=CREDIT).minutes == 120
    assert result((0, 70), **cut).status == "left_early"


def test_nobody_is_late_for_the_minutes_of_an_outage():
    cut = {"outages": [span(0, 40)]}
    got = result((42, 120), **cut, policy=CREDIT)
    assert (got.status, got.minutes, got.outage_credit_seconds) == ("present", 78, 0)
    assert result((75, 120), **cut).excluded == "late_exclusion"


def test_an_outage_never_gives_a_break_or_a_time_held_out():
    pause, door = [span(35, 40)], [span(40, 42)]
    got = result((0, 30), (45, 120), outages=[span(30, 45)], breaks=pause, held_out=door, policy=CREDIT)
    assert got.outage_credit_seconds == 8 * 60
    assert got.minutes == 30 + 75 + 8


def test_a_breakout_room_is_time_in_class_once():
    """Main room, then a breakout room that overlaps it, then back, with two seconds of moving in between."""
    aside = result((0, 40), (39, 80), (80 + 2 / 60, 120))
    assert (aside.minutes, aside.merged_seconds) == (120, 2)
    assert result((0, 120), (39, 80)).attended_seconds == 120 * 60


@pytest.mark.parametrize("year", [2026, 2027])
@pytest.mark.parametrize(("month", "hours"), [(3, 23), (10, 25)])
def test_a_whole_day_of_changing_clocks(year, month, hours):
    """The last Sunday of March has 23 hours and that of October 25, from midnight to midnight."""
    sunday = max(
        day for day in (datetime(year, month, n, tzinfo=ROME) for n in range(25, 32)) if day.weekday() == 6
    )
    whole = Span.of(sunday, sunday.replace(hour=0) + timedelta(days=1))
    got = outcome([whole], scheduled=whole, actual=whole, policy=PLAIN)
    assert got.minutes == hours * 60


def test_only_whole_seconds_inside_a_stay_are_counted():
    start, second = START.astimezone(UTC), timedelta(seconds=1)
    got = Span.inside(start + second * 0.2, start + second * 10.9)
    assert got == Span(start + second, start + second * 10)
    assert Span.inside(start, start + second * 3).length == 3 * second
    assert Span.inside(start + second * 0.2, start + second * 0.9).length == timedelta()
    assert Span.around(start + second * 0.2, start + second * 1.9) == Span(start, start + second * 2)


def test_a_minimum_share_of_the_class():
    half = replace(PLAIN, session_min_pct=50, late_exclusion_min=None)
    assert result((0, 59), policy=half).excluded == "below_minimum"
    assert result((0, 60), policy=half).minutes == 60


# --------------------------------------------------------------------------------- against the reference

SECONDS = 900  # a class of a quarter of an hour keeps the reference fast
moment = st.integers(-100, SECONDS + 100)
stretch = st.tuples(moment, moment).map(lambda pair: (min(pair), max(pair)))


def at(pair):
    base = START.astimezone(UTC)
    return Span(base + timedelta(seconds=pair[0]), base + timedelta(seconds=pair[1]))


@settings(max_examples=150, deadline=None)
@given(
    connections=st.lists(stretch, max_size=6),
    actual=st.none() | stretch,
    breaks=st.lists(stretch, max_size=2),
    held_out=st.lists(stretch, max_size=2),
    outages=st.lists(stretch, max_size=3),
    given_back=st.lists(stretch, max_size=2),
    gap=st.integers(0, 200),
    kind=st.booleans(),
    credit=st.booleans(),
    exclusion=st.none() | st.integers(1, 5),
    share=st.sampled_from([0, 30, 75]),
)
def test_rules_agree_with_the_reference(
    connections, actual, breaks, held_out, outages, given_back, gap, kind, credit, exclusion, share
):
    policy = Policy(
        gap_merge_seconds=gap,
        credit_within_tolerance=kind,
        late_tolerance_min=2,
        early_exit_tolerance_min=3,
        late_exclusion_min=exclusion,
        session_min_pct=share,
        outage_credit=credit,
    )
    got = outcome(
        map(at, connections),
        scheduled=at((0, SECONDS)),
        actual=at(actual) if actual else None,
        breaks=list(map(at, breaks)),
        held_out=list(map(at, held_out)),
        outages=list(map(at, outages)),
        given_back=list(map(at, given_back)),
        policy=policy,
    )
    want = judge(
        connections,
        (0, SECONDS),
        actual,
        breaks,
        held_out=held_out,
        outages=outages,
        given_back=given_back,
        credit_outages=credit,
        gap=gap,
        credit_tolerance=kind,
        late_tol=120,
        early_tol=180,
        exclusion=exclusion * 60 if exclusion else None,
        min_pct=share,
    )
    assert got.minutes == want.minutes
    assert (got.status == rules.ABSENT) == want.absent
    assert (got.attended_seconds, got.merged_seconds) == (want.attended_seconds, want.merged_seconds)
    assert (got.tolerance_seconds, got.outage_seconds) == (want.tolerance_seconds, want.outage_seconds)
    assert got.outage_credit_seconds == want.credit_seconds


@settings(max_examples=100, deadline=None)
@given(connections=st.lists(stretch, min_size=1, max_size=6), again=st.data())
def test_never_more_than_was_there(connections, again):
    def seconds(rows):
        return outcome(map(at, rows), scheduled=at((0, SECONDS)), actual=at((0, SECONDS)), policy=PLAIN)

    whole = seconds(connections)
    assert whole.attended_seconds <= min(SECONDS, sum(b - a for a, b in connections))
    doubled = [*connections, *again.draw(st.lists(st.sampled_from(connections), max_size=4))]
    assert seconds(again.draw(st.permutations(doubled))) == whole, "order and repeats are nothing"
    fewer = seconds(connections[1:])
    assert fewer.attended_seconds <= whole.attended_seconds


@settings(max_examples=100, deadline=None)
@given(
    connections=st.lists(stretch, min_size=1, max_size=5),
    held_out=st.lists(stretch, max_size=3),
    outages=st.lists(stretch, max_size=3),
)
def test_not_a_second_at_the_door_is_ever_credited(connections, held_out, outages):
    """Whatever a policy gives for gaps and lateness, credit fits into the class without the time held out."""
    generous = replace(
        PLAIN,
        gap_merge_seconds=900,
        credit_within_tolerance=True,
        late_tolerance_min=60,
        early_exit_tolerance_min=60,
        late_exclusion_min=None,
        outage_credit=True,
    )
    whole, doors = at((0, SECONDS)), list(map(at, held_out))
    got = outcome(
        map(at, connections),
        scheduled=whole,
        actual=whole,
        held_out=doors,
        outages=list(map(at, outages)),
        policy=generous,
    )
    credited = got.attended_seconds + got.merged_seconds + got.tolerance_seconds + got.outage_credit_seconds
    assert credited <= rules.total(rules.minus([whole], doors)) // timedelta(seconds=1)
    assert got.minutes <= credited // 60


# ------------------------------------------------------------------------------------------ own study

IDLE = timedelta(minutes=10)


def step(minute, *, started=0, seen=0, signs=0, busy=None, closing=False):
    return rules.study_step(
        started_at=None if started is None else START + timedelta(minutes=started),
        last_seen_at=None if started is None else START + timedelta(minutes=seen),
        signs=signs,
        busy_until=None if busy is None else START + timedelta(minutes=busy),
        at=START + timedelta(minutes=minute),
        closing=closing,
        idle=IDLE,
    )


def test_opening_adds_nothing_and_signs_add_up():
    assert step(0, started=None).seconds == 0
    assert step(4, seen=0).seconds == 240
    assert step(14, seen=4, signs=1).seconds == 14 * 60


def test_an_idle_stretch_is_cut_off():
    cut = step(15, seen=4, signs=1)
    assert (cut.seconds, cut.begins_at) == (0, START + timedelta(minutes=15))


def test_without_scripts_it_counts_from_opening_to_the_press():
    assert step(25, closing=True).seconds == 25 * 60
    assert step(25, closing=True, signs=1).seconds == 0
    assert step(25).seconds == 0


def test_time_given_elsewhere_is_not_given_again():
    taken = step(8, seen=0, busy=6)
    assert (taken.seconds, taken.begins_at) == (120, START + timedelta(minutes=6))


def test_study_is_capped_at_nominal_for_each_activity():
    assert rules.study_minutes({"a": (1000, 10), "b": (119, 10)}) == 11


@settings(max_examples=100, deadline=None)
@given(moments=st.lists(st.tuples(st.integers(0, 3600), st.integers(0, 2), st.booleans()), max_size=25))
def test_study_never_adds_up_to_more_than_the_clock(moments):
    """Three activities in three windows, any order of signs: the seconds together fit into the time that passed."""
    zero = START.astimezone(UTC)
    open_ones, seconds, seen = {}, {}, {}
    for moment, activity, closing in sorted(moments):
        now = zero + timedelta(seconds=moment)
        own = open_ones.get(activity)
        others = [at for other, at in seen.items() if other != activity and own and at > own["seen"]]
        got = rules.study_step(
            started_at=own and own["start"],
            last_seen_at=own and own["seen"],
            signs=own["signs"] if own else 0,
            busy_until=max(others, default=None),
            at=now,
            closing=closing,
            idle=IDLE,
        )
        if own is None or got.begins_at is not None:
            own = {
                "start": got.begins_at or now,
                "seen": now,
                "signs": 0,
                "id": (activity, moment, len(seconds)),
            }
        else:
            own |= {"seen": now, "signs": own["signs"] + (not closing)}
        seconds[own["id"]] = max(seconds.get(own["id"], 0), got.seconds)
        seen[activity] = now
        open_ones[activity] = own
        if closing:
            open_ones.pop(activity)
    passed = max((m for m, _a, _c in moments), default=0) - min((m for m, _a, _c in moments), default=0)
    assert sum(seconds.values()) <= passed
