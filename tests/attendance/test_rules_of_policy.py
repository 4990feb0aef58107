"""Parameters of a policy, and hours over a whole edition: golden cases, and properties against slow sums."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.attendance import rules
from lms.attendance.rules import HeldClass, Policy
from tests.attendance import reference
from tests.factories import NOW


def entry(value, source="Avviso 3, art. 4", valid_from="2026-10-01"):
    return {"value": value, "source": source, "valid_from": valid_from}


#: The parameters of domain.md (b), each with its proposed value, under the names that it has here.
TABLE = """
min_attendance_pct 70 | min_exam_pct 70 | min_module_pct None | hour_minutes 60 | late_tolerance_min 10
early_exit_tolerance_min 10 | credit_within_tolerance False | late_exclusion_min 30 | gap_merge_seconds 120
session_min_pct 0 | presence_per_hour 1 | presence_use record_only | concurrent_device_rule union_once
rounding floor_minute | fad_max_pct_theory 50 | fad_async_max_pct 10 | async_idle_cutoff_min 10
async_cap nominal | justification_deadline_days 5 | recovery_allowed_pct 20 | alert_consecutive_unjustified 2
alert_unjustified_pct 15 | checkpoint_monitoring_days 90 | checkpoint_first_days 120 | checkpoint_psp_days 60
manual_correction_window_h 24 | four_eyes True | retention_register_years 10 | retention_technical_ip_days 90
retention_justification_months 12 | late_enrolment_reduces_total False | outage_credit False | window both
"""


def test_every_parameter_of_the_table_is_there_with_its_proposed_value():
    policy = Policy()
    for name, value in re.findall(r"(\w+) (\w+)", TABLE):
        assert str(getattr(policy, name)) == value, name
    assert len(policy.justification_reasons) == 7
    assert set(rules.NAMES) == set(rules.KINDS), "each has its range"
    assert all(rules.KINDS[name].fits(value) for name, value in rules.DEFAULTS.items())
    assert not rules.contradictions_in(policy)


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("late_tolerance_min", 61),
        ("late_tolerance_min", None),
        ("late_tolerance_min", True),
        ("late_tolerance_min", "10"),
        ("late_exclusion_min", 0),
        ("four_eyes", 1),
        ("window", "planned"),
        ("rounding", "up"),
        ("justification_reasons", []),
        ("justification_reasons", ["illness", "illness"]),
        ("justification_evidence", ["holiday"]),
        ("retention_register_years", 4),
    ],
)
def test_a_value_out_of_range_is_named(name, bad):
    assert rules.faults_in({name: entry(bad)}) == [name]


@pytest.mark.parametrize("missing", [{"source": " "}, {"valid_from": "2026-13-01"}, {"valid_from": None}])
def test_a_value_without_source_or_first_day_is_named(missing):
    assert rules.faults_in({"four_eyes": entry(True) | missing}) == ["four_eyes"]
    assert rules.faults_in({"four_eyes": entry(True)}) == []


def test_each_parameter_holds_from_its_own_first_day():
    first = {"late_tolerance_min": entry(15), "four_eyes": entry(False)}
    second = {"late_tolerance_min": entry(5, valid_from="2026-12-01")}

    def on(day):
        return rules.policy_from(rules.in_force([first, second], date.fromisoformat(day)), 2)

    assert on("2026-09-30") == replace(Policy(), version=2)
    assert (on("2026-11-30").late_tolerance_min, on("2026-11-30").four_eyes) == (15, False)
    assert (on("2026-12-01").late_tolerance_min, on("2026-12-01").four_eyes) == (5, False)


def test_a_frozen_policy_is_read_back_whole():
    policy = replace(Policy(), justification_reasons=("illness", "court"), version=3)
    frozen = rules.all_parameters(policy, {})
    assert rules.policy_from(frozen, 3) == policy
    assert {each["source"] for each in frozen.values()} == {
        rules.DEFAULT_SOURCE,
        *rules.DEFAULT_SOURCES.values(),
    }


def test_parameters_that_contradict_each_other_are_found():
    wrong = replace(Policy(), late_exclusion_min=5, fad_async_max_pct=60, justification_reasons=("court",))
    assert [first for first, _second in rules.contradictions_in(wrong)] == [
        "late_exclusion_min",
        "fad_async_max_pct",
        "justification_evidence",
    ]


# ---------------------------------------------------------------------------- hours over an edition


def test_a_justified_hour_is_not_an_attended_one():
    held = [HeldClass("a", 120, 0, justified=True), HeldClass("b", 120, 90), HeldClass("c", 60, 60)]
    assert rules.lost_and_justified(held) == (150, 120)


def test_a_recovery_class_gives_back_what_was_lost_and_no_more_than_the_policy_allows():
    held = {"a": HeldClass("a", 120, 0), "b": HeldClass("b", 120, 100)}

    def given(*made_up, pct=20, planned=1000):
        return rules.recovered_minutes(made_up, held, planned=planned, allowed_pct=pct)

    assert given(("a", 90)) == 90
    assert given(("a", 90), ("a", 90)) == 120, "never more than the class that was missed"
    assert given(("b", 120)) == 20, "only what was lost"
    assert given(("a", 120), ("b", 20), pct=10) == 100, "the share of the policy"
    assert given(("unknown", 60)) == 0, "its page is not closed yet"
    assert given(("a", 120), pct=0) == 0


def test_a_share_is_reached_exactly_or_not():
    assert rules.percent(699, 1000) == 69
    assert not rules.enough(699, 1000, 70)
    assert rules.enough(700, 1000, 70)
    assert rules.enough(0, 0, 70)
    assert rules.enough(0, 100, None)


def test_hours_are_cut_by_the_hour_of_the_policy():
    assert (rules.hours_text(100), rules.hours_text(100, 50)) == ("1,66", "2,00")


minutes = st.integers(0, 200)


@settings(max_examples=150, deadline=None)
@given(
    classes=st.lists(st.tuples(st.integers(1, 200), minutes, st.booleans()), max_size=6),
    made_up=st.lists(st.tuples(st.integers(0, 6), minutes), max_size=8),
    pct=st.integers(0, 100),
)
def test_hours_agree_with_counting_minute_by_minute(classes, made_up, pct):
    """Each lost minute is a token; a recovery class takes tokens of its class while the policy has any left."""
    held = {
        n: HeldClass(n, length, min(done, length), just) for n, (length, done, just) in enumerate(classes)
    }
    planned = sum(length for length, _done, _just in classes)
    tokens = [
        n for n, (length, done, _just) in enumerate(classes) for _minute in range(min(done, length), length)
    ]
    justified = sum(classes[n][2] for n in tokens)
    assert rules.lost_and_justified(held.values()) == (len(tokens), justified)
    allowed, given = planned * pct // 100, 0
    for missed, done in made_up:
        for _minute in range(done):
            if missed in tokens and given < allowed:
                tokens.remove(missed)
                given += 1
    assert rules.recovered_minutes(made_up, held, planned=planned, allowed_pct=pct) == given


@settings(max_examples=150, deadline=None)
@given(
    gaps=st.lists(st.integers(0, 1500), min_size=1, max_size=12),
    idle=st.integers(1, 20),
    nominal=st.integers(0, 60),
)
def test_study_agrees_with_counting_every_second(gaps, idle, nominal):
    signs = [0]
    for gap in gaps:
        signs.append(signs[-1] + gap)
    stretches, own = {}, None
    for number, second in enumerate(signs):
        at, last = NOW + timedelta(seconds=second), number == len(signs) - 1
        got = rules.study_step(
            started_at=own and own["start"],
            last_seen_at=own and own["seen"],
            signs=own["signs"] if own else 0,
            busy_until=None,
            at=at,
            closing=last,
            idle=timedelta(minutes=idle),
        )
        if own is None or got.begins_at is not None:
            own = {"start": at, "seen": at, "signs": int(number > 0), "id": number}
        else:
            own |= {"seen": at, "signs": own["signs"] + (not last)}
        stretches[own["id"]] = got.seconds
    done = rules.study_minutes({"lesson": (sum(stretches.values()), nominal)})
    assert done == reference.study(signs, idle=idle * 60, nominal=nominal)
