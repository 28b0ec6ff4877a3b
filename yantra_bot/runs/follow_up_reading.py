"""What a follow-up reads of the forge: the pull request, what is to be done about it, what stands around. All steps."""

from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.agent.follow_up import (
    DIFFERENCE,
    FAILING,
    ORIGIN,
    REVIEW,
    show_checks,
    show_origin,
    show_summary,
    show_thread,
)
from yantra_bot.domain.follow_up import Cause, Evidence, Follows
from yantra_bot.domain.repository import Issue, PullRequest, RepositoryFacts
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.ports import Forge
from yantra_bot.replies import follow_up as say
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.follow_up_review import NOTHING_ASKED, Asked, find_asked
from yantra_bot.runs.gather import GITHUB_TRIES, Reading, read_agents
from yantra_bot.runs.rules import PATH, RepositoryRules, parse_rules
from yantra_bot.runs.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done. `what` names it in a few words for people; `against` says why nothing is, else empty."""

    what: str
    heading: str = ""
    data: str = ""
    """What the model is shown under the heading."""
    against: str = ""
    asked: Asked = NOTHING_ASKED


NO_TASK: Final = Task("this")
"""Before it was read."""


async def read_pull(context: RunContext, forge: Forge) -> PullRequest:
    """Return the pull request of the order as it is now."""

    async def read() -> PullRequest:
        return await forge.pull_request(context.order.issue_number)

    return await context.step("read pull request", read, PullRequest, stoppable=True, tries=GITHUB_TRIES)


async def read_task(
    context: RunContext, workshop: Workshop, forge: Forge, pulls: FollowUpForge, pull: PullRequest, follows: Follows
) -> Task:
    """Return what is to be done about a pull request now."""
    if follows.cause is Cause.REVIEW:
        return await _read_review(context, workshop, forge, pulls, pull)
    evidence = await _read_checks(context, forge, pulls, pull)
    names = [one.name for one in evidence.failed]
    what = f"failing {say.name_checks(names)} on `{pull.head_sha[:12]}`"
    if names:
        return Task(what, FAILING, show_checks(evidence.failed))
    if evidence.on_base:
        return Task(what, against=say.only_on_base_too(evidence.on_base, pull.base_branch))
    return Task(what, against="No check fails any more, so nothing was done.")


async def _read_checks(context: RunContext, forge: Forge, pulls: FollowUpForge, pull: PullRequest) -> Evidence:
    """Return the checks that fail on the head with what they report, less those that fail on the base branch too."""

    async def read() -> Evidence:
        failing = [one for one in await pulls.checks(pull.head_sha) if one.is_failing and not one.is_own]
        base = await forge.branch_head(pull.base_branch)
        there = await pulls.checks(base) if base is not None and failing else ()
        before = {one.name for one in there if one.is_failing}
        new = [one for one in failing if one.name not in before]
        return Evidence(await pulls.explain(new), tuple(sorted({one.name for one in failing} & before)))

    return await context.step("read checks", read, Evidence, stoppable=True, tries=GITHUB_TRIES)


async def _read_review(
    context: RunContext, workshop: Workshop, forge: Forge, pulls: FollowUpForge, pull: PullRequest
) -> Task:
    async def read() -> Asked:
        return await find_asked(forge, pulls, pull.number, handle=workshop.handle)

    asked = await context.step("read review", read, Asked, stoppable=True, tries=GITHUB_TRIES)
    if asked.is_empty:
        return Task("a review", against="Nothing that the review asks for is left to be done.")
    shown = [show_summary(one) for one in asked.summaries]
    shown += [show_thread(one.thread, one.said) for one in asked.threads]
    what = say.name_review(len(asked.threads), len(asked.summaries))
    return Task(what, REVIEW, "\n\n".join(shown), asked=asked)


async def read_around(
    context: RunContext,
    workshop: Workshop,
    forge: Forge,
    pulls: FollowUpForge,
    *,
    pull: PullRequest,
    follows: Follows,
) -> tuple[Reading, tuple[tuple[str, str], ...]]:
    """Return the rules and the talk, and what else the model is shown: the issue it began with, the difference."""
    facts = await context.step("read repository", forge.facts, RepositoryFacts, stoppable=True, tries=GITHUB_TRIES)

    async def read_rules() -> RepositoryRules:
        return parse_rules(await forge.read_file(PATH), test_seconds=workshop.limits.test_seconds)

    async def read_talk() -> Issue:
        return await forge.issue(pull.number)

    async def read_origin() -> Issue | None:
        return await forge.issue(follows.issue_number) if follows.issue_number else None

    async def read_difference() -> str:
        return await pulls.difference(pull.number)

    rules = await context.step("read rules", read_rules, RepositoryRules, stoppable=True, tries=GITHUB_TRIES)
    talk = await context.step("read issue", read_talk, Issue, stoppable=True, tries=GITHUB_TRIES)
    origin = await context.step("read origin", read_origin, Issue | None, stoppable=True, tries=GITHUB_TRIES)
    difference = await context.step("read difference", read_difference, str, stoppable=True, tries=GITHUB_TRIES)
    more = ((ORIGIN, show_origin(origin)),) if origin is not None else ()
    reading = Reading(facts, talk, rules, await read_agents(context, forge))
    return reading, (*more, (DIFFERENCE, difference))


def with_task(reading: Reading, task: Task, *, body: str) -> Reading:
    """Return the reading with the task's words in the place of the pull request's own.

    These repeat the difference, and nothing in them is a point of this task.
    """
    title = f"{reading.issue.title}: {task.what}"
    return replace(reading, issue=replace(reading.issue, title=title, body=body))
