"""The rules of an edition: written as versions with sources, changed on a page that shows the effect first."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lms.attendance import actions, queries, rules, wording
from lms.attendance.models import AttendancePolicy
from lms.audit.models import Entry
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import hold, minutes
from tests.factories import NOW


def entry(value, source="Avviso 3/2026, art. 5", valid_from="2026-01-01"):
    return {"value": value, "source": source, "valid_from": valid_from}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def posted(client, url, **changes):
    """The form as a browser sends it back, with some fields changed."""
    form = client.get(url).context["form"]
    data = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if value is not None and value is not False and value != "":
            data[name] = "on" if value is True else value
    return data | changes


def test_every_parameter_is_explained_once_and_has_its_place():
    shown = [name for _title, names in wording.SECTIONS for name in names]
    assert sorted(shown) == sorted(rules.NAMES)
    for name in rules.NAMES:
        label, sentence = wording.PARAMETERS[name]
        assert label
        assert re.fullmatch(r"[^.]+\.", str(sentence)), f"{name}: one sentence"
        assert wording.value_words(name, rules.DEFAULTS[name])


def test_first_the_effect_and_only_then_the_saving(world):
    body = world.here
    url = reverse("attendance:policy_change", args=[body.edition.code])
    client = signed_in(body.training_director)
    data = posted(client, url, source="Avviso 3/2026, art. 5", late_exclusion_min="", gap_merge_seconds="300")
    looked = client.post(url, data | {"look": "1"})
    assert looked.status_code == 200
    changed = {row.label: (row.before, row.after) for row in looked.context["sample"]["changed"]}
    assert len(changed) == 2, changed
    assert any(before.startswith("0 ") and after.startswith("68 ") for before, after in changed.values())
    assert not AttendancePolicy.objects.exists(), "looking saves nothing"
    mark = looked.context["mark"]
    other = client.post(url, data | {"gap_merge_seconds": "200", "seen": mark, "save": "1"})
    assert "sample" in other.context, "what was not looked at is not saved"
    assert not AttendancePolicy.objects.exists()
    assert client.post(url, data | {"seen": mark, "save": "1"}).status_code == 302
    saved = AttendancePolicy.objects.get()
    assert (saved.version, saved.made_by) == (1, body.training_director)
    assert {name: each["value"] for name, each in saved.parameters.items()} == {
        "late_exclusion_min": None,
        "gap_merge_seconds": 300,
    }
    assert {each["source"] for each in saved.parameters.values()} == {"Avviso 3/2026, art. 5"}
    assert Entry.objects.filter(verb="write.attendance_policy", actor=body.training_director).exists()
    shown = signed_in(body.trainer).get(reverse("attendance:policy", args=[body.edition.code]))
    assert "Avviso 3/2026, art. 5" in shown.content.decode()
    assert not shown.context["changes"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": "Avviso", "late_tolerance_min": "61"}, "late_tolerance_min"),
        ({"source": "Avviso", "late_exclusion_min": "5"}, "late_exclusion_min"),
        ({"source": "Avviso", "justification_reasons": ["court"]}, "justification_evidence"),
        ({"source": "Avviso"}, "__all__"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_lost(world, changes, field):
    body = world.here
    url = reverse("attendance:policy_change", args=[body.edition.code])
    client = signed_in(body.training_director)
    answer = client.post(url, posted(client, url, **changes) | {"look": "1"})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    if changes.get("late_tolerance_min"):
        assert 'value="61"' in answer.content.decode()


def test_two_who_change_the_rules_do_not_write_over_each_other(world):
    body = world.here
    url = reverse("attendance:policy_change", args=[body.edition.code])
    client = signed_in(body.training_director)
    data = posted(client, url, source="Avviso 3/2026, art. 5", gap_merge_seconds="300")
    mark = client.post(url, data).context["mark"]
    actions.set_policy(body.edition, {"four_eyes": entry(False)}, by=body.training_director, at=NOW)
    answer = client.post(url, data | {"seen": mark, "save": "1"})
    assert AttendancePolicy.objects.count() == 1
    assert answer.status_code in (200, 422)
    assert "300" in answer.content.decode(), "what was typed is still there"
    with pytest.raises(Refused, match=r"policy\.changed"):
        actions.set_policy(
            body.edition, {"four_eyes": entry(True)}, by=body.training_director, at=NOW, after_version=0
        )


def test_a_value_may_be_confirmed_by_its_document_without_changing(world):
    body = world.here
    url = reverse("attendance:policy_change", args=[body.edition.code])
    client = signed_in(body.training_director)
    data = posted(client, url, source="Avviso 3/2026, art. 4", said=["min_attendance_pct"])
    mark = client.post(url, data).context["mark"]
    client.post(url, data | {"seen": mark, "save": "1"})
    _policy, entries = queries.policy_with_sources(body.edition)
    assert entries["min_attendance_pct"]["value"] == 70
    assert entries["min_attendance_pct"]["source"] == "Avviso 3/2026, art. 4"
    assert entries["min_exam_pct"]["source"] == rules.DEFAULT_SOURCE


def test_rules_that_contradict_each_other_from_some_day_on_are_refused(world):
    body = world.here
    later = {"late_exclusion_min": entry(8, valid_from="2027-01-01")}
    with pytest.raises(Refused, match=r"policy\.contradiction"):
        actions.set_policy(body.edition, later, by=body.training_director, at=NOW)
    assert not AttendancePolicy.objects.exists()


def test_a_change_recomputes_what_is_open_and_never_what_is_closed(world):
    body = world.here
    second = make.session(body.edition, body.trainer, starts_at=NOW + timedelta(hours=3))
    stays = [(body.beneficiary, (0, 50), (51, 100))]
    closed = actions.close_page(hold(body, people=stays), by=body.trainer, at=NOW + minutes(125))
    hold(body, second, people=stays)
    before = queries.verify(closed.register).head
    actions.set_policy(body.edition, {"gap_merge_seconds": entry(0)}, by=body.training_director, at=NOW)
    (frozen,), (fresh,) = queries.sheet_of(body.session).lines, queries.sheet_of(second).lines
    assert (frozen.minutes, fresh.minutes) == (100, 99)
    assert queries.verify(closed.register).head == before
    assert queries.minutes_of(body.enrolment).live == 100
    assert queries.sheet_of(second).policy.version == 1


def test_the_timetable_is_held_against_the_shares(world):
    body = world.here
    shares = queries.shares_of(body.edition)
    assert shares == {"online": 120, "alone": 30, "presence": 0, "total": 150}
    assert queries.shares_too_large(shares, rules.Policy()) == ["fad_max_pct_theory", "fad_async_max_pct"]
    free = rules.Policy(fad_max_pct_theory=None, fad_async_max_pct=None)
    assert queries.shares_too_large(shares, free) == []


def test_the_list_of_rules_costs_the_same_for_two_and_for_fifty(world, django_assert_max_num_queries):
    body = world.here
    client = signed_in(body.training_director)
    url = reverse("attendance:policies")
    client.get(url)
    with django_assert_max_num_queries(40) as few:
        client.get(url)
    for _number in range(24):
        edition = make.edition(body.course, body.training_body)
        actions.set_policy(edition, {"four_eyes": entry(True)}, by=body.training_director, at=NOW)
    with django_assert_max_num_queries(40) as many:
        page = client.get(url)
    assert len(page.context["page_obj"].object_list) == 25
    assert len(few) == len(many)
