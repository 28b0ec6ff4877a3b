"""GitCommit and PullRequest: from a judged change to a pull request that was read back.

Each write carries a mark, so that a repeated step finds what it wrote. Nothing is written before the person's
permission, the issue and the operator's pause switch were read once more.
"""

import re
import unicodedata
from dataclasses import dataclass

from yantra_bot.agent.prompts import cut
from yantra_bot.deploy.eligibility import HOTFIX_BRANCHES
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.run import Order
from yantra_bot.errors import Permanent, Stopped, UserError
from yantra_bot.ports import CheckRun, Forge, NewPullRequest, Remote
from yantra_bot.replies.run import Proof, check_conclusion, check_title, pull_request_body, tests_text
from yantra_bot.replies.text import fit, one_line, plain
from yantra_bot.runs.codec import encode
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.gather import GITHUB_TRIES
from yantra_bot.runs.watching.standing import permission_of
from yantra_bot.runs.workshop import Workshop

CONVENTIONAL = re.compile(r"^(feat|fix|refactor|test|docs|chore|perf|build|ci|style|revert)(\([\w./ -]{1,40}\))?!?: \S")
MAX_SUBJECT = 100
MAX_BRANCHES = 20
MAX_SLUG = 40
CHECK_NAME = "Yantra"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was pushed: a commit and the branch it went to."""

    branch: str
    commit: str


@dataclass(frozen=True, slots=True)
class Door:
    """The two ways out of a run."""

    forge: Forge
    remote: Remote


def heed_stop(context: RunContext, workshop: Workshop) -> None:
    """Raise Stopped when the run was stopped: a write that waited for the forge does not begin any more."""
    by = workshop.records.stop_requested(context.order.run_id)
    if by is not None:
        raise Stopped(f"{by} stopped this run.")


async def authorise(context: RunContext, workshop: Workshop, forge: Forge) -> None:
    """Read permission, issue and pause switch live; raise UserError when something is against a write now."""
    order = context.order

    async def read() -> None:
        if workshop.records.is_paused(order.repository.id):
            raise UserError("the operator paused the bot, so nothing more was written.")
        permission = await permission_of(order, workshop.records, forge)
        if not permission.may_write:
            raise UserError(
                f"{order.requested_by.login} may not write to this repository any more, so nothing more was written."
            )
        issue = await forge.issue(order.issue_number)
        if not issue.is_open or issue.is_locked:
            raise UserError("the issue was closed or locked meanwhile, so nothing more was written.")

    await context.step("authorise", read, type(None), stoppable=True, tries=GITHUB_TRIES)


def subject(title: str, issue_title: str) -> str:
    """Return the commit's subject: the model's when it is a Conventional Commit of one line, else one made here.

    No part of it or of what is made below looks like a secret.
    """
    title, issue_title = redact(title), redact(issue_title)
    line = one_line(title, MAX_SUBJECT)
    if CONVENTIONAL.match(line):
        return line
    return f"fix: {one_line(line or issue_title, MAX_SUBJECT - 5)}"


def branch_name(order: Order, issue_title: str) -> str:
    """Return `yantra/<issue>-<slug>` in plain ASCII; what is written for an incident is a hot-fix by its name."""
    text = unicodedata.normalize("NFKD", redact(issue_title)).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    slug = words if len(words) <= MAX_SLUG else words[: MAX_SLUG + 1].rpartition("-")[0] or words[:MAX_SLUG]
    number = str(order.issue_number) if order.issue_number else order.run_id[:8]
    start = f"{HOTFIX_BRANCHES}-{number}" if order.incident else f"yantra/{number}"
    return f"{start}-{slug}" if slug else start


def commit_message(order: Order, title: str, summary: str) -> str:
    """Return the whole message: subject, summary, and what it belongs to."""
    footer = [f"Fixes #{order.issue_number}"] if order.issue_number else []
    footer.append(f"Yantra-Run: {order.run_id}")
    return f"{title}\n\n{cut(plain(redact(summary)), 4_000)}\n\n" + "\n".join(footer) + "\n"


def unfinished_message(order: Order, issue_title: str, told: str) -> str:
    """Return the message of a commit that only keeps what was begun: merging it closes nothing.

    `told` says in sentences why it is kept, and what was proven of it.
    """
    title = subject(f"chore: keep unfinished work on {issue_title}", issue_title)
    return f"{title}\n\n{cut(plain(redact(told)), 4_000)}\n\nYantra-Run: {order.run_id}\n"


async def push(
    context: RunContext, workshop: Workshop, door: Door, *, base: str, changes: Changeset, message: str, branch: str
) -> Pushed:
    """Commit the change on `base` and push it to `branch`, or to a numbered sibling when that is somebody else's."""
    at = await context.now()

    async def write() -> Pushed:
        heed_stop(context, workshop)
        commit = await door.remote.commit(base, changes, message=message, at=at)
        for name in (branch, *(f"{branch}-{number}" for number in range(2, MAX_BRANCHES))):
            head = await door.forge.branch_head(name)
            if head is None:
                await door.remote.push(commit, name, expected=None)
                workshop.audit(context.order, f"push {name}", commit)
                return Pushed(name, commit)
            if head == commit:
                return Pushed(name, commit)
        raise Permanent(f"all {MAX_BRANCHES} branches named {branch}… are taken. Delete those that are done.")

    asked = encode((base, branch, changes, message), tuple[str, str, Changeset, str])
    return await context.step("push", write, Pushed, request=asked, tries=GITHUB_TRIES)


async def open_pull_request(
    context: RunContext, workshop: Workshop, forge: Forge, *, pushed: Pushed, base_branch: str, title: str, proof: Proof
) -> PullRequest:
    """Open the pull request, show the check, and return the pull request as it was read back."""
    new = NewPullRequest(pushed.branch, base_branch, title, pull_request_body(proof), bool(proof.draft_reason))

    async def write() -> PullRequest:
        heed_stop(context, workshop)
        return await forge.open_pull_request(new)

    async def read_back() -> PullRequest:
        found = await forge.pull_request(opened.number)
        if found.head_sha != pushed.commit or not found.is_open:
            raise Permanent(f"pull request {found.url} is not what was opened: it was closed or its branch has moved.")
        return found

    asked = encode(new, NewPullRequest)
    opened = await context.step("open pull request", write, PullRequest, request=asked, tries=GITHUB_TRIES)
    workshop.audit(context.order, f"open pull request {opened.url}", pushed.commit)
    await show_check(context, workshop, forge, pushed=pushed, proof=proof)
    return await context.step("read back", read_back, PullRequest, tries=GITHUB_TRIES)


async def show_check(context: RunContext, workshop: Workshop, forge: Forge, *, pushed: Pushed, proof: Proof) -> None:
    """Put the check run on the pushed commit."""
    check = CheckRun(
        external_id=context.order.run_id,
        head_sha=pushed.commit,
        name=CHECK_NAME,
        title=check_title(proof.report),
        summary=fit(tests_text(proof)),
        conclusion=check_conclusion(proof),
        details_url=workshop.page_url(context.order.run_id) or None,
    )

    async def write() -> int:
        return await forge.put_check(check)

    await context.step("check", write, int, request=encode(check, CheckRun), tries=GITHUB_TRIES)
