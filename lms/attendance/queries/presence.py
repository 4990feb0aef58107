"""Presence prompts of a class: who was asked, who answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from .. import asking
from ..models import AnswerMeans, PresenceAnswer, PresencePrompt, RegisterPage
from .sheets import Sheet, full_name, live_sheet


@dataclass(frozen=True)
class Answer:
    """What is said of one learner and one prompt. `verdict`: answered, late, voice, unanswered."""

    enrolment: str
    person: str
    name: str
    verdict: str
    at: datetime | None = None
    confirmed_by: str = ""

    @property
    def words(self) -> str:
        return {
            asking.ANSWERED: _("answered"),
            asking.LATE: _("answered late"),
            asking.BY_VOICE: _("answered by voice"),
            asking.UNANSWERED: _("did not answer"),
        }[self.verdict]

    def as_json(self) -> dict[str, Any]:
        said = {"enrolment": self.enrolment, "verdict": self.verdict}
        if self.at:
            said["at"] = self.at.isoformat()
        if self.confirmed_by:
            said["confirmed_by"] = self.confirmed_by
        return said


@dataclass(frozen=True)
class Prompt:
    """One presence prompt with everybody who was in the class while it stood."""

    uuid: str
    asked_by: str  # "" when the policy asked
    announced_at: datetime
    opens_at: datetime
    deadline: datetime
    answers: tuple[Answer, ...]

    @property
    def answered(self) -> int:
        return sum(each.verdict != asking.UNANSWERED for each in self.answers)

    @property
    def silent(self) -> list[Answer]:
        return [each for each in self.answers if each.verdict == asking.UNANSWERED]

    def as_json(self) -> dict[str, Any]:
        return {
            "uuid": self.uuid,
            "asked_by": self.asked_by,
            "announced_at": self.announced_at.isoformat(),
            "asked_at": self.opens_at.isoformat(),
            "deadline": self.deadline.isoformat(),
            "answers": [each.as_json() for each in self.answers],
        }


def prompts_of(session: Any, sheet: Sheet | None = None) -> list[Prompt]:
    """The prompts of a class, oldest first, each with the learners it reached. Two queries beside the sheet."""
    prompts = list(
        PresencePrompt.objects.filter(session=session)
        .select_related("asked_by")
        .order_by("opens_at", "id")
        .prefetch_related(
            Prefetch("answers", PresenceAnswer.objects.select_related("person", "confirmed_by"))
        )
    )
    if not prompts:
        return []
    if sheet is None:
        page = RegisterPage.objects.filter(session=session).prefetch_related("breaks").first()
        sheet = live_sheet(session, page)
    return [_prompt(prompt, sheet) for prompt in prompts]


def _prompt(prompt: PresencePrompt, sheet: Sheet) -> Prompt:
    given = {str(answer.person.uuid): answer for answer in prompt.answers.all()}
    answers = []
    for line in sheet.lines:
        answer = given.get(line.person)
        if answer is None and not asking.was_asked(line.inside, prompt.opens_at, prompt.deadline):
            continue
        answers.append(_answer(line.enrolment, line.person, line.name, answer, prompt.deadline))
    asker = prompt.asked_by
    return Prompt(
        uuid=str(prompt.uuid),
        asked_by=full_name(asker.last_name, asker.first_name, asker.username) if asker else "",
        announced_at=prompt.announced_at,
        opens_at=prompt.opens_at,
        deadline=prompt.deadline,
        answers=tuple(answers),
    )


def _answer(
    enrolment: str, person: str, name: str, answer: PresenceAnswer | None, deadline: datetime
) -> Answer:
    if answer is None:
        return Answer(enrolment, person, name, asking.UNANSWERED)
    by_voice = answer.means == AnswerMeans.VOICE
    who = answer.confirmed_by
    return Answer(
        enrolment,
        person,
        name,
        asking.verdict(answer.answered_at, deadline, by_voice=by_voice),
        answer.answered_at,
        full_name(who.last_name, who.first_name, who.username) if who else "",
    )


def prompt_now(session: Any, *, at: datetime) -> PresencePrompt | None:
    """The prompt that is announced or open at this moment."""
    rows = PresencePrompt.objects.filter(session=session, announced_at__lte=at, deadline__gt=at)
    return rows.order_by("-opens_at", "-id").first()


def prompt_of(session: Any, uuid: UUID) -> PresencePrompt | None:
    return PresencePrompt.objects.filter(session=session, uuid=uuid).first()


def has_answered(prompt: PresencePrompt, person: Any) -> bool:
    return prompt.answers.filter(person=person).exists()
