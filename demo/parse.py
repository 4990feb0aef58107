"""Reads the course texts of demo/content: plain text that a trainer could have typed.

# Corso: title            ## Lezione: title        ? uno | question     + right answer | feedback
# Modulo: title           ## Verifica: title       ? piu, vero, testo   - wrong answer | feedback
name: value               ### heading                                   = explanation
- list item   1. step   > callout   ![alt](file)   @video file | title | captions   @audio file | title
"""

import html
import re
from dataclasses import dataclass, field
from pathlib import Path

KINDS = {"uno": "one", "piu": "several", "vero": "true_false", "testo": "short_text"}


@dataclass
class Answer:
    text: str
    correct: bool
    feedback: str


@dataclass
class Question:
    kind: str
    text: str
    answers: list[Answer] = field(default_factory=list)
    explanation: str = ""
    shows: list[str] = field(default_factory=list)  # codes of the course's competencies


@dataclass
class Activity:
    """A lesson (`blocks`: pairs of kind and value) or a quiz (`questions`)."""

    title: str
    is_quiz: bool
    facts: dict[str, str] = field(default_factory=dict)
    blocks: list[tuple[str, object]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


@dataclass
class Module:
    title: str
    facts: dict[str, str] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)


@dataclass
class Course:
    title: str
    facts: dict[str, str] = field(default_factory=dict)
    modules: list[Module] = field(default_factory=list)


def inline(text: str) -> str:
    """**strong**, *emphasis* and `code` as HTML; everything else escaped."""
    out = html.escape(text, quote=False)
    out = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", out)
    out = re.sub(r"\*(.+?)\*", r"<i>\1</i>", out)
    return re.sub(r"`(.+?)`", r"<i>\1</i>", out)


def _answer(line: str) -> Answer:
    text, _, feedback = line[1:].partition("|")
    return Answer(text.strip(), line[0] == "+", feedback.strip())


def _block(lines: list[str]) -> tuple[str, object]:
    first = lines[0]
    if first.startswith("### "):
        return "heading", first[4:]
    if first.startswith("!["):
        alt, name = re.fullmatch(r"!\[(.+)\]\((.+)\)", first).groups()
        return "image", {"alt": alt, "file": name}
    if first.startswith("@"):
        kind, _, rest = first[1:].partition(" ")
        name, title, *captions = [part.strip() for part in rest.split("|")]
        return kind, {"file": name, "title": title, "captions": captions[0] if captions else ""}
    if first.startswith("> "):
        return "callout", inline(" ".join(line[2:] for line in lines).removeprefix("Ricorda: "))
    if re.match(r"1\. ", first):
        return "steps", [inline(re.sub(r"^\d+\. ", "", line)) for line in lines]
    if first.startswith("- "):
        return "text", "<ul>" + "".join(f"<li>{inline(line[2:])}</li>" for line in lines) + "</ul>"
    return "text", "<p>" + "<br/>".join(inline(line) for line in lines) + "</p>"


def parse(path: Path) -> Course:
    """One file is one course."""
    course = Course("")
    holder: Course | Module | Activity = course
    for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in paragraph.strip().split("\n") if line]
        if not lines:
            continue
        title = re.fullmatch(r"#+ (Corso|Modulo|Lezione|Verifica): (.+)", lines[0])
        if title:
            what, name = title.groups()
            if what == "Corso":
                course.title = name
                holder = course
            elif what == "Modulo":
                holder = Module(name)
                course.modules.append(holder)
            else:
                holder = Activity(name, is_quiz=what == "Verifica")
                course.modules[-1].activities.append(holder)
            holder.facts = {
                key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines[1:])
            }
        elif lines[0].startswith("? "):
            kind, _, text = lines[0][2:].partition("|")
            question = Question(KINDS[kind.strip()], text.strip())
            question.answers = [_answer(line) for line in lines[1:] if line[0] in "+-"]
            question.explanation = " ".join(line[1:].strip() for line in lines[1:] if line[0] == "=")
            question.shows = [line[1:].strip() for line in lines[1:] if line[0] == "~"]
            holder.questions.append(question)
        else:
            holder.blocks.append(_block(lines))
    return course
