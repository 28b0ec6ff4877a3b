"""What a run left on GitHub, read back before it says so: what reads back otherwise is told, never taken for granted.

Reading changes nothing. What cannot be read is said as that; a run that did its work does not fail by it.
"""

from typing import Final

from yantra_bot.domain.repository import PullRequest
from yantra_bot.domain.run import Ending
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.ports import Forge
from yantra_bot.replies.run import Proof, check_conclusion, headline, progress_tag
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.deliver import CHECK_NAME, Pushed
from yantra_bot.runs.gather import GITHUB_TRIES

_PROBLEMS: Final = (UserError, Transient, Permanent)


async def read_back_delivery(
    context: RunContext, forge: Forge, *, opened: PullRequest, base_branch: str, pushed: Pushed, proof: Proof
) -> str:
    """Return what of a pull request and its check stands otherwise on GitHub than it was written, in sentences.

    `opened` is the pull request as it was read back.
    """
    told, is_draft = [], bool(proof.draft_reason)
    if opened.is_draft != is_draft:
        told.append("as ready for review, though it was opened as a draft" if is_draft else "as a draft")
    if opened.base_branch != base_branch:
        told.append(f"against {opened.base_branch}, though it was opened against {base_branch}")
    sentences = [f"GitHub shows the pull request {' and '.join(told)}."] if told else []
    return " ".join([*sentences, *await _read_check(context, forge, pushed, check_conclusion(proof))])


async def _read_check(context: RunContext, forge: Forge, pushed: Pushed, conclusion: str) -> list[str]:
    follow_ups = forge.follow_ups
    if follow_ups is None:
        return []

    async def read() -> str:
        try:
            own = [one for one in await follow_ups.checks(pushed.commit) if one.is_own and one.name == CHECK_NAME]
        except _PROBLEMS as problem:
            return f"The check could not be read back: {problem}"
        if not own:
            return "GitHub does not show the check that was written."
        shown = own[0].conclusion
        return "" if shown == conclusion else f"GitHub shows the check as {shown or 'not ended'}, not as {conclusion}."

    told = await context.step("read back check", read, str, tries=GITHUB_TRIES)
    return [told] if told else []


async def read_back_branch(context: RunContext, forge: Forge, pushed: Pushed) -> str:
    """Return what is wrong with a branch that a person is pointed to; empty where it stands at what was pushed."""

    async def read() -> str:
        try:
            head = await forge.branch_head(pushed.branch)
        except _PROBLEMS as problem:
            return f"The branch could not be read back: {problem}"
        if head is None:
            return f"GitHub does not show the branch {pushed.branch} that was pushed."
        return (
            ""
            if head == pushed.commit
            else f"The branch {pushed.branch} stands at {head[:12]}, not at what was pushed."
        )

    return await context.step("read back branch", read, str, tries=GITHUB_TRIES)


async def read_back_comment(context: RunContext, forge: Forge, ending: Ending) -> str:
    """Return what is wrong with the comment that tells the ending; empty where it is there and says so."""
    order = context.order
    if not order.installation_id:
        return ""

    async def read() -> str:
        try:
            issue = await forge.issue(order.issue_number)
        except _PROBLEMS as problem:
            return f"The comment that says so could not be read back: {problem}"
        own = [one.body for one in issue.comments if one.author.is_bot and progress_tag(order) in one.body]
        if not own:
            return "GitHub does not show the comment that says so."
        return "" if headline(ending) in own[-1] else "The comment on GitHub does not say so."

    return await context.step("read back comment", read, str, tries=GITHUB_TRIES)
