"""Whatever is done to a register by SQL is found and named."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from lms.attendance import actions, chain, fences, keys, queries
from lms.attendance.models import RegisterEntry
from lms.errors import Refused
from tests import factories as make
from tests.attendance.conftest import hold, minutes
from tests.attendance.whole import whole_register
from tests.factories import NOW

DAY = timedelta(days=1)
ENTRY = "attendance_registerentry"


def sql(statement, *values):
    with fences.lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)


def codes(register, **options):
    return [(f.fault.position, f.fault.code) for f in queries.verify(register, **options).findings]


@pytest.fixture
def register(pages):
    return pages[0].register


def test_an_honest_register_is_intact(register, capsys):
    assert codes(register) == []
    call_command("register", "verify", register.code)
    assert "INTACT" in capsys.readouterr().out


def test_one_changed_letter_is_found_and_named(register):
    sql(
        f"UPDATE {ENTRY} SET content = replace(content, %s, %s) WHERE position = 3",
        '"minutes":61',
        '"minutes":99',
    )
    assert codes(register)[0] == (3, chain.CHANGED)
    with pytest.raises(CommandError, match=r"pagina 2|page 2") as failed:
        call_command("register", "verify", register.code)
    assert failed.value.returncode == 1


def test_a_recomputed_chain_is_found_by_its_signatures(register):
    previous = ""
    for entry in RegisterEntry.objects.filter(register=register).order_by("position"):
        content = json.loads(entry.content)
        if entry.position == 2:
            content["body"]["learners"][0]["minutes"] = 120
        if entry.position > 2:
            content["previous"] = previous
        text = chain.canonical(content)
        if entry.position >= 2:
            sql(
                f"UPDATE {ENTRY} SET content = %s, hash = %s, previous_hash = %s WHERE position = %s",
                text,
                chain.digest(text),
                previous,
                entry.position,
            )
        previous = chain.digest(text)
    assert (2, chain.FORGED) in codes(register)
    assert codes(register)[0][0] == 2


def test_a_cut_tail_is_found_by_an_anchor(register):
    sql(f"DELETE FROM {ENTRY} WHERE position = 4")
    assert (4, chain.CUT) in codes(register)


def test_a_cut_tail_is_found_by_an_anchor_that_somebody_else_kept(register, records, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(queries.anchors(register)[-1]))
    sql(f"DELETE FROM {ENTRY} WHERE position = 4")
    for file in records.rglob("000004.json"):
        file.unlink()
    sql(
        "UPDATE attendance_registerpage SET closed_at = NULL, closed_by_id = NULL, number = NULL WHERE number = 3"
    )
    assert codes(register) == []
    with pytest.raises(CommandError, match=r"kept\.json"):
        call_command("register", "verify", register.code, anchor=[kept])


def test_swapped_pages_are_found(register):
    sql(f"UPDATE {ENTRY} SET position = 99 WHERE position = 2")
    sql(f"UPDATE {ENTRY} SET position = 2 WHERE position = 3")
    sql(f"UPDATE {ENTRY} SET position = 3 WHERE position = 99")
    assert (2, chain.MISPLACED) in codes(register)
    assert codes(register)[0][0] == 2


def test_a_removed_page_in_the_middle_is_found(register):
    sql(f"DELETE FROM {ENTRY} WHERE position = 3")
    assert codes(register)[0] == (3, chain.GAP)


def test_minutes_changed_beside_the_chain_are_found(register):
    sql("UPDATE attendance_registerline SET minutes = 119 WHERE minutes = 61")
    assert codes(register) == [(3, chain.UNLIKE)]


def test_a_page_renumbered_beside_the_chain_is_found(register):
    sql("UPDATE attendance_registerpage SET number = 7 WHERE number = 3")
    assert (4, chain.UNLIKE) in codes(register)


def test_an_old_key_still_verifies_and_a_lost_one_does_not(register, settings, tmp_path):
    from lms.attendance import keys as signing

    old = signing.current_key_id()
    new = signing.make_key(register.opened_at.replace(year=2099))
    try:
        assert signing.current_key_id() == new != old
        assert codes(register) == []
    finally:
        for file in settings.SIGNING_KEY_DIR.glob(f"{new}*"):
            file.unlink()
    settings.SIGNING_KEY_DIR = tmp_path / "empty"
    assert (1, chain.FORGED) in codes(register)


def test_production_never_makes_its_own_key(world, settings, tmp_path):
    from lms.attendance import actions
    from lms.attendance.models import Register
    from lms.errors import Refused

    settings.SIGNING_KEY_DIR = tmp_path / "none"
    settings.SIGNING_KEY_MADE_ON_FIRST_USE = False
    with pytest.raises(keys.NoKey):
        keys.current_key_id()
    with pytest.raises(Refused, match=r"register\.no_key"):
        actions.open_register(world.here.edition, by=world.here.tutor, at=NOW)
    assert not Register.objects.exists()


def test_missing_anchors_are_made_up_for_but_never_for_a_cut_chain(register, records):
    from lms.attendance import actions

    (last,) = records.rglob("000004.json")
    last.unlink()
    assert codes(register) == [(4, chain.UNANCHORED)]
    assert actions.write_missing_anchors() == 1
    assert actions.write_missing_anchors() == 0
    assert codes(register) == []
    sql(f"DELETE FROM {ENTRY} WHERE position = 4")
    (third,) = records.rglob("000003.json")
    third.unlink()
    assert actions.write_missing_anchors() == 0


def test_an_honest_register_with_everything_in_it_is_intact_and_each_altered_row_is_named(world, records):
    """One register with a row of every table beside the chain; then one column of each is changed by SQL."""
    register = whole_register(world.here)
    assert codes(register) == []
    for n, (statement, matter) in enumerate(ALTERED):
        with transaction.atomic():
            sql(statement)
            found = [(f.fault.code, f.fault.where) for f in queries.verify(register).findings]
            assert ("unlike", matter) in found, (n, statement, found)
            transaction.set_rollback(True)
    assert codes(register) == []


ALTERED = [
    ("UPDATE attendance_connection SET opened_at = '2026-11-24 14:01:00+00:00'", "connections"),
    ("UPDATE attendance_connection SET device = 'altro'", "connections"),
    ("UPDATE attendance_connection SET enrolment_id = NULL", "connections"),
    ("UPDATE attendance_roomstay SET left_at = '2026-11-24 15:59:00+00:00'", "room"),
    ("DELETE FROM attendance_roomstay", "room"),
    ("UPDATE attendance_registerline SET minutes = minutes + 1", "minutes"),
    ("UPDATE attendance_registerline SET status = 'absent'", "minutes"),
    ("DELETE FROM attendance_registerline", "minutes"),
    ("UPDATE attendance_registerpage SET topic = 'Altro'", "page"),
    ("UPDATE attendance_registerpage SET ended_at = '2026-11-24 15:59:00+00:00' WHERE number = 1", "page"),
    ("UPDATE attendance_classbreak SET ends_at = '2026-11-24 14:59:00+00:00'", "page"),
    ("UPDATE attendance_pagesignature SET method = 'app'", "signature"),
    ("DELETE FROM attendance_pagesignature", "signature"),
    ("UPDATE attendance_vidimation SET number = '78'", "stamp"),
    ("UPDATE attendance_studypage SET until = '2026-11-26 15:00:00+00:00'", "study"),
    ("UPDATE attendance_studyinterval SET seconds = 1", "stretches"),
    ("UPDATE attendance_amendment SET reason = 'Altro'", "amendment"),
    ("UPDATE attendance_inspectionreport SET text = 'Altro'", "report"),
    ("UPDATE attendance_register SET closed_at = NULL", "closing"),
]


def test_a_closed_register_takes_no_page_and_still_takes_a_rectification(world, records):
    body = world.here
    register = whole_register(body)
    assert (
        actions.close_register(register, by=body.tutor, at=NOW + 9 * DAY).closed_by == body.training_director
    )
    with pytest.raises(Refused, match=r"register\.closed"):
        actions.start_class(make.session(body.edition, body.trainer), by=body.trainer, at=NOW + 4 * DAY)
    page = body.session.register_page
    changes = [{"enrolment": str(body.enrolment.uuid), "minutes": 61}]
    asked = actions.amend(page, by=body.tutor, at=NOW + 4 * DAY, reason="Ancora", changes=changes)
    actions.approve_amendment(asked, by=body.training_director, at=NOW + 4 * DAY)
    closing = json.loads(register.entries.get(kind="closing").content)["body"]
    learner = next(each for each in closing["learners"] if each["name"] == "Qui Beneficiary")
    assert (learner["minutes"], learner["by_mode"]["own_study"]) == (68, 8)
    assert {"name": "Qui Trainer", "minutes": 115} in closing["trainers"]


def test_a_register_with_an_open_page_or_a_touched_one_is_not_closed(world, pages):
    body, register = world.here, pages[0].register
    hold(body, make.session(body.edition, body.trainer, starts_at=NOW + 5 * DAY))
    with pytest.raises(Refused, match="pages_open"):
        actions.close_register(register, by=body.training_director, at=NOW + 6 * DAY)
    actions.close_page(register.pages.get(number=None), by=body.trainer, at=NOW + 6 * DAY)
    sql("UPDATE attendance_registerline SET minutes = 119 WHERE minutes = 61")
    with pytest.raises(Refused, match="not_intact"):
        actions.close_register(register, by=body.training_director, at=NOW + 6 * DAY)


def test_a_register_is_not_closed_over_study_that_is_on_no_page(world, pages):
    """Afterwards no page is added: those hours would be lost."""
    body, register = world.here, pages[0].register
    key, at = uuid4(), NOW + 5 * DAY
    for after in (0, 5):
        actions.record_study(body.enrolment, key, 1, 60, at=at + minutes(after))
    with time_machine.travel(at + minutes(6), tick=False):
        client = Client()
        client.force_login(body.training_director)
        shown = client.get(reverse("attendance:register_close", args=[register.code]))
        assert shown.context["left"].study == 5
        assert 'name="secret"' not in shown.text
    with pytest.raises(Refused, match="study_open"):
        actions.close_register(register, by=body.training_director, at=at + minutes(6))
    actions.close_study_page(register, until=at + minutes(6), by=body.tutor, at=at + minutes(6))
    closed = actions.close_register(register, by=body.training_director, at=at + minutes(6))
    (learner,) = json.loads(closed.entries.get(kind="closing").content)["body"]["learners"]
    assert learner["by_mode"]["own_study"] == 5
