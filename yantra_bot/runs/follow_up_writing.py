"""What a follow-up writes: one commit on top of the head it began at, the check on it, and a line in the pull request.

Each write is looked for before it is repeated, and none overwrites what somebody else wrote.
"""

from dataclasses import dataclass

from yantra_bot.agent.prompts import cut
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.follow_up import Cause
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.run import Order
from yantra_bot.errors import Permanent
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.ports import Forge
from yantra_bot.replies.follow_up import Row, with_follow_up
from yantra_bot.replies.run import Proof, one_line_of_tests
from yantra_bot.replies.text import plain
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import Door, Pushed, heed_stop, show_check
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Told:
    """What people are told of a follow-up: what it answered, the commit's subject, and why it was delivered."""

    what: str
    title: str
    reason: str


def message_of(order: Order, title: str, summary: str) -> str:
    """Return the message of the commit."""
    return f"{title}\n\n{cut(plain(redact(summary)), 4_000)}\n\nYantra-Run: {order.run_id}\n"


async def push_on_top(
    context: RunContext,
    workshop: Workshop,
    door: Door,
    *,
    pull: PullRequest,
    changes: Changeset,
    title: str,
    summary: str,
) -> Pushed | None:
    """Commit on the head that the run began at and push to the same branch; None where somebody moved it."""
    at = await context.now()
    base, branch, message = pull.head_sha, pull.head_branch, message_of(context.order, title, summary)

    async def write() -> Pushed | None:
        heed_stop(context, workshop)
        commit = await door.remote.commit(base, changes, message=message, at=at)
        head = await door.forge.branch_head(branch)
        if head == commit:
            return Pushed(branch, commit)
        if head != base:
            return None
        try:
            await door.remote.push(commit, branch, expected=base)
        except Permanent:
            if await door.forge.branch_head(branch) == base:
                raise
            return None
        workshop.audit(context.order, f"push {branch}", commit)
        return Pushed(branch, commit)

    asked = encode((base, branch, changes, message), tuple[str, str, Changeset, str])
    return await context.step("push", write, Pushed | None, request=asked, tries=GITHUB_TRIES)


async def tell(
    context: RunContext,
    workshop: Workshop,
    forge: Forge,
    pulls: FollowUpForge,
    *,
    pull: PullRequest,
    pushed: Pushed,
    proof: Proof,
    told: Told,
) -> PullRequest:
    """Show the check, add a line to the pull request's text, and return the pull request as it was read back."""
    order = context.order
    row = Row(
        run_id=order.run_id,
        cause=order.follows.cause if order.follows is not None else Cause.CHECKS,
        what=told.what,
        commit=pushed.commit,
        title=told.title,
        tests=one_line_of_tests(proof.report, proof.base),
        reason=told.reason,
        page_url=workshop.page_url(order.run_id),
    )

    async def describe() -> None:
        body = await pulls.body(pull.number)
        wanted = with_follow_up(body, row)
        if wanted != body:
            await pulls.put_body(pull.number, wanted)

    async def read_back() -> PullRequest:
        found = await forge.pull_request(pull.number)
        if found.head_sha != pushed.commit:
            raise Permanent(f"the branch of {found.url} has moved on: somebody pushed right after this run did.")
        return found

    await show_check(context, workshop, forge, pushed=pushed, proof=proof)
    await context.step("describe", describe, type(None), request=encode(row, Row), tries=GITHUB_TRIES)
    return await context.step("read back", read_back, PullRequest, tries=GITHUB_TRIES)
