"""Work that is shared by those who want it at the same moment."""

import asyncio
from uuid import uuid4

import pytest

from live.together import MOST, Together

pytestmark = pytest.mark.django_db


async def test_the_first_begins_at_once_and_the_others_go_together():
    batches: list[list[int]] = []

    def work(_room, items):
        batches.append(list(items))
        return [item * 2 for item in items]

    queue = Together[int, int](work)
    room = uuid4()
    answers = await asyncio.gather(*(queue.do(room, number) for number in range(MOST + 11)))
    assert answers == [number * 2 for number in range(MOST + 11)]
    assert [item for batch in batches for item in batch] == list(range(MOST + 11)), "in their order"
    assert len(batches) <= 3
    assert max(map(len, batches)) <= MOST


async def test_one_answer_may_be_a_failure_of_its_own():
    queue = Together[int, int](lambda _room, items: [KeyError(n) if n == 1 else n for n in items])
    room = uuid4()
    found = await asyncio.gather(*(queue.do(room, n) for n in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [int, KeyError, int]


async def test_work_that_fails_or_answers_too_little_stops_nobody_after_it():
    answers = iter([[], OSError("gone"), None])

    def work(_room, items):
        now = next(answers)
        if isinstance(now, Exception):
            raise now
        return list(items) if now is None else now

    queue = Together[int, int](work)
    room = uuid4()
    for problem in (ValueError, OSError):
        with pytest.raises(problem):
            await queue.do(room, 1)
    assert await queue.do(room, 7) == 7
