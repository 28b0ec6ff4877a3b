"""What the model is told of failing checks and of its own pull request: our headings, everything else as data. Pure."""

from collections.abc import Sequence

from yantra_bot.agent.prompts import MAX_BODY_CHARACTERS, cut
from yantra_bot.domain.follow_up import FailedCheck
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
