"""Marking a quiz: pure, no database, no clock.

What is marked is a snapshot, as `courses.queries.quiz_snapshot` makes it and an attempt freezes it, so an
old attempt can be marked again after the quiz has changed. Answers are, for each question's key, the keys
of the chosen answers (a list, or one key), or the text typed.

Rules:
- one right answer, true or false: all the marks, or none; two choices where one is asked give none;
- several right answers: marks × (right ones chosen − wrong ones chosen) ÷ right ones, never below zero;
- short text: all the marks if it equals an accepted spelling after `normalise`;
- passed: the score, in percent of the most one can have, reaches the pass mark.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
APOSTROPHES = "'’‘`´ʼ′"


@dataclass(frozen=True)
class QuestionMarks:
    """What one question brought: `right` only for full marks; `chosen` as it was answered, cleaned."""

    key: str
    score: Decimal
    max_score: Decimal
    right: bool
    answered: bool
    chosen: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Marks:
    score: Decimal
    max_score: Decimal
    percent: int
    passed: bool
    by_question: tuple[QuestionMarks, ...]


def mark(snapshot: Mapping[str, Any], answers: Mapping[str, Any]) -> Marks:
    """The marks of one attempt. A question that is not answered, or answered with nonsense, brings zero."""
    by_question = tuple(
        mark_question(question, answers.get(str(question["key"]))) for question in snapshot["questions"]
    )
    score = sum((item.score for item in by_question), Decimal(0))
    max_score = sum((item.max_score for item in by_question), Decimal(0))
    passed = max_score > 0 and score * 100 >= max_score * Decimal(snapshot["pass_percent"])
    # Rounded down, so that nobody reads the pass mark next to "not passed".
    percent = int(score * 100 / max_score) if max_score else 0
    return Marks(score, max_score, percent, passed, by_question)


def mark_question(question: Mapping[str, Any], answer: Any) -> QuestionMarks:
    max_score = Decimal(str(question["marks"]))
    if question["kind"] == "short_text":
        text = answer.strip() if isinstance(answer, str) else ""
        accepted = {normalise(option["text"]) for option in question["answers"]}
        right = bool(normalise(text)) and normalise(text) in accepted
        return _marks(question, max_score if right else Decimal(0), max_score, (), text)

    known = {str(option["key"]): bool(option["correct"]) for option in question["answers"]}
    chosen = tuple(key for key in known if key in set(_keys(answer)))
    good = sum(known[key] for key in chosen)
    wanted = sum(known.values())
    if question["kind"] == "several":
        share = Decimal(max(good - (len(chosen) - good), 0)) / wanted if wanted else Decimal(0)
        score = (max_score * share).quantize(CENT, ROUND_HALF_UP)
    else:
        score = max_score if len(chosen) == 1 and good == 1 else Decimal(0)
    return _marks(question, score, max_score, chosen, "")


def normalise(text: str) -> str:
    """The form in which two spellings count as one: no case, accents, apostrophes, needless spaces or
    punctuation around. «Perché?», «perche'» and «PERCHE» are one; «l' acqua» is «l'acqua»."""
    plain = " ".join(_fold(text.translate(_TO_APOSTROPHE)).split())
    # After a consonant an apostrophe joins two words (l' acqua); after a vowel it stands for an accent.
    words = re.sub(r"(?<=[^\W\d_aeiou])\s?'\s?", "", plain).replace("'", "")
    return " ".join(words.split()).strip(' .,;:!?"«»“”') or plain


_TO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


def _keys(answer: Any) -> Iterable[str]:
    if isinstance(answer, str):
        return [answer]
    return [str(key) for key in answer] if isinstance(answer, list | tuple | set | frozenset) else []


def _marks(
    question: Mapping[str, Any], score: Decimal, max_score: Decimal, chosen: tuple[str, ...], text: str
) -> QuestionMarks:
    return QuestionMarks(
        key=str(question["key"]),
        score=score,
        max_score=max_score,
        right=score == max_score,
        answered=bool(chosen or text),
        chosen=chosen,
        text=text,
    )
