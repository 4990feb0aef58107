"""What counts as an answer, and how many attempts are left: pure."""

from collections.abc import Mapping
from typing import Any

TEXT_LIMIT = 300


def attempts_left(allowed: int, handed_in: int) -> int | None:
    """Attempts still to be had; None means as many as one likes."""
    return None if allowed == 0 else max(allowed - handed_in, 0)


def question_in(snapshot: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """The question with this key as it was asked, or None."""
    return next((item for item in snapshot["questions"] if str(item["key"]) == str(key)), None)


def clean_answer(question: Mapping[str, Any], answer: Any) -> list[str] | str:
    """The answer in the one form that is stored: chosen keys that were offered, or a text of bounded length.

    What was never offered is dropped, so a tampered post answers nothing.
    """
    if question["kind"] == "short_text":
        text = answer if isinstance(answer, str) else " ".join(map(str, answer or []))
        return " ".join(text.replace("\x00", "").split())[:TEXT_LIMIT]
    chosen = [answer] if isinstance(answer, str) else list(answer or [])
    offered = [str(option["key"]) for option in question["answers"]]
    kept = [key for key in offered if key in {str(item) for item in chosen}]
    return kept if question["kind"] == "several" else kept[:1]


def clean_answers(snapshot: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, list[str] | str]:
    """Every answer to a question that was asked, cleaned; the rest is dropped."""
    found = ((str(item["key"]), item) for item in snapshot["questions"])
    return {key: clean_answer(item, answers[key]) for key, item in found if key in answers}


def unanswered(snapshot: Mapping[str, Any], answers: Mapping[str, Any]) -> list[int]:
    """The numbers, from 1, of the questions that have no answer yet."""
    return [
        number for number, item in enumerate(snapshot["questions"], 1) if not answers.get(str(item["key"]))
    ]
