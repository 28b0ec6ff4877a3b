"""What one run is reminded of before it works, and what is learnt from it when it ends.

Everything that is recalled is a step's result, so that a run that is put together again is reminded of the same. The
memory never ends a run: without it the run goes on, and says so.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.agent.loop import Conversation
from yantra_bot.agent.prompts import task_text
from yantra_bot.domain.conversation import Text
from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.domain.lessons import (
    Came,
    Judgement,
    Moment,
    Recalled,
    Reminded,
    Reminder,
    Scope,
    Showing,
    Standing,
    name_family,
)
from yantra_bot.domain.proof import ChangeFacts, Claim
from yantra_bot.errors import Transient
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
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import Ground
from yantra_bot.runs.memory_outbox import Reminding
from yantra_bot.runs.recalling import PROBLEMS, STORE_TRIES, Recalling, Subject
from yantra_bot.runs.workshop import Workshop

LEARN: Final = "learn"
MAX_WORDS: Final = 120


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
    problem: str = ""


class Lessons:
    """The memory of mistakes, as one run uses it."""

    def __init__(self, context: RunContext, workshop: Workshop, bench: Bench, talk: Conversation) -> None:
        self._context, self._workshop, self._bench, self._talk = context, workshop, bench, talk
        self._recalling = Recalling(context, workshop, bench)
        self._people: tuple[str, ...] = ()
        self._notes = _Notes()

    @property
    def reminded(self) -> tuple[Reminded, ...]:
        """What the run was reminded of, in that order."""
        return tuple(_tell(one.reminder) for one in self._notes.shown.values())

    @property
    def doubt(self) -> Reminder | None:
        """The lesson that a person is to be asked about: it fits best of those that may not hold any more.

        Nobody is asked in a terminal, or by what follows a pull request up.
        """
        order = self._context.order
        if not order.installation_id or order.follows is not None:
            return None
        asked = [one for key, one in self._notes.doubtful.items() if key not in self._notes.shown]
        return max(asked, key=lambda one: one.similarity, default=None)

    async def before(self, ground: Ground) -> tuple[Text, ...]:
        """Return what the first turn says of mistakes that were made in such tasks; nothing where there are none."""
        command, issue = self._context.order.command, ground.reading.issue
        self._recalling.rules = ground.reading.rules.memory
        self._recalling.subject = Subject.of(ground.context)
        task = task_text(issue, command.argument, command=f"@{self._workshop.handle} {command.verb}")
        said = (issue.author, *(one.author for one in issue.comments))
        self._people = (self._context.order.requested_by.login, *(one.login for one in said))
        return await self._remind(task, Moment.TASK)

    async def between(self, slips: Sequence[Slip]) -> tuple[Text, ...]:
        """Return what another attempt is told of mistakes like those that were just made."""
        if not slips:
            return ()
        text = "\n\n".join(slip.failed for slip in slips)
        return await self._remind(text, Moment.FAILURE, signature=slips[0].signature)

    async def nearest(self, claim: Claim) -> Recalled:
        """Return, as `nearest`, how much the change is like the closest past failure that the run was not reminded of.

        What it was reminded of and does again shows in its tests; what it does not do again speaks for it.
        """
        text = f"{claim.title}\n{claim.summary}"
        known = [one.reminder.lesson for one in self._notes.shown.values()]
        return await self._recalling.ask(text, Moment.TASK, family=name_family(self._talk.model), known=known)

    def slipped(self, slips: Sequence[Slip], *, tried: str, patch: str) -> None:
        """Note what was objected to; `patch` is the change as it was then, and `tried` what the model said of it."""
        self._notes.slips += put_tried(slips, tried=tried, patch=patch)

    def stuck(self, fault: Fault) -> None:
        """Note an error that the model does not get past; how it uses its tools is no mistake in the code."""
        if fault.kind is not FaultKind.TOOL:
            self._notes.slips += [slip_of_fault(fault)]

    async def patch(self) -> str:
        """Return the change as it is, for comparison; nothing where the memory is off, or there is no tree."""
        if not self._recalling.is_on:
            return ""

        async def diff() -> str:
            return await (await self._bench.workspace()).diff()

        try:
            return await self._context.step("diff", diff, str, tries=2)
        except PROBLEMS:
            return ""

    async def close(self, claim: Claim | None, facts: ChangeFacts | None, remaining: frozenset[str]) -> None:
        """Have the memory told what this run teaches; `remaining` are signatures of what is still objected to.

        Without the claim of a change that passed its tests nothing is known to be repaired, or to have helped.
        """
        if not self._recalling.is_on or not (self._notes.slips or self._notes.shown or self._recalling.stale):
            return
        patch = await self.patch() if self._notes.slips else ""
        said = _shorten(f"{claim.title}. {claim.summary}", 600) if claim is not None else ""
        nodes = facts.touched if facts is not None else ()
        repair = Repair(patch, said, remaining, nodes) if claim is not None else None
        heeded = claim.heeded if claim is not None and not remaining else ()
        await self._tell(repair, await self._context.now(), self._judge(heeded))

    def _judge(self, heeded: Sequence[int]) -> dict[str, Came]:
        """Return what came of each reminder; `heeded` are the numbers of those that a change that passed followed."""
        notes = self._notes
        named = {notes.numbered[number - 1] for number in heeded if 0 < number <= len(notes.numbered)}
        return {
            key: Came.REPEATED if _is_repeated(one, notes.slips) else Came.HELPED if key in named else Came.IDLE
            for key, one in notes.shown.items()
        }

    async def _remind(self, text: str, moment: Moment, *, signature: str = "") -> tuple[Text, ...]:
        if not self._recalling.is_on:
            return ()
        family = name_family(self._talk.model)
        found = await self._recalling.ask(text, moment, family=family, signature=signature)
        found = await self._recalling.without_stale(found)
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
            self._keep(Reminding(self.reminded, self._notes.problem))

    async def _tell(self, repair: Repair | None, at: float, came: dict[str, Came]) -> None:
        order, notes, records = self._context.order, self._notes, self._workshop.records
        language = next(iter(languages_of(self._talk.changes.paths) or self._recalling.subject.languages), "")
        scope = Scope(order.repository.id, language, name_family(self._talk.model))
        about = Circumstances(order.run_id, scope, self._workshop.page_url(order.run_id), at, self._people)
        rules = self._recalling.rules
        taught = learn(notes.slips, repair, about)
        learnt = [one for one in taught if one.lesson.category not in rules.categories_off]
        shared = [share(one) for one in learnt] if rules.share else []
        # What was of no concern says nothing for a lesson and nothing against it.
        mattered = [(key, how) for key, how in came.items() if how is not Came.IDLE]
        showings = [Showing(key, order.run_id, how is Came.HELPED, at) for key, how in mattered]
        doubts = [
            Judgement(key, Standing.DOUBTFUL, at, nodes)
            for key, nodes in self._recalling.stale.items()
            if self.doubt is not None and key == self.doubt.lesson.id  # the others are asked about another time
        ]

        async def tell() -> int:
            records.tell_memory(*learnt, *shared, *showings, *doubts)
            return len(learnt)

        try:
            await self._context.step(LEARN, tell, int, tries=STORE_TRIES)
        except PROBLEMS as problem:
            self._workshop.note(order.run_id, f"What this run teaches could not be kept: {problem}")
        self._keep(Reminding(tuple(replace(one, came=came[one.id]) for one in self.reminded), notes.problem))

    def _keep(self, reminding: Reminding) -> None:
        """Keep what people are shown of it; where that cannot be written now, the run goes on."""
        with suppress(Transient):
            self._workshop.records.keep_reminded(self._context.order.run_id, reminding)


def _is_repeated(shown: _Shown, slips: Sequence[Slip]) -> bool:
    return any(slip.signature == shown.reminder.lesson.signature for slip in slips[shown.before :])


def _tell(one: Reminder) -> Reminded:
    lesson = one.lesson
    words = _shorten(lesson.failed.partition("\n")[0] or lesson.worked, MAX_WORDS)
    return Reminded(lesson.id, words, lesson.source, one.similarity)


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
