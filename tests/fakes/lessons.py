"""A memory of mistakes in a dictionary: for tests of those who tell it things, not of how it is stored."""

from collections.abc import Sequence

from yantra_bot.domain.lessons import Lesson, Occurrence, Question, Recalled, Showing, name_lesson
from yantra_bot.errors import Transient
from yantra_bot.learning.naming import is_meant
from yantra_bot.learning.sharing import NOBODYS


class KeptLessons:
    """Keeps the newest occurrence of each lesson."""

    def __init__(self) -> None:
        self.lessons: dict[str, Lesson] = {}
        self.is_away = False

    async def recall(self, question: Question) -> Recalled:
        return Recalled()

    async def learn(self, occurrences: Sequence[Occurrence]) -> None:
        self._answer()
        self.lessons |= {one.lesson.id: one.lesson for one in occurrences}

    async def note(self, showings: Sequence[Showing]) -> None:
        self._answer()

    async def named(self, repository: int, words: str) -> Sequence[Lesson]:
        self._answer()
        return [one for one in self._of(repository) if is_meant(one, words)]

    async def forget(self, repository: int, ids: Sequence[str]) -> int:
        self._answer()
        gone = [one.id for one in self._of(repository) if one.id in ids]
        for lesson in gone:
            signature = self.lessons.pop(lesson).signature
            self.lessons.pop(name_lesson(NOBODYS, signature), None)  # as if it came of this one alone
        return len(gone)

    def _of(self, repository: int) -> list[Lesson]:
        return [one for one in self.lessons.values() if one.scope.repository == repository]

    def _answer(self) -> None:
        if self.is_away:
            raise Transient("the memory is away")
