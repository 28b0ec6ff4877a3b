"""An earlier question that asked the same: its answer is found, its places are looked up again, and it is given.

Steps of an explanation, taken only where the operator switched such answers on. Whatever does not hold any more costs
nothing but the call that is then made.
"""

import hashlib
from dataclasses import replace
from typing import Final

from yantra_bot.agent.explaining.citations import lookup_calls, verify
from yantra_bot.agent.explaining.explain import CORRECT_BELOW
from yantra_bot.agent.loop import Act
from yantra_bot.domain.explanations import Explanation
from yantra_bot.domain.repository import Issue
from yantra_bot.domain.run import Spent
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.questions import Asked, Earlier, QuestionCache

FIND: Final = "find kept answer"
KEEP: Final = "keep answer"


def name_place(issue: Issue, handle: str) -> str:
    """Return what was said where a question is asked, as a digest: orders to the bot and what bots say left out."""
    said = [one.body for one in issue.comments if not one.author.is_bot and f"@{handle}" not in one.body]
    parts = (str(issue.number), issue.title, issue.body, *said)
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


class Remembering:
    """The kept answers that one run may be given."""

    def __init__(self, context: RunContext, cache: QuestionCache | None, act: Act) -> None:
        """`cache` is None where nothing is kept. `act` reads the code, in a step."""
        self._context, self._cache, self._act = context, cache, act

    async def recall(self, asked: Asked) -> tuple[Earlier, Explanation] | None:
        """Return an earlier question and its answer with every place as it was found again; None where there is none.

        An answer of which one place is not there is none.
        """
        cache = self._cache
        if cache is None or self._context.order.command.options.fresh:
            return None

        async def find() -> Earlier | None:
            return cache.find(asked)

        earlier = await self._context.step(FIND, find, Earlier | None, request=asked.text)
        if earlier is None:
            return None
        places = [place for _, place in earlier.answer.citations]
        calls = lookup_calls(places)
        found = verify(places, (await self._act(calls)).results) if calls else ()
        if not found or any(one is None for one in found):
            return None
        numbers = [number for number, _ in earlier.answer.citations]
        there = tuple((number, one) for number, one in zip(numbers, found, strict=True) if one is not None)
        return earlier, replace(earlier.answer, citations=there, spent=Spent())

    async def keep(self, asked: Asked, found: Explanation) -> None:
        """Keep an answer that is proven whole."""
        cache = self._cache
        if cache is None or found.problem or found.missing or found.confidence < CORRECT_BELOW:
            return

        async def keep() -> None:
            cache.keep(asked, found)

        await self._context.step(KEEP, keep, type(None), request=asked.text)
