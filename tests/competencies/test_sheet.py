"""The sheet: the highest award of each competency, its bar and its table, what comes next, and its cost."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.competencies import actions, queries
from lms.competencies.picture_of_levels import WIDTH, draw
from tests.competencies import build
from tests.competencies.test_pages import signed_in
from tests.factories import NOW


def test_bars_fit_their_width_and_say_what_is_reached():
    picture = draw([("Cercare informazioni", 1, 2, "Base"), ("x " * 90, 3, 8, "Intermedio")])
    first, second = picture.bars
    assert [step.reached for step in first.steps] == [True, False]
    assert sum(step.reached for step in second.steps) == 3
    assert len(second.lines) == 3
    for bar in picture.bars:
        assert float(bar.steps[-1].x) + float(bar.steps[-1].width) <= WIDTH + 0.5
        assert bar.words.y <= picture.height
    assert second.lines[0].y > first.words.y


def test_the_highest_award_counts_and_a_revoked_one_does_not(world):
    body = world.here
    low = build.award(body)
    aimed = body.course.goals.get()
    high = build.award_goal(body, aimed, body.enrolment, level=low.level.framework.levels.get(code="2"))
    sheet = queries.sheet_of(body.beneficiary, queries.skills_of(body.beneficiary))
    assert [row.skill.record for row in sheet.reached] == [high]
    assert sheet.reached[0].following is None
    actions.revoke(high, reason="mistake", by=body.training_director, at=NOW)
    sheet = queries.sheet_of(body.beneficiary, queries.skills_of(body.beneficiary))
    assert [row.skill.record for row in sheet.reached] == [low]
    assert sheet.reached[0].following.code == "2"
    assert [skill.record for skill in sheet.taken_back] == [high]


def test_what_comes_next_is_only_for_oneself(world):
    body = world.here
    build.award(body)
    build.goal(body.course, "1.2")
    own = signed_in(body.beneficiary).get(reverse("competencies:mine"))
    assert [row.goal.competency.code for row in own.context["sheet"].ahead] == ["1.2"]
    assert own.context["sheet"].ahead[0].lacking
    assert "<svg" in own.text
    assert "<table" in own.text
    other = signed_in(body.social_worker).get(reverse("competencies:person", args=[body.beneficiary.uuid]))
    assert other.context["sheet"].ahead == ()


def test_the_sheet_costs_the_same_for_one_award_and_for_six(world):
    body = world.here
    client = signed_in(body.beneficiary)
    url = reverse("competencies:mine")

    def cost() -> int:
        with CaptureQueriesContext(connection) as made:
            assert client.get(url).status_code == 200
        return len(made)

    build.award(body)
    build.goal(body.course, "9.9")  # one is always ahead
    client.get(url)
    few = cost()
    for number in range(2, 7):
        build.award(body, f"1.{number}")
    assert cost() == few
