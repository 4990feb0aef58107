"""The bars of a person's competencies as numbers for an SVG: no colour says anything alone, and it prints. Pure.

The drawing is as wide as a small phone, so that its letters are read there at their own size; wider screens show it
no wider than it stays calm.
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 328
LETTERS = 40  # of a line of the title at 15 units
LINE = 19
BAR = 16
SPACE = 26
GAP = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one bar: where it begins and how wide it is, as SVG writes numbers; whether it is reached."""

    x: str
    width: str
    reached: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words: where it stands."""

    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One competency: its title in lines, its steps, the level in words under them."""

    lines: tuple[Line, ...]
    y: int
    steps: tuple[Step, ...]
    words: Line


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    bar: int
    bars: tuple[Bar, ...]


def draw(rows: Iterable[tuple[str, int, int, str]]) -> Picture:
    """(title, step reached, steps of the framework, level in words) of each competency, from the top down."""
    bars, y = [], 0
    for title, step, steps, words in rows:
        lines = tuple(
            Line(y + LINE * (number + 1) - 4, text)
            for number, text in enumerate(textwrap.wrap(title, LETTERS, max_lines=3, placeholder="…"))
        )
        top = y + LINE * len(lines) + 4
        width = (WIDTH - GAP * (steps - 1)) / steps
        blocks = tuple(
            Step(f"{number * (width + GAP):.1f}", f"{width:.1f}", number < step) for number in range(steps)
        )
        bars.append(Bar(lines, top, blocks, Line(top + BAR + LINE - 3, words)))
        y = top + BAR + LINE + SPACE
    return Picture(WIDTH, max(y - SPACE + 6, 1), BAR, tuple(bars))
