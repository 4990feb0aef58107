"""What evidence is enough for an award, and the exact bytes of a record. Pure: no database, no clock."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

#: What is asked for when the edition has no attendance policy of its own.
DEFAULT_MINIMUM_PERCENT = 70
#: The only thing seen that suffices where an observation is asked for (models.Seen.DONE).
SEEN_ALONE = "done"


@dataclass(frozen=True, slots=True)
class QuizEvidence:
    """The best attempt of one person at one quiz of the course."""

    key: str
    title: str
    passed: bool
    score: str = ""
    max_score: str = ""
    on: str = ""  # ISO date of the attempt, empty when there is none

    @property
    def tried(self) -> bool:
        return bool(self.on)

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.on) if self.on else None


@dataclass(frozen=True, slots=True)
class Rule:
    """What one goal of a course asks for. Rubrics of assignments will be one more field here, and in Evidence.

    `questions_percent` is a share of the marks of the questions mapped to the competency; 0 asks for none.
    """

    needs_hours: bool = True
    questions_percent: int = 60
    needs_observation: bool = False


@dataclass(frozen=True, slots=True)
class SeenEvidence:
    """The newest observation of a trainer: what was seen (models.Seen), when, and a fingerprint of its words."""

    seen: str
    on: str  # ISO date
    digest: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the platform knows that speaks for an award: hours, quizzes, what was seen; never absences or reasons.

    With `mapped`, the quizzes hold only the questions that show the competency, and their marks.
    """

    minutes_live: int
    minutes_study: int
    minutes_planned: int
    minimum_percent: int = DEFAULT_MINIMUM_PERCENT
    quizzes: tuple[QuizEvidence, ...] = ()
    mapped: bool = False
    rule: Rule = Rule()
    observation: SeenEvidence | None = None

    @property
    def minutes_done(self) -> int:
        """Never more than planned: time beyond the plan is not hours of the course."""
        return min(self.minutes_live + self.minutes_study, self.minutes_planned)

    @property
    def minutes_needed(self) -> int:
        return -(-self.minutes_planned * self.minimum_percent // 100)

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 69.9 is not yet 70."""
        return self.minutes_done * 100 // self.minutes_planned if self.minutes_planned else 0

    @property
    def questions_percent(self) -> int:
        """Whole percent of the marks of the mapped questions, rounded down."""
        most = sum((Decimal(quiz.max_score or 0) for quiz in self.quizzes), Decimal(0))
        got = sum((Decimal(quiz.score or 0) for quiz in self.quizzes), Decimal(0))
        return int(got * 100 / most) if most else 0


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that the evidence lacks: a code, and the figures or names its sentence needs."""

    code: str
    minutes: int = 0
    names: tuple[str, ...] = ()
    percent: int = 0
    needed: int = 0


def hours_missing(evidence: Evidence) -> tuple[Missing, ...]:
    """Whether the hours suffice. A course with nothing planned proves nothing."""
    if evidence.minutes_planned <= 0:
        return (Missing("nothing_planned"),)
    short = evidence.minutes_needed - evidence.minutes_done
    return (Missing("hours", minutes=short),) if short > 0 else ()


def missing(evidence: Evidence) -> tuple[Missing, ...]:
    """What is still lacking for a statement of competencies, by the rule of its goal.

    Hours; then the share of the mapped questions, or, while no question is mapped, every quiz not passed; then an
    observation of somebody who saw the person do it alone.
    """
    rule = evidence.rule
    gaps = hours_missing(evidence) if rule.needs_hours else ()
    if rule.questions_percent and evidence.mapped:
        if evidence.questions_percent < rule.questions_percent:
            weak = tuple(quiz.title for quiz in evidence.quizzes if not quiz.passed)
            gaps += (
                Missing(
                    "questions", names=weak, percent=evidence.questions_percent, needed=rule.questions_percent
                ),
            )
    elif rule.questions_percent:
        failed = tuple(quiz.title for quiz in evidence.quizzes if not quiz.passed)
        gaps += (Missing("quizzes", names=failed),) if failed else ()
    if rule.needs_observation and (evidence.observation is None or evidence.observation.seen != SEEN_ALONE):
        gaps += (Missing("observation"),)
    return gaps


def canonical(value: Mapping[str, Any]) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no floating point (RFC 8785 for our types).

    Raises TypeError for a float, whose text differs between languages, and for keys that are not text.
    """
    _only_exact(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _only_exact(value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"A key of a record is text, not {type(key).__name__}.")
            _only_exact(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _only_exact(inner)
    elif not (value is None or isinstance(value, str | bool | int)):
        raise TypeError(f"A record holds text, whole numbers and lists, not {type(value).__name__}.")


def digest(text: str) -> str:
    """SHA-256 of that text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def evidence_digest(evidence: Evidence) -> str:
    """One fingerprint of the evidence: what the trainer saw is what was judged."""
    facts = asdict(evidence)
    facts["quizzes"] = list(facts["quizzes"])
    return digest(canonical(facts))
