"""What is said after a roll-back: what is blocked and locked, and the revert that is proposed. Pure."""

import re
from typing import Final

from yantra_bot.deploy_ports import Reverted
from yantra_bot.domain.environment import Release
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import PullRequest
from yantra_bot.replies.text import inline, one_line, plain

SHORT = 12
_WITH_A_LINK: Final = re.compile(
    r"A revert is open: https?://[\w.:/-]+|Nothing is to be reverted: \w+ is the head of #\d+, which is not merged\.",
    re.ASCII,
)
"""Our own sentences that link to something."""


def harmless(line: str) -> str:
    """Return one of these sentences for the forge: what a problem quotes, after the colon, acts as nothing."""
    ours, colon, quoted = line.partition(": ")
    if not colon or _WITH_A_LINK.fullmatch(line):
        return line
    return f"{ours}: {one_line(quoted, 600)}"


def blocked(bad: Release, environment: str) -> str:
    """Say that the commit is not deployed there again."""
    return f"{bad.commit[:SHORT]} is blocked in {environment}: it is not deployed there again."


def locked(environment: str, handle: str) -> str:
    """Say that nothing is deployed there until somebody unlocks it."""
    return f"{environment} is locked until somebody who looked says `@{handle} unlock {environment}`."


def not_merged(bad: Release) -> str:
    """Say why nothing is reverted: it was never merged."""
    return f"Nothing is to be reverted: {bad.commit[:SHORT]} is the head of #{bad.pull_request}, which is not merged."


def nothing_to_revert() -> str:
    """Say why nothing is reverted."""
    return "No revert was opened: which commit served before is not known."


def conflicts(made: Reverted, bad: Release) -> str:
    """Say which files a person has to take back."""
    files = ", ".join(inline(path) for path in made.conflicts[:10])
    return f"No revert was opened: what {bad.commit[:SHORT]} brought was changed again since, in {files}."


def reverted_already(bad: Release) -> str:
    """Say that the branch does not hold the changes any more."""
    return f"Nothing is left to revert: the branch no longer holds what {bad.commit[:SHORT]} brought."


def reverted(pull: PullRequest) -> str:
    """Say that the revert is open."""
    return f"A revert is open: {pull.url}"


def learnt() -> str:
    """Say that the mistake is kept."""
    return "The mistake is kept with the lessons of this repository."


def lesson(title: str, environment: str, reason: str) -> str:
    """Return what is to be remembered."""
    return f"What was merged as {one_line(title)!r} was rolled back in {environment}: {reason}"


def revert_branch(bad: Release, environment: str) -> str:
    """Return the name of the revert's branch: the same for the same failure."""
    return f"yantra/revert-{bad.commit[:SHORT]}-{environment}"


def revert_title(bad: Release, title: str, environment: str) -> str:
    """Return the title of the revert pull request."""
    return f"revert: {one_line(redact(title), 60) or bad.commit[:SHORT]} (rolled back in {environment})"


def revert_message(bad: Release, title: str, environment: str, reason: str) -> str:
    """Return the whole message of the revert's commit."""
    return (
        f"{revert_title(bad, title, environment)}\n\n"
        f"{bad.commit} was deployed to {environment} and rolled back: {plain(redact(reason))[:2_000]}\n"
    )


def revert_body(
    bad: Release,
    *,
    environment: str,
    reason: str,
    evidence: tuple[str, ...],
    taken_back: tuple[str, ...],
    page_url: str,
) -> str:
    """Return the body of the revert pull request."""
    page = f" · [the deployment]({page_url})" if page_url else ""
    parts = [
        (
            f"`{bad.commit[:SHORT]}` was deployed to {environment} and rolled back{page}. The cluster runs the version "
            "before it again; this brings the branch back to it, so that the next deployment does not bring it back."
        ),
        f"### Why\n\n{plain(redact(reason))}",
        "\n".join(f"- {one_line(redact(line), 400)}" for line in evidence[:20]),
        "### What it takes back\n\n" + "\n".join(f"- {one_line(redact(line), 200)}" for line in taken_back[:50])
        if taken_back
        else "",
        "Later commits are left as they are. The commit stays blocked there until the environment is unlocked.",
    ]
    return "\n\n".join(part for part in parts if part)
