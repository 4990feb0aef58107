"""What a learner sees of a quiz: its door, and the result of one sitting."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from courses.queries import ActivityItem, page_of
from lms.assessments.queries import handed_in, open_attempt_of
from lms.assessments.rules import attempts_left


@dataclass(frozen=True)
class QuizDoor:
    """A quiz before it is begun: how long, how often, how it went so far."""

    intro: str
    questions: int
    pass_percent: int
    left: int | None
    open_attempt: Any
    attempts: Sequence[Any]

    @property
    def best(self) -> Any:
        """The attempt that counts."""
        return max(self.attempts, key=lambda a: (a.passed, a.score, -a.number), default=None)

    @property
    def may_start(self) -> bool:
        return self.open_attempt is not None or self.left != 0


@dataclass(frozen=True)
class AnswerResult:
    """One possible answer of one question, as it was asked."""

    text: str
    correct: bool
    chosen: bool
    feedback: str


@dataclass(frozen=True)
class QuestionResult:
    number: int
    text: str
    kind: str
    right: bool
    partly: bool
    answered: bool
    typed: str
    feedback: str
    answers: tuple[AnswerResult, ...]


@dataclass(frozen=True)
class Result:
    """One sitting that was handed in, question by question."""

    attempt: Any
    percent: int
    pass_percent: int
    questions: tuple[QuestionResult, ...]

    @property
    def right(self) -> int:
        return sum(question.right for question in self.questions)

    @property
    def total(self) -> int:
        return len(self.questions)


def quiz_page(item: ActivityItem) -> Any:
    """The published quiz page of an outline's item."""
    return page_of(item)


def quiz_door(enrolment: Any, item: ActivityItem, *, attempts: Sequence[Any] | None = None) -> QuizDoor:
    """The quiz before it is begun."""
    page = quiz_page(item)
    attempts = handed_in(enrolment, item.key) if attempts is None else attempts
    under_way = open_attempt_of(enrolment, item.key)
    return QuizDoor(
        intro=page.intro,
        questions=len(under_way.snapshot["questions"]) if under_way else page.questions.count(),
        pass_percent=page.pass_percent,
        left=attempts_left(page.attempts_allowed, len(attempts)),
        open_attempt=under_way,
        attempts=attempts,
    )


def result_of(attempt: Any) -> Result:
    """The result as the questions were asked, whatever the quiz says today. No query."""
    marked = {item["key"]: item for item in attempt.marks}
    questions = tuple(
        _question(number, asked, marked[str(asked["key"])])
        for number, asked in enumerate(attempt.snapshot["questions"], 1)
    )
    percent = int(attempt.score * 100 / attempt.max_score) if attempt.max_score else 0
    return Result(attempt, percent, attempt.snapshot["pass_percent"], questions)


def _question(number: int, asked: dict[str, Any], marks: dict[str, Any]) -> QuestionResult:
    chosen = set(marks["chosen"])
    return QuestionResult(
        number=number,
        text=asked["text"],
        kind=asked["kind"],
        right=marks["right"],
        partly=not marks["right"] and Decimal(marks["score"]) > 0,
        answered=marks["answered"],
        typed=marks.get("text", ""),
        feedback=asked.get("feedback", ""),
        answers=tuple(
            AnswerResult(
                option["text"],
                bool(option["correct"]),
                str(option["key"]) in chosen,
                option.get("feedback", ""),
            )
            for option in asked["answers"]
        ),
    )
