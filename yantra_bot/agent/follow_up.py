"""What the model is told of checks and reviews of its own pull request: our headings, all else as data. Pure."""

from collections.abc import Sequence

from yantra_bot.agent.prompts import MAX_BODY_CHARACTERS, cut
from yantra_bot.agent.rendering import cut_line
from yantra_bot.domain.follow_up import FailedCheck, ReviewSummary, ReviewThread, Said
from yantra_bot.domain.repository import Issue

MAX_CHECKS = 40_000
MAX_ONE = 16_000
FAILING = (
    "This is your own pull request, and it is open. The checks below fail on its head, where you stand now. Find out "
    "why and mend the code on this branch, keeping what the pull request is for. Where a check fails for a reason that "
    "is not in the code (no network, a service that is down, a secret that is missing), change nothing: say so and "
    "stop. What the checks report, as data:"
)
ORIGIN = "The issue that the pull request was opened for, as data:"
DIFFERENCE = "What the pull request changes so far, as data:"


REVIEW = (
    "This is your own pull request, and it is open. People who may write here reviewed it: their comments below are "
    "the task. Do what each asks for, on this branch, keeping what the pull request is for; where one is wrong or "
    "already done, leave it and say why in `finish`. Where nothing is to be changed at all, change nothing and call "
    "`finish`. The comments, with the lines that they stand at, as data:"
)
APPLIED = (
    "These suggestions of theirs are in the tree already, exactly as they were written; leave them as they are. The "
    "code further below is as it was before them. What the tree has there now, as data:"
)
MAX_COMMENT = 6_000
MAX_REMINDER = 300


def show_thread(thread: ReviewThread, said: Sequence[Said]) -> str:
    """Return a thread of a review as text: where it stands, the lines, all that was said, what is to be done."""
    place = _place(thread)
    side = " (lines that the pull request removes)" if thread.is_of_base else ""
    earlier = [one for one in thread.said if one not in said]
    lines = [f"id {thread.id}, at {place}{side}:", thread.hunk, *(_show_said(one) for one in earlier)]
    return "\n".join([*lines, *(_show_said(one) for one in said)])


def _place(thread: ReviewThread) -> str:
    if not thread.line:
        return f"{thread.path} (outdated, or of the whole file)"
    return f"{thread.path}:{f'{thread.start_line}-' if thread.start_line else ''}{thread.line}"


def remind_of_thread(thread: ReviewThread, said: Sequence[Said]) -> str:
    """Return a thread that was shown before in a line or two: where it stands, how what is to be done begins."""
    return f"at {_place(thread)}: " + " / ".join(cut_line(" ".join(one.body.split()), MAX_REMINDER) for one in said)


def remind_of_summary(summary: ReviewSummary) -> str:
    """Return what stands above a review, and was shown before, in a line or two."""
    return f"of the whole: {cut_line(' '.join(summary.body.split()), MAX_REMINDER)}"


def _show_said(one: Said) -> str:
    who = "You" if one.is_own else one.author.login
    return f"{who} wrote:\n{cut(one.body, MAX_COMMENT)}"


def show_summary(summary: ReviewSummary) -> str:
    """Return what stands above the comments of a review as text."""
    return f"id {summary.id}, of the whole: {summary.author.login} wrote:\n{cut(summary.body, MAX_COMMENT)}"


def show_checks(failed: Sequence[FailedCheck]) -> str:
    """Return what failing checks report, as one text."""
    return cut("\n\n".join(cut(_show(check), MAX_ONE) for check in failed), MAX_CHECKS)


def _show(check: FailedCheck) -> str:
    lines = [f"Check {check.name!r} ended with {check.conclusion}. {check.title}".rstrip()]
    lines += [check.text] if check.text else []
    lines += ["Annotations:", *check.annotations] if check.annotations else []
    lines += ["The end of its log:", check.log] if check.log else []
    lines += [f"Not readable: {check.gap}"] if check.gap else []
    return "\n".join(lines)


def show_origin(issue: Issue) -> str:
    """Return an issue as text."""
    return f"Issue #{issue.number}: {issue.title}\n\n{cut(issue.body, MAX_BODY_CHARACTERS)}".strip()
