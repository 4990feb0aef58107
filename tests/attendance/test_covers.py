"""What stands before the pages: the cover with its particulars, and the stamp of an office."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from lms.attendance import actions, papers, queries
from lms.errors import Refused
from tests.attendance.conftest import hold
from tests.attendance.test_papers import text_of
from tests.factories import NOW

STAMP = {
    "kind": "office",
    "office": "Regione Puglia, Sezione Formazione",
    "number": "77",
    "stamped_on": date(2026, 11, 20),
    "protocol": "AOO_137/2026",
}
PARTICULARS = {
    "protocol": "2026/55",
    "protocol_on": date(2026, 10, 1),
    "tax_code": "01234567890",
    "hours_online": 40,
}


def open_register(body, at=NOW - timedelta(days=3)):
    return actions.open_register(body.edition, by=body.training_director, at=at)


def test_the_cover_holds_the_particulars_and_a_new_one_is_added_never_put_in_its_place(world):
    body = world.here
    actions.set_particulars(body.edition, PARTICULARS, by=body.training_director, at=NOW)
    register = open_register(body)
    assert queries.cover_as_signed(register)["particulars"]["protocol"] == "2026/55"
    changed = {**PARTICULARS, "accreditation": "ACC-9"}
    for _twice in range(2):
        actions.set_particulars(body.edition, changed, by=body.training_director, at=NOW)
    assert [entry.kind for entry in register.entries.order_by("position")] == ["opening", "cover"]
    words = text_of(papers.register_pdf(register, at=NOW))
    for expected in ("n. 2026/55 del 01/10/2026", "ACC-9", "01234567890", "FAD sincrona 40", "NON VIDIMATO"):
        assert expected in words
    assert "aggiornato 1 volte" in words


def test_the_stamp_is_in_the_chain_on_the_cover_and_on_every_page_after_it(world):
    body = world.here
    register = open_register(body)
    for _twice in range(2):
        stamp = actions.record_vidimation(register, **STAMP, by=body.training_director, at=NOW)
    assert register.vidimations.count() == 1
    assert stamp.entry.kind == "vidimation"
    page = actions.close_page(hold(body), by=body.trainer, at=NOW + timedelta(hours=3))
    assert "AOO_137/2026" in text_of(papers.class_pdf(page.session, at=NOW))
    words = text_of(papers.register_pdf(register, at=NOW))
    assert "n. 77 del 20/11/2026" in words
    assert "NON VIDIMATO" not in words


def test_a_stamp_that_comes_after_the_first_class_says_so(world):
    body = world.here
    page = hold(body)
    actions.record_vidimation(page.register, **STAMP, by=body.training_director, at=NOW)
    assert "quando 1 lezioni erano" in text_of(papers.register_pdf(page.register, at=NOW)).replace("\n", " ")


def test_the_policy_decides_whether_a_class_may_begin_without_a_stamp(world):
    body = world.here
    wanted = {"value": True, "source": "Avviso 1, art. 9", "valid_from": "2026-01-01"}
    actions.set_policy(body.edition, {"vidimation_required": wanted}, by=body.training_director, at=NOW)
    with pytest.raises(Refused) as refused:
        actions.start_class(body.session, by=body.trainer, at=NOW)
    assert refused.value.code == "register.not_stamped"
    register = open_register(body)
    actions.record_vidimation(register, **STAMP, by=body.training_director, at=NOW)
    assert actions.start_class(body.session, by=body.trainer, at=NOW).started_at == NOW


def test_a_stamp_of_tomorrow_is_refused(world):
    register = open_register(world.here)
    with pytest.raises(Refused, match=r"vidimation\.future"):
        actions.record_vidimation(
            register, **{**STAMP, "stamped_on": date(2026, 11, 25)}, by=world.here.training_director, at=NOW
        )


def test_after_midnight_the_day_that_has_begun_here_is_no_day_to_come(world):
    """Half past midnight in Rome is still the day before in UTC."""
    body, night = world.here, datetime(2026, 11, 25, 0, 30, tzinfo=timezone.get_default_timezone())
    at, today = night.astimezone(UTC), date(2026, 11, 25)
    register = open_register(body)
    stamp = actions.record_vidimation(
        register, **{**STAMP, "stamped_on": today}, by=body.training_director, at=at
    )
    report = actions.write_report(
        register,
        number="5",
        inspected_on=today,
        name="Anna Ispettrice",
        office="Regione",
        text="Tutto regolare.",
        by=body.inspector,
        at=at,
    )
    assert (stamp.stamped_on, report.inspected_on) == (today, today)
