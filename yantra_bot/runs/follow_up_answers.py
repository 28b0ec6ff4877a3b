"""Every comment of a review that a run was about is answered once: in its thread, or below where it was of the whole.

What the model says is held against what was pushed. No thread is ever resolved: that is for the person who began it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yantra_bot.agent.answering import MAX_OUTPUT, Answer, ask_for_answers, read_answers
from yantra_bot.agent.budget import Budget, BudgetSpent
from yantra_bot.agent.follow_up import remind_of_summary, remind_of_thread
from yantra_bot.agent.loop import Conversation, spend
from yantra_bot.domain.follow_up import Suggestion, summary_tag
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import Forge
from yantra_bot.replies import follow_up as say
from yantra_bot.runs.asking import asking
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.follow_up_review import Asked
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.workshop import Workshop

Write = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. `commit` is empty where nothing was pushed; `applied` are suggestions that stand in it."""

    commit: str
    paths: tuple[str, ...]
    reason: str
    applied: tuple[Suggestion, ...] = ()


async def find_words(
    context: RunContext, workshop: Workshop, talk: Conversation, asked: Asked, outcome: Outcome, budget: Budget
) -> dict[int, Answer]:
    """Ask the model that did the work for its answers; none where it cannot be asked, or nothing is left to answer."""
    exact = {one.thread for one in outcome.applied} if outcome.commit else set()
    comments = [
        (one.thread.id, remind_of_thread(one.thread, one.said)) for one in asked.threads if one.thread.id not in exact
    ]
    comments += [(one.id, remind_of_summary(one)) for one in asked.summaries]
    if not comments:
        return {}
    pushed = f"Your change was pushed as commit {outcome.commit}." if outcome.commit else "Nothing was pushed."
    talk.messages.append(ask_for_answers(comments, pushed))
    try:
        answer = await spend(
            talk, ask=asking(context, workshop, talk), budget=budget, estimate=workshop.estimate, most=MAX_OUTPUT
        )
    except (BudgetSpent, UserError, Permanent, Transient) as problem:
        workshop.note(context.order.run_id, f"The model was not asked for its answers: {problem}")
        return {}
    return read_answers(answer.text)


async def post_answers(
    context: RunContext,
    workshop: Workshop,
    forge: Forge,
    asked: Asked,
    *,
    answers: dict[int, Answer],
    outcome: Outcome,
) -> None:
    """Answer each thread and each summary, once. What cannot be posted is noted, and the others are posted."""
    number, reviews = context.order.issue_number, forge.reviews
    exact = {one.thread for one in outcome.applied}
    for one in asked.threads:
        words = say.applied(outcome.commit) if outcome.commit and one.thread.id in exact else ""
        words = words or _words(answers.get(one.thread.id), outcome, path=one.thread.path)
        tag, first = f"answer:{context.order.run_id}:{one.thread.id}", one.thread.id

        async def reply(first: int = first, tag: str = tag, words: str = words) -> None:
            if reviews is not None:
                await reviews.reply(number, first, tag=tag, body=words)

        await _post(context, workshop, "answer thread", reply, request=f"{first}\n{words}")
    for summary in asked.summaries:
        words = _words(answers.get(summary.id), outcome, path="")

        async def comment(tag: str = summary_tag(summary.id), words: str = words) -> None:
            await forge.put_comment(number, tag=tag, body=words)

        await _post(context, workshop, "answer review", comment, request=f"{summary.id}\n{words}")


async def _post(context: RunContext, workshop: Workshop, name: str, write: Write, *, request: str) -> None:
    try:
        await context.step(name, write, type(None), request=request, tries=GITHUB_TRIES)
    except (UserError, Permanent, Transient) as problem:
        workshop.note(context.order.run_id, f"An answer could not be posted: {problem}")


def _words(answer: Answer | None, outcome: Outcome, *, path: str) -> str:
    if answer is None:
        return say.no_answer(outcome.commit, outcome.reason)
    is_changed = not path or path in outcome.paths
    return say.answer(answer.words, commit=outcome.commit, is_done=answer.is_done, is_changed=is_changed)
