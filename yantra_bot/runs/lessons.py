"""What one run is reminded of before it works, and what is learnt from it when it ends.

Everything that is recalled is a step's result, so that a run that is put together again is reminded of the same. The
memory never ends a run: without it the run goes on, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import task_text
from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.conversation import Text
from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.domain.lessons import (
    Came,
    CodeNode,
    Judgement,
    Moment,
    Question,
    Recalled,
    Reminded,
    Reminder,
    Scope,
    Showing,
    Standing,
    name_family,
)
from yantra_bot.domain.proof import ChangeFacts, Claim
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.learning.rendering import show_reminders
from yantra_bot.learning.sharing import share
from yantra_bot.learning.slips import (
    Circumstances,
    Repair,
    Slip,
    languages_of,
    learn,
    put_tried,
    slip_of_fault,
)
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.memory_outbox import Reminding
from yantra_bot.runs.memory_rules import MemoryRules
from yantra_bot.runs.workshop import Workshop

RECALL: Final = "recall"
LEARN: Final = "learn"
MAX_WORDS: Final = 120
_PROBLEMS: Final = (UserError, Transient, Permanent, StepBug)


@dataclass(slots=True)
class _Shown:
    """A reminder that the run was given, and how many slips it had made before."""

    reminder: Reminder
    before: int


@dataclass(slots=True)
class _Notes:
    """What a run has gathered for the memory."""

    slips: list[Slip] = field(default_factory=list)
    shown: dict[str, _Shown] = field(default_factory=dict)
    numbered: list[str] = field(default_factory=list)
    """Lessons by the numbers that they were shown with, from 1."""
    doubtful: dict[str, Reminder] = field(default_factory=dict)
    stale: dict[str, tuple[CodeNode, ...]] = field(default_factory=dict)
    """Lessons about code that is another one now, by id, with their symbols as they are."""
    problem: str = ""


class Lessons:
    """The memory of mistakes, as one run uses it."""

    def __init__(self, context: RunContext, workshop: Workshop, bench: Bench, talk: Conversation) -> None:
        self._context, self._workshop, self._bench, self._talk = context, workshop, bench, talk
        self._rules = MemoryRules()
        self._languages: tuple[str, ...] = ()
        self._symbols: frozenset[str] = frozenset()
        self._people: tuple[str, ...] = ()
        self._notes = _Notes()

    @property
    def reminded(self) -> tuple[Reminded, ...]:
        """What the run was reminded of, in that order."""
        return tuple(_tell(one.reminder) for one in self._notes.shown.values())

    @property
    def doubt(self) -> Reminder | None:
        """The lesson that a person is to be asked about: it fits best of those that may not hold any more."""
        asked = [one for key, one in self._notes.doubtful.items() if key not in self._notes.shown]
        return max(asked, key=lambda one: one.similarity, default=None)

    async def before(self, ground: Ground) -> tuple[Text, ...]:
        """Return what the first turn says of mistakes that were made in such tasks; nothing where there are none."""
        command, issue = self._context.order.command, ground.reading.issue
        self._rules = ground.reading.rules.memory
        task = task_text(issue, command.argument, command=f"@{self._workshop.handle} {command.verb}")
        self._languages = languages_of([part.path for part in ground.context.parts if part.path])
        self._symbols = name_symbols(ground.context)
        self._people = (self._context.order.requested_by.login, *(one.author.login for one in issue.comments))
        return await self._remind(task, Moment.TASK)

    async def between(self, slips: Sequence[Slip]) -> tuple[Text, ...]:
        """Return what another attempt is told of mistakes like those that were just made."""
        if not slips:
            return ()
        text = "\n\n".join(slip.failed for slip in slips)
        return await self._remind(text, Moment.FAILURE, signature=slips[0].signature)

    async def nearest(self, claim: Claim) -> float | None:
        """Return how much the change is like the closest past failure that the run was not reminded of, in [0, 1].

        What it was reminded of and does again shows in its tests; what it does not do again speaks for it.
        """
        text = f"{claim.title}\n{claim.summary}"
        return (await self._recall(self._question(text, Moment.TASK))).nearest

    def slipped(self, slips: Sequence[Slip], *, tried: str, patch: str) -> None:
        """Note what was objected to; `patch` is the change as it was then, and `tried` what the model said of it."""
        self._notes.slips += put_tried(slips, tried=tried, patch=patch)

    def stuck(self, fault: Fault) -> None:
        """Note an error that the model does not get past; how it uses its tools is no mistake in the code."""
        if fault.kind is not FaultKind.TOOL:
            self._notes.slips += [slip_of_fault(fault)]

    async def patch(self) -> str:
        """Return the change as it is, for comparison; nothing where the memory is off, or there is no tree."""
        if not self._is_on:
            return ""

        async def diff() -> str:
            return await (await self._bench.workspace()).diff()

        try:
            return await self._context.step("diff", diff, str, tries=2)
        except _PROBLEMS:
            return ""

    async def close(self, claim: Claim | None, facts: ChangeFacts | None, remaining: Sequence[Slip]) -> None:
        """Have the memory told what this run teaches: without a claim, nothing in it was repaired."""
        if not self._is_on or not (self._notes.slips or self._notes.shown or self._notes.stale):
            return
        remains = frozenset(slip.signature for slip in remaining)
        patch = await self.patch() if self._notes.slips else ""
        said = _shorten(f"{claim.title}. {claim.summary}", 600) if claim is not None else ""
        repair = Repair(patch, said, remains, facts.touched if facts is not None else ()) if claim is not None else None
        heeded = claim.heeded if claim is not None and not remains else ()
        await self._tell(repair, await self._context.now(), self._judge(heeded))

    def _judge(self, heeded: Sequence[int]) -> dict[str, Came]:
        """Return what came of each reminder; `heeded` are the numbers of those that a change that passed followed."""
        notes = self._notes
        named = {notes.numbered[number - 1] for number in heeded if 0 < number <= len(notes.numbered)}
        return {
            key: Came.REPEATED if _is_repeated(one, notes.slips) else Came.HELPED if key in named else Came.IDLE
            for key, one in notes.shown.items()
        }

    @property
    def _is_on(self) -> bool:
        return self._workshop.memory is not None and self._rules.enabled

    async def _remind(self, text: str, moment: Moment, *, signature: str = "") -> tuple[Text, ...]:
        found = await self._recall(self._question(text, moment, signature=signature))
        found = await self._without_stale(found)
        for one in found.doubtful:
            self._notes.doubtful.setdefault(one.lesson.id, one)
        for one in found.reminders:
            self._notes.shown.setdefault(one.lesson.id, _Shown(one, len(self._notes.slips)))
        self._say(found)
        first = len(self._notes.numbered) + 1
        self._notes.numbered += [one.lesson.id for one in found.reminders]
        return tuple(Text(text) for pair in show_reminders(found.reminders, first=first) for text in pair)

    def _say(self, found: Recalled) -> None:
        run_id = self._context.order.run_id
        if found.problem and found.problem != self._notes.problem:
            self._notes.problem = found.problem
            self._workshop.note(run_id, f"Without the memory of mistakes, or not with all of it: {found.problem}")
        for one in found.reminders:
            self._workshop.note(
                run_id, f"Reminded of an earlier mistake ({one.similarity:.0%} alike): {_tell(one).words}"
            )
        if found.reminders or found.problem:
            self._workshop.records.keep_reminded(run_id, Reminding(self.reminded, self._notes.problem))

    def _question(self, text: str, moment: Moment, *, signature: str = "") -> Question:
        return Question(
            text,
            moment,
            self._context.order.repository.id,
            now=self._context.order.accepted_at,
            family=name_family(self._talk.model),
            languages=self._languages,
            signature=signature,
            categories_off=frozenset(self._rules.categories_off),
            takes_shared=self._rules.take_shared,
            symbols=self._symbols,
            ignored=frozenset(self._notes.shown) if moment is Moment.TASK else frozenset(),
        )

    async def _recall(self, question: Question) -> Recalled:
        memory = self._workshop.memory
        if memory is None or not self._rules.enabled:
            return Recalled()

        async def recall() -> Recalled:
            return await memory.recall(question)

        try:
            return await self._context.step(RECALL, recall, Recalled, request=question.text)
        except _PROBLEMS as problem:
            return Recalled(problem=str(problem))

    async def _without_stale(self, found: Recalled) -> Recalled:
        """Take out what is about code that is another one now: it is asked about before it is shown again."""
        names = [node.name for one in found.reminders for node in self._nodes_of(one)]
        if not names:
            return found

        async def look() -> tuple[CodeNode, ...]:
            return (await (await self._bench.workspace()).measure(named=names)).named

        request = "\n".join(names)
        try:
            nodes = await self._context.step("look symbols up", look, tuple[CodeNode, ...], request=request, tries=2)
        except _PROBLEMS:
            return found
        now = {node.name: node.digest for node in nodes}
        stale = [
            one
            for one in found.reminders
            if any(not node.is_as_then(now.get(node.name, "")) for node in self._nodes_of(one))
        ]
        self._notes.stale |= {
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

    async def _tell(self, repair: Repair | None, at: float, came: dict[str, Came]) -> None:
        order, notes, records = self._context.order, self._notes, self._workshop.records
        language = next(iter(languages_of(self._talk.changes.paths) or self._languages), "")
        scope = Scope(order.repository.id, language, name_family(self._talk.model))
        about = Circumstances(order.run_id, scope, self._workshop.page_url(order.run_id), at, self._people)
        learnt = [
            one for one in learn(notes.slips, repair, about) if one.lesson.category not in self._rules.categories_off
        ]
        shared = [share(one) for one in learnt] if self._rules.share else []
        showings = [Showing(key, order.run_id, how is Came.HELPED, at) for key, how in came.items()]
        doubts = [
            Judgement(key, Standing.DOUBTFUL, at, nodes)
            for key, nodes in notes.stale.items()
            if key not in notes.shown  # it was made again since, and shown for that
        ]

        async def tell() -> int:
            records.tell_memory(*learnt, *shared, *showings, *doubts)
            return len(learnt)

        await self._context.step(LEARN, tell, int)
        told = tuple(replace(one, came=came[one.id]) for one in self.reminded)
        records.keep_reminded(order.run_id, Reminding(told, notes.problem))


def name_symbols(context: PromptContext) -> frozenset[str]:
    """Return the symbols that a task's context has the code of, as lessons name them."""
    places = [(part.path, part.title) for part in context.of(Level.CODE) if part.path and " " in part.title]
    return frozenset(f"{path}::{title.rpartition(' ')[2]}" for path, title in places)


def _is_repeated(shown: _Shown, slips: Sequence[Slip]) -> bool:
    return any(slip.signature == shown.reminder.lesson.signature for slip in slips[shown.before :])


def _tell(one: Reminder) -> Reminded:
    lesson = one.lesson
    words = _shorten(lesson.failed.partition("\n")[0] or lesson.worked, MAX_WORDS)
    return Reminded(lesson.id, words, lesson.source, one.similarity)


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
