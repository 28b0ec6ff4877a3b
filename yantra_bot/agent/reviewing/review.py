"""Reviews a change with a model, within a budget: reads it in parts, doubts what was remarked, keeps what holds.

Free of effects: asking is handed in as a durable step. It never asks above the budget; what was not read for want of
money or of an answer is said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from yantra_bot.agent.budget import Budget, BudgetSpent
from yantra_bot.agent.loop import Ask, Conversation, Estimate, spend
from yantra_bot.agent.reviewing.doubt import Judged, judge, read_verdicts, to_finding
from yantra_bot.agent.reviewing.observations import Sorted, drop_known, place_remarks, read_remarks
from yantra_bot.agent.reviewing.prompts import REVIEWER, SCEPTIC, ask_for_remarks, ask_for_verdicts
from yantra_bot.agent.reviewing.tools import JUDGE, REMARK
from yantra_bot.domain.conversation import Message, ModelAnswer, Role, Text, ToolResult
from yantra_bot.domain.findings import Finding
from yantra_bot.domain.observations import Dropped, HunkBrief, Observation, Reading
from yantra_bot.errors import Permanent, Transient, UserError

T = TypeVar("T")
MAX_CHARACTERS: Final = 18_000
"""Of the stretches that are shown at once; a longer one goes alone."""
MAX_TRIES: Final = 2
MAX_OUTPUT_TOKENS: Final = 6_000
MAX_DROPPED: Final = 50


@dataclass(slots=True)
class Tally:
    """What a review with a model has come to so far."""

    held: list[Judged] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    looked: int = 0
    problem: str = ""
    unread: str = ""
    """Why a part was not read though the review went on."""


class Reviewer:
    """One review with a model."""

    def __init__(self, talk: Conversation, *, ask: Ask, budget: Budget, estimate: Estimate, agents: str = "") -> None:
        """`talk` carries the model, the clock and the cost; its messages are those of the question in hand."""
        self._talk, self._ask, self._budget, self._estimate = talk, ask, budget, estimate
        self._agents = agents

    async def review(
        self, briefs: Sequence[HunkBrief], known: Sequence[Finding], *, most: int
    ) -> tuple[list[Finding], Reading]:
        """Return at most `most` remarks that hold, the gravest and surest first, and how it went.

        Never raises BudgetSpent, nor what a vendor refuses: the reading says it.
        """
        tally = Tally()
        try:
            for group in grouped(briefs):
                shown = {brief.path for brief in group}
                others = list(dict.fromkeys(brief.path for brief in briefs if brief.path not in shown))
                await self._read(group, known, others, tally)
        except (BudgetSpent, Permanent, Transient) as end:
            tally.problem = str(end)
        held = sorted(
            tally.held,
            key=lambda one: (-one.remark.severity.rank, -one.confidence, one.remark.path, one.remark.line),
        )
        tally.dropped += [Dropped(one.remark, f"only {most} remarks are posted") for one in held[most:]]
        reading = Reading(
            self._talk.model,
            tally.looked,
            len(briefs),
            len(held[:most]),
            tuple(tally.dropped[:MAX_DROPPED]),
            max(0, len(tally.dropped) - MAX_DROPPED),
            self._talk.spent,
            tally.problem or tally.unread,
        )
        return [to_finding(one) for one in held[:most]], reading

    async def _read(
        self, group: Sequence[HunkBrief], known: Sequence[Finding], others: Sequence[str], tally: Tally
    ) -> None:
        self._begin(REVIEWER, ask_for_remarks(group, known, self._agents, others))
        self._talk.tools = (REMARK.spec,)
        remarks = await self._answer(read_remarks)
        if remarks is None:
            tally.unread = "Its answers did not have the form that was asked for."
            return
        found = place_remarks(remarks, group)
        drop_known(found, known)
        try:
            tally.held += await self._doubt(found.kept, group, found) if found.kept else []
        except (BudgetSpent, Permanent, Transient):
            for remark in found.kept:
                found.drop(remark, "there was no second look")
            raise
        finally:
            tally.dropped += found.dropped
        tally.looked += len(group)

    async def _doubt(self, remarks: Sequence[Observation], group: Sequence[HunkBrief], found: Sorted) -> list[Judged]:
        paths = {remark.path for remark in remarks}
        shown = [brief for brief in group if brief.path in paths]
        self._begin(SCEPTIC, ask_for_verdicts(remarks, shown))
        self._talk.tools = (JUDGE.spec,)
        return judge(remarks, await self._answer(read_verdicts) or {}, shown, found)

    def _begin(self, system: str, message: Message) -> None:
        self._talk.system, self._talk.messages = system, [message]

    async def _answer(self, read: Callable[[ModelAnswer], T]) -> T | None:
        """Return what was answered; None when it could not be read after a second try."""
        for _ in range(MAX_TRIES):
            answer = await spend(
                self._talk, ask=self._ask, budget=self._budget, estimate=self._estimate, most=MAX_OUTPUT_TOKENS
            )
            try:
                return read(answer)
            except UserError as wrong:
                self._talk.messages.append(_object(answer, str(wrong)))
        return None


def _object(answer: ModelAnswer, problem: str) -> Message:
    """Return the turn that says what was wrong with an answer, with a result for each of its calls."""
    results = tuple(ToolResult(call.id, problem, True) for call in answer.tool_calls)
    return Message(Role.USER, results or (Text(problem),))


def grouped(briefs: Sequence[HunkBrief]) -> Iterator[list[HunkBrief]]:
    """Yield the stretches in groups that fit into one question, those of a file together where they fit."""
    group: list[HunkBrief] = []
    size = 0
    for brief in briefs:
        length = len(brief.diff) + sum(len(one.text) + len(one.why) for one in brief.related)
        if group and size + length > MAX_CHARACTERS:
            yield group
            group, size = [], 0
        group.append(brief)
        size += length
    if group:
        yield group
