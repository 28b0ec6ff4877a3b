"""What of a review is to be done: what people who may write said and the bot has not answered, sorted by one rule.

Commands, thanks and questions are left out: they are heard by themselves. So is what strangers and bots said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.follow_up import ReviewSummary, ReviewThread, Said, Suggestion
from yantra_bot.domain.repository import Actor
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.ports import Forge
from yantra_bot.webhooks.review_words import ReviewWord, sort_words

MAX_THREADS: Final = 40
_BLOCK: Final = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[ \t]*suggestion[^\n]*\n(?P<text>.*?)^ {0,3}(?P=fence)[`~]*[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class AskedThread:
    """A thread, and what in it is to be done."""

    thread: ReviewThread
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that a review asks for."""

    threads: tuple[AskedThread, ...] = ()
    summaries: tuple[ReviewSummary, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.threads and not self.summaries

    @property
    def by(self) -> Actor:
        """Who spoke last; there has to be something."""
        said = [(one.id, one.author) for thread in self.threads for one in thread.said]
        return max(said, key=_first)[1] if said else self.summaries[-1].author

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted({one.thread.path for one in self.threads}))


NOTHING_ASKED: Final = Asked()


def _first(pair: tuple[int, Actor]) -> int:
    return pair[0]


class _Writers:
    """Who may write, asked live, once for each person."""

    def __init__(self, forge: Forge) -> None:
        self._forge = forge
        self._known: dict[int, bool] = {}

    async def has(self, person: Actor) -> bool:
        if person.is_bot or person.id == 0:
            return False
        if person.id not in self._known:
            self._known[person.id] = (await self._forge.permission(person.login)).may_write
        return self._known[person.id]


async def find_asked(forge: Forge, pulls: FollowUpForge, number: int, *, handle: str) -> Asked:
    """Return what the reviews of a pull request ask for now."""
    talk, writers = await pulls.review_talk(number), _Writers(forge)
    threads = []
    for thread in talk.threads:
        asks = [one for one in thread.unanswered if sort_words(one.body, handle=handle) is ReviewWord.REQUEST]
        said = tuple([one for one in asks if await writers.has(one.author)])
        if said and not thread.is_resolved:
            threads.append(AskedThread(thread, said))
    summaries = [one for one in talk.summaries if _asks(one, handle) and await writers.has(one.author)]
    return Asked(tuple(threads[-MAX_THREADS:]), tuple(summaries[-MAX_THREADS:]))


def _asks(summary: ReviewSummary, handle: str) -> bool:
    word = sort_words(summary.body, handle=handle)
    return word is ReviewWord.REQUEST or (summary.asks_for_changes and word is ReviewWord.QUESTION)


def find_suggestions(asked: Asked) -> tuple[Suggestion, ...]:
    """Return what can be applied exactly: one block in a thread, at lines of the head; the last lines come first."""
    found = [one for thread in asked.threads if (one := _suggestion_of(thread)) is not None]
    return tuple(sorted(found, key=_place, reverse=True))


def _place(one: Suggestion) -> tuple[str, int]:
    return one.path, one.end


def _suggestion_of(asked: AskedThread) -> Suggestion | None:
    thread, texts = asked.thread, [one.body.replace("\r\n", "\n") for one in asked.said]
    blocks: Sequence[re.Match[str]] = [match for text in texts for match in _BLOCK.finditer(text)]
    if len(blocks) != 1 or not thread.line or thread.is_of_base:
        return None
    return Suggestion(thread.id, thread.path, thread.start_line or thread.line, thread.line, blocks[0]["text"])
