"""Reviews a change with a model, within a budget: reads its parts at once, doubts what was remarked, keeps what holds.

Free of effects: asking is handed in as a durable step. It never asks above the budget; what was not read for want of
money or of an answer is said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from yantra_bot.agent.batch import AskAll, Tried, go_on_together
from yantra_bot.agent.budget import Budget, BudgetSpent, bill
from yantra_bot.agent.loop import Ask, Conversation, Estimate, spend
from yantra_bot.agent.purse import Purse
from yantra_bot.agent.reviewing.doubt import Judged, judge, read_verdicts, to_finding
from yantra_bot.agent.reviewing.observations import Sorted, drop_known, place_remarks, read_remarks
from yantra_bot.agent.reviewing.prompts import REVIEWER, SCEPTIC, ask_for_remarks, ask_for_verdicts
from yantra_bot.agent.reviewing.tools import JUDGE, REMARK
from yantra_bot.agent.specs import Tool
from yantra_bot.domain.conversation import Message, ModelAnswer, ModelRequest, Role, Text, ToolResult
from yantra_bot.domain.findings import Finding
from yantra_bot.domain.observations import Dropped, HunkBrief, Reading
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

    def __init__(
        self, talk: Conversation, *, ask_all: AskAll, budget: Budget, estimate: Estimate, agents: str = ""
    ) -> None:
        """`talk` carries the model, the clock and the cost of all that is asked."""
        self._talk, self._ask_all, self._budget, self._estimate = talk, ask_all, budget, estimate
        self._agents = agents

    async def review(
        self, briefs: Sequence[HunkBrief], known: Sequence[Finding], *, most: int
    ) -> tuple[list[Finding], Reading]:
        """Return at most `most` remarks that hold, the gravest and surest first, and how it went.

        Never raises BudgetSpent, nor what a vendor refuses: the reading says it.
        """
        parts = [
            _Part(group, known, briefs, self._agents, self._talk, self._budget, self._estimate)
            for group in grouped(briefs)
        ]
        left = list(parts)
        while left and not any(part.tally.problem for part in parts):
            wave = self._take_wave(left)
            await go_on_together([part.read for part in wave], self._ask_round)
        tally = _add_up(parts)
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

    def _take_wave(self, left: "list[_Part]") -> "list[_Part]":
        """Take the parts that are read at once: as many as the budget pays a second look for, too, and at least one."""
        spent, wave = self._talk.spent, [left.pop(0)]
        calls, tokens, usd = self._foresee(wave[0])
        while left:
            more = self._foresee(left[0])
            calls, tokens, usd = calls + more[0], tokens + more[1], usd + more[2]
            used = spent.input_tokens + spent.output_tokens
            fits = spent.model_calls + calls <= self._budget.steps and used + tokens <= self._budget.tokens
            if not fits or spent.usd + usd > self._budget.usd:
                break
            wave.append(left.pop(0))
        return wave

    def _foresee(self, part: "_Part") -> tuple[int, int, float]:
        """Return the calls, tokens and USD that a part takes at most if each of its two answers can be read."""
        tokens = self._estimate.tokens(part.request())
        usd = self._estimate.usd(self._talk.model, tokens, MAX_OUTPUT_TOKENS) or 0.0
        return 2, 2 * (tokens + MAX_OUTPUT_TOKENS), 2 * usd

    async def _ask_round(self, requests: Sequence[ModelRequest]) -> Sequence[Tried]:
        """Ask for all parts at once; the bill is the review's."""
        talk = self._talk
        seconds = max(0.0, talk.now - talk.started_at)
        tried = await self._ask_all(requests, Purse(self._budget, self._estimate, spent=talk.spent, seconds=seconds))
        for one in tried:
            if one.answered is not None:
                talk.spent, talk.now = bill(talk.spent, one.answered.answer), max(talk.now, one.answered.at)
        return tried


@dataclass(slots=True)
class _Part:
    """Some stretches of the change that are read together: conversations of their own, at the review's cost."""

    group: Sequence[HunkBrief]
    known: Sequence[Finding]
    briefs: Sequence[HunkBrief]
    """All stretches of the change."""
    agents: str
    review: Conversation
    budget: Budget
    estimate: Estimate
    tally: Tally = field(default_factory=Tally)

    async def read(self, ask: Ask) -> None:
        """Read the part, and doubt what was remarked; what keeps it from that is in the tally."""
        try:
            await self._read(ask)
        except (BudgetSpent, Permanent, Transient) as end:
            self.tally.problem = str(end)

    async def _read(self, ask: Ask) -> None:
        tally = self.tally
        remarks = await self._answer(ask, REVIEWER, REMARK, self._ask_for_remarks(), read_remarks)
        if remarks is None:
            tally.unread = "Its answers did not have the form that was asked for."
            return
        found = place_remarks(remarks, self.group)
        drop_known(found, self.known)
        try:
            tally.held += await self._doubt(ask, found) if found.kept else []
        except (BudgetSpent, Permanent, Transient):
            for remark in found.kept:
                found.drop(remark, "there was no second look")
            raise
        finally:
            tally.dropped += found.dropped
        tally.looked += len(self.group)

    def request(self) -> ModelRequest:
        """Return the first question."""
        return ModelRequest(self.review.model, REVIEWER, (REMARK.spec,), (self._ask_for_remarks(),), MAX_OUTPUT_TOKENS)

    def _ask_for_remarks(self) -> Message:
        shown = {brief.path for brief in self.group}
        others = list(dict.fromkeys(brief.path for brief in self.briefs if brief.path not in shown))
        return ask_for_remarks(self.group, self.known, self.agents, others)

    async def _doubt(self, ask: Ask, found: Sorted) -> list[Judged]:
        paths = {remark.path for remark in found.kept}
        shown = [brief for brief in self.group if brief.path in paths]
        verdicts = await self._answer(ask, SCEPTIC, JUDGE, ask_for_verdicts(found.kept, shown), read_verdicts)
        return judge(found.kept, verdicts or {}, shown, found)

    async def _answer(
        self, ask: Ask, system: str, tool: Tool, message: Message, read: Callable[[ModelAnswer], T]
    ) -> T | None:
        """Return what was answered; None when it could not be read after a second try."""
        whole = self.review
        talk = Conversation(whole.model, system, (tool.spec,), whole.started_at, [message], whole.spent, now=whole.now)
        for _ in range(MAX_TRIES):
            answer = await spend(talk, ask=ask, budget=self.budget, estimate=self.estimate, most=MAX_OUTPUT_TOKENS)
            try:
                return read(answer)
            except UserError as wrong:
                talk.messages.append(_object(answer, str(wrong)))
        return None


def _add_up(parts: Sequence[_Part]) -> Tally:
    """Return the tally of all parts, in their order; the first problem is the review's."""
    whole = Tally()
    for tally in (part.tally for part in parts):
        whole.held += tally.held
        whole.dropped += tally.dropped
        whole.looked += tally.looked
        whole.problem, whole.unread = whole.problem or tally.problem, tally.unread or whole.unread
    return whole


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
