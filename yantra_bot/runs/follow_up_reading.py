"""What a follow-up reads of the forge: the pull request, and what fails on its head and not on its base. Steps all."""

from yantra_bot.domain.follow_up import Evidence
from yantra_bot.domain.repository import PullRequest
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.ports import Forge
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import GITHUB_TRIES


async def read_pull(context: RunContext, forge: Forge) -> PullRequest:
    """Return the pull request of the order as it is now."""

    async def read() -> PullRequest:
        return await forge.pull_request(context.order.issue_number)

    return await context.step("read pull request", read, PullRequest, stoppable=True, tries=GITHUB_TRIES)


async def read_evidence(context: RunContext, forge: Forge, checks: FollowUpForge, pull: PullRequest) -> Evidence:
    """Return the checks that fail on the head with what they report, less those that fail on the base branch too."""

    async def read() -> Evidence:
        failing = [one for one in await checks.checks(pull.head_sha) if one.is_failing and not one.is_own]
        base = await forge.branch_head(pull.base_branch)
        there = await checks.checks(base) if base is not None and failing else ()
        before = {one.name for one in there if one.is_failing}
        new = [one for one in failing if one.name not in before]
        return Evidence(await checks.explain(new), tuple(sorted({one.name for one in failing} & before)))

    return await context.step("read checks", read, Evidence, stoppable=True, tries=GITHUB_TRIES)
