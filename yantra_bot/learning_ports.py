"""The Protocol of the memory of mistakes, part of `ports`: what stories ask of it and tell it."""

from collections.abc import Sequence
from typing import Protocol

from yantra_bot.domain.lessons import Judgement, Lesson, Occurrence, Question, Recalled, Showing


class Memory(Protocol):
    """What was learnt from mistakes. Who asks is answered, with a reason where nothing can be recalled."""

    def get_ready(self) -> None:
        """Begin to load what recalling takes, where there is anything to recall; return at once."""
        ...

    async def recall(self, question: Question) -> Recalled:
        """Return what fits; where the memory cannot be read, nothing and why. Raises nothing of its own."""
        ...

    async def learn(self, occurrences: Sequence[Occurrence]) -> None:
        """Store what happened; told twice, an occurrence counts once. Raises Transient where it is to be told again."""
        ...

    async def note(self, showings: Sequence[Showing]) -> None:
        """Store what came of showing lessons; once for each run and lesson. Raises Transient as `learn` does."""
        ...

    async def judge(self, judgement: Judgement) -> None:
        """Store whether a lesson is shown from now on; one that is gone is no error. Raises Transient as `learn`."""
        ...

    async def tend(self, now: float) -> str:
        """Archive, merge, doubt and retire what is due; say what was done. Raises Transient, SettingsError.

        Done again, it changes nothing more.
        """
        ...

    async def named(self, repository: int, words: str) -> Sequence[Lesson]:
        """Return the lessons of a repository with this id, or with all of these words in them, the newest first.

        Which are meant `learning.naming` says. Raises Transient, SettingsError.
        """
        ...

    async def forget(self, repository: int, ids: Sequence[str]) -> int:
        """Delete lessons of a repository, and shared ones that come of those alone; return how many were its own.

        Raises Transient, SettingsError.
        """
        ...
