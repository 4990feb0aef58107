"""Reactions: a few signs, summed over a moment, kept nowhere. Nobody is told whose they are."""

from typing import Literal, get_args

from .wire import Wire

Sign = Literal["yes", "no", "slower", "bravo"]
SIGNS: tuple[str, ...] = get_args(Sign)


class React(Wire):
    t: Literal["react"]
    sign: Sign


class Reactions(Wire):
    """How many of each in the last moment. No number: nothing is lost with one."""

    t: Literal["reactions"] = "reactions"
    signs: dict[Sign, int]
