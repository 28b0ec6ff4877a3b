"""The story of a question: read the code with a model that can only read, look its places up, answer in the thread.

Nothing is changed anywhere but for the one answer. Where no answer is proven, what a search finds is said instead.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.explaining.explain import SYSTEM, Question, explain, weigh_first
from yantra_bot.agent.explaining.tools import SPECS
from yantra_bot.agent.follow_up import show_thread
from yantra_bot.agent.loop import Conversation
from yantra_bot.domain.context import PromptContext, without_context
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.domain.explanations import Explanation
from yantra_bot.domain.follow_up import ReviewTalk
from yantra_bot.domain.race import Kind
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import Permanent, Stopped, Transient, UserError
from yantra_bot.ports import Forge, TestCommand, ToolBatch
from yantra_bot.replies import commands
from yantra_bot.replies import explain as say
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.choosing import choose_model
from yantra_bot.runs.codec import StepBug
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.fetching import Fetching
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.questions import Asked
from yantra_bot.runs.racing import arrange, choose_racers
from yantra_bot.runs.remembering import Remembering, name_place
from yantra_bot.runs.workshop import Workshop

KNOWN = "The question was answered as an earlier one that asked the same."
MOST_STEPS = 16
MAX_THREAD = 12_000
_PROBLEMS = (UserError, Transient, Permanent, StepBug)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the forge says of a question: the branch to read, or a pull request's head, and what was said before."""

    branch: str = ""
    head: str = ""
    thread: str = ""
    place: str = ""
    around: str = ""
    """What was said where it was asked, as a digest; empty in the thread of a remark."""


class Explain:
    """One question from its order to its answer."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def __call__(self, context: RunContext) -> Ending:
        """Answer, and say how it ended."""
        order = context.order
        forge = self._workshop.forge(order.repository, order.installation_id)
        bench = Bench(order, self._workshop, self._workshop.remote(order.repository, order.installation_id))
        talk = Conversation("")
        try:
            await context.phase(Phase.CONTEXT_ASSEMBLY)
            ending, words = await self._answer(context, forge, bench, talk)
        except Stopped as stop:
            ending, words = Ending(Phase.STOPPED, str(stop)), ""
        except _PROBLEMS as problem:
            ending = Ending(Phase.FAILED, str(problem))
            words = say.no_answer(str(problem), "", handle=self._workshop.handle)
        finally:
            await bench.leave()
        if words:
            await self._post(context, forge, words)
        await context.phase(ending.phase)
        return replace(ending, spent=talk.spent)

    async def _answer(self, context: RunContext, forge: Forge, bench: Bench, talk: Conversation) -> tuple[Ending, str]:
        """Return how it ended and what is said."""
        racers = await choose_racers(context, self._workshop, Kind.QUESTION)
        talk.model = racers.strong if racers is not None else await self._choose_model(context)
        asked = await self._read_forge(context, forge)

        async def fetch() -> str:
            return asked.head or await bench.remote.fetch(asked.branch)

        commit = await context.step("fetch", fetch, str, stoppable=True, tries=3)
        bench.start_from(commit, TestCommand())
        fetching = Fetching(context, self._workshop.web)
        act = fetching.acting(lambda calls: self._act(context, bench, talk, calls))
        order, system, tools = context.order, SYSTEM, (*SPECS, *fetching.tools())
        text = order.command.argument
        asked_by = Asked(order.repository.id, order.run_id, text, commit, talk.model, system, tools, asked.around)
        remembering = Remembering(context, self._workshop.questions, act)
        known = await remembering.recall(asked_by)
        if known is not None:
            earlier, again = known
            return Ending(Phase.COMPLETE, KNOWN), say.answer(
                again, commit=commit, earlier=say.Said(earlier.question, earlier.at)
            )
        question = Question(text, asked.thread, asked.place, await self._choose(context, bench, text, talk.model))
        talk.started_at = talk.now = await context.now()
        judge = partial(weigh_first, question)
        ask, estimate, racing = arrange(context, self._workshop, talk, racers, Kind.QUESTION, judge, shares=True)
        found = await explain(
            question,
            talk,
            ask=ask,
            act=act,
            more=fetching.tools(),
            budget=self._budget(context),
            estimate=estimate,
        )
        if racing is not None:
            await racing.tell(not found.problem and not found.missing and found.tries == 1)
        if found.problem:
            return Ending(Phase.ESCALATED, found.problem), await self._search(context, bench, text, found)
        await remembering.keep(asked_by, found)
        return Ending(Phase.COMPLETE, "The question was answered."), say.answer(found, commit=commit)

    async def _choose_model(self, context: RunContext) -> str:
        async def read() -> str:
            return context.order.command.argument

        return await choose_model(context, self._workshop, read)

    async def _read_forge(self, context: RunContext, forge: Forge) -> _Asked:
        """Return what to read: the head of the pull request that it was asked on, else the default branch."""
        order = context.order

        async def read() -> _Asked:
            issue = await forge.issue(order.issue_number)
            thread = "\n\n".join(f"{one.author.login} wrote:\n{one.body}" for one in issue.comments)
            told = f"{issue.title}\n\n{issue.body}\n\n{thread}"[-MAX_THREAD:]
            place = await self._place_of_thread(context, forge)
            around = "" if order.thread_id else name_place(issue, self._workshop.handle)
            if issue.is_pull_request:
                pull = await forge.pull_request(order.issue_number)
                return _Asked(head=pull.head_sha, thread=told, place=place, around=around)
            return _Asked((await forge.facts()).default_branch, thread=told, place=place, around=around)

        return await context.step("read question", read, _Asked, stoppable=True, tries=GITHUB_TRIES)

    async def _place_of_thread(self, context: RunContext, forge: Forge) -> str:
        """Return what the remark says in whose thread it was asked, and what was said after it."""
        order = context.order
        if not order.thread_id or forge.reviews is None:
            return ""
        remarks = await forge.reviews.remarks(order.issue_number)
        remark = next((one for one in remarks if one.comment_id == order.thread_id), None)
        if remark is None:
            return await self._place_of_others(forge, order)
        said = "\n\n".join(f"{one.author.login} wrote:\n{one.body}" for one in remark.replies)
        return f"{remark.path}\n{remark.body}\n\n{said}"[:MAX_THREAD]

    async def _place_of_others(self, forge: Forge, order: Order) -> str:
        """Return where a thread stands that somebody else began, the lines, and what was said in it."""
        talk = await forge.follow_ups.review_talk(order.issue_number) if forge.follow_ups is not None else ReviewTalk()
        thread = next((one for one in talk.threads if one.id == order.thread_id), None)
        return show_thread(thread, thread.said)[:MAX_THREAD] if thread is not None else ""

    async def _post(self, context: RunContext, forge: Forge, words: str) -> None:
        """Answer where it was asked, once."""
        order = context.order
        tag = commands.tag(order.comment_id) if order.comment_id is not None else f"answer:{order.run_id}"

        async def post() -> str:
            try:
                if order.thread_id and forge.reviews is not None:
                    await forge.reviews.reply(order.issue_number, order.thread_id, tag=tag, body=words)
                else:
                    await forge.put_comment(order.issue_number, tag=tag, body=words)
            except (Permanent, Transient) as problem:
                self._workshop.note(order.run_id, f"The answer could not be written: {problem}")
                return str(problem)
            return ""

        await context.step("answer", post, str, request=words, tries=GITHUB_TRIES)

    async def _choose(self, context: RunContext, bench: Bench, text: str, model: str) -> PromptContext:
        """Return what of the repository the question is about; a question goes on without."""
        budget = min(self._workshop.limits.context_tokens, self._workshop.estimate.room(model) // 2)

        async def assemble() -> PromptContext:
            return await (await bench.workspace()).assemble(text, model=model, budget=budget)

        try:
            return await context.step("assemble context", assemble, PromptContext, stoppable=True, tries=2)
        except _PROBLEMS as problem:
            return without_context(str(problem))

    async def _act(self, context: RunContext, bench: Bench, talk: Conversation, calls: Sequence[ToolCall]) -> ToolBatch:
        async def act() -> ToolBatch:
            return await bench.call(calls)

        shown = json.dumps([[call.name, call.arguments] for call in calls], ensure_ascii=False)
        return await context.step("tools", act, ToolBatch, request=shown, stoppable=True, tries=2)

    async def _search(self, context: RunContext, bench: Bench, text: str, found: Explanation) -> str:
        """Return what is said where nothing is proven: what a search finds."""
        call = ToolCall("search", "codebase_search", {"text": text[:4_000], "top": 5})

        async def search() -> ToolBatch:
            return await bench.call([call])

        try:
            batch = await context.step("search", search, ToolBatch, tries=2)
        except _PROBLEMS as problem:
            return say.no_answer(found.problem, str(problem), handle=self._workshop.handle)
        hits = "" if batch.results[0].is_error else batch.results[0].content
        return say.no_answer(found.problem, hits, handle=self._workshop.handle)

    def _budget(self, context: RunContext) -> Budget:
        """Return the smaller of the operator's and the order's money, and few steps: a question is no task."""
        most = self._workshop.limits.budget
        asked = context.order.command.options.budget_usd
        return replace(most, usd=most.usd if asked is None else min(asked, most.usd), steps=min(most.steps, MOST_STEPS))
