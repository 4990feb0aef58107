"""What a page says beside who was there: who led the class, who was asked for a sign, what failed, who inspected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import asking
from ..models import RegisterPage
from .happened import HANDED, PROMPTED, VISITED
from .inspections import visits_of
from .leading import leaders_of
from .presence import prompts_of
from .sheets import Sheet

Said = Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """The facts of one class in the words of its page's entry (`as_json` of each): times are ISO texts."""

    led_by: tuple[Said, ...] = ()
    prompts: tuple[Said, ...] = ()
    outages: tuple[Said, ...] = ()
    visits: tuple[Said, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {name: list(getattr(self, name)) for name in ("led_by", "prompts", "outages", "visits")}

    def confirmations(self) -> dict[str, tuple[int, int]]:
        """How often each learner was asked to confirm being there, and how often they did, by enrolment."""
        found: dict[str, tuple[int, int]] = {}
        for prompt in self.prompts:
            for answer in prompt["answers"]:
                asked, given = found.get(answer["enrolment"], (0, 0))
                said = answer["verdict"] != asking.UNANSWERED
                found[answer["enrolment"]] = asked + 1, given + said
        return found


def story_now(session: Any, page: RegisterPage | None, sheet: Sheet) -> Story:
    """The story as the facts make it now. `sheet` is its live sheet; one query for what it says happened, or two."""
    led = leaders_of(session, page, handed_over=HANDED in sheet.happened)
    prompts = prompts_of(session, sheet) if PROMPTED in sheet.happened else []
    visits = visits_of(session, sheet) if VISITED in sheet.happened else []
    return Story(
        led_by=tuple(stretch.as_json() for stretch in led),
        prompts=tuple(prompt.as_json() for prompt in prompts),
        outages=tuple(outage.as_json() for outage in sheet.failures.platform),
        visits=tuple(visit.as_json() for visit in visits),
    )


def story_from(body: Said) -> Story:
    """The story that a closed page's entry holds; older entries hold less."""
    return Story(*(tuple(body.get(name, ())) for name in ("led_by", "prompts", "outages", "visits")))
