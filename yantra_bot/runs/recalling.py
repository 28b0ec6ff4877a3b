"""What one run asks of the memory of mistakes: recorded steps, so that a run that is put together again hears the same.

The memory never ends a run: without it the run goes on, and knows why.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.lessons import CodeNode, Lesson, Moment, Question, Recalled, Reminder, name_lesson
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.learning.sharing import NOBODYS
from yantra_bot.learning.slips import languages_of
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.memory_rules import MemoryRules
from yantra_bot.runs.workshop import Workshop

RECALL: Final = "recall"
STORE_TRIES: Final = 5
"""Of what is kept for the memory: a lock of the records passes."""
OFF: Final = "the memory of mistakes is off"
PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run is about, as lessons are told apart by."""

    languages: tuple[str, ...] = ()
    symbols: frozenset[str] = frozenset()

    @classmethod
    def of(cls, context: PromptContext) -> "Subject":
        """Return it by the code that was chosen for the task."""
        places = [(part.path, part.title) for part in context.of(Level.CODE) if part.path and " " in part.title]
        symbols = frozenset(f"{path}::{title.rpartition(' ')[2]}" for path, title in places)
        return cls(languages_of([part.path for part in context.parts if part.path]), symbols)


class Recalling:
    """Asks the memory for one run."""

    def __init__(self, context: RunContext, workshop: Workshop, bench: Bench) -> None:
        self._context, self._workshop, self._bench = context, workshop, bench
        self.rules = MemoryRules()
        self.subject = Subject()
        self.stale: dict[str, tuple[CodeNode, ...]] = {}
        """Lessons about code that is another one now, by id, with their symbols as they are."""

    @property
    def is_on(self) -> bool:
        """Whether there is a memory, and the repository wants it.

        Folders of a terminal have no number of their own: what is learnt in one would be shown in all.
        """
        return self._workshop.memory is not None and self.rules.enabled and self._context.order.repository.id != 0

    async def ask(
        self, text: str, moment: Moment, *, family: str, signature: str = "", known: Iterable[Lesson] = ()
    ) -> Recalled:
        """Return what the memory recalls; `known` are lessons that count for nothing, nor do shared copies of them."""
        memory = self._workshop.memory
        if memory is None or not self.is_on:
            return Recalled(problem=OFF)
        order, ids = self._context.order, {name for one in known for name in (one.id, _shared(one))}
        question = Question(
            text,
            moment,
            order.repository.id,
            now=order.accepted_at,
            family=family,
            languages=self.subject.languages,
            signature=signature,
            categories_off=frozenset(self.rules.categories_off),
            takes_shared=self.rules.take_shared,
            symbols=self.subject.symbols,
            ignored=frozenset(ids),
        )

        async def recall() -> Recalled:
            return await memory.recall(question)

        try:
            return await self._context.step(RECALL, recall, Recalled, request=text)
        except PROBLEMS as problem:
            return Recalled(problem=str(problem))

    async def without_stale(self, found: Recalled) -> Recalled:
        """Take out what is about code that is another one now: it is asked about before it is shown again."""
        names = [node.name for one in found.reminders for node in self._nodes_of(one)]
        if not names:
            return found

        async def look() -> tuple[CodeNode, ...]:
            return (await (await self._bench.workspace()).measure(named=names)).named

        request = "\n".join(names)
        try:
            nodes = await self._context.step("look symbols up", look, tuple[CodeNode, ...], request=request, tries=2)
        except PROBLEMS:
            return found
        now = {node.name: node.digest for node in nodes}
        stale = [
            one
            for one in found.reminders
            if any(not node.is_as_then(now.get(node.name, "")) for node in self._nodes_of(one))
        ]
        self.stale |= {
            one.lesson.id: tuple(CodeNode(node.name, now.get(node.name, "")) for node in one.lesson.nodes)
            for one in stale
        }
        fresh = tuple(one for one in found.reminders if one not in stale)
        return replace(found, reminders=fresh, doubtful=(*stale, *found.doubtful))

    def _nodes_of(self, one: Reminder) -> tuple[CodeNode, ...]:
        """Return the symbols that can tell whether a lesson holds: not another repository's, not what the run edits."""
        edited = self._bench.changed_paths
        nodes = () if one.lesson.is_shared else one.lesson.nodes
        return tuple(node for node in nodes if node.name.partition("::")[0] not in edited)


def _shared(lesson: Lesson) -> str:
    return name_lesson(NOBODYS, lesson.signature)
