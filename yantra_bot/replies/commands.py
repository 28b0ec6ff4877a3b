"""What the bot answers to a command itself: refusals, hints, help, status. Pure."""

from yantra_bot.domain.commands import CommandProblem, Verb
from yantra_bot.domain.run import Phase
from yantra_bot.replies.text import inline, one_line


def tag(comment_id: int) -> str:
    """Return the hidden mark of the answer to one comment, so that it is posted once."""
    return f"reply:{comment_id}"


def problem(found: CommandProblem, handle: str) -> str:
    """Say what was not understood."""
    hint = f" Did you mean {inline(f'@{handle} {found.suggestion}')}?" if found.suggestion else ""
    return f"{found.reason}{hint}"


def not_built(verb: Verb, handle: str) -> str:
    """Say plainly that a known command does nothing yet."""
    return f"{inline(f'@{handle} {verb}')} is not built yet, so nothing was done."


def refused(reason: str) -> str:
    """Say why an order was not taken."""
    return f"Nothing was started: {reason}"


def already_running(run_url: str, handle: str) -> str:
    """Say that one run at a time works on an issue."""
    return f"A run is already working on this: {run_url}. {inline(f'@{handle} stop')} ends it."


def nothing_to_stop() -> str:
    """Say that no run is there to stop."""
    return "No run is working on this, so there is nothing to stop."


def stopping(run_url: str) -> str:
    """Say that a stop was heard."""
    return f"Stopping {run_url}. A write that has begun is finished; nothing else follows but the word that it ended."


def nothing_to_retry() -> str:
    """Say that no ended run is there to repeat."""
    return "No earlier run of this issue is known, so there is nothing to retry."


def status(run_url: str | None, phase: Phase | None, reason: str) -> str:
    """Say where the newest run of an issue stands."""
    if run_url is None or phase is None:
        return "No run has worked on this yet."
    detail = f" {one_line(reason, 300)}" if reason else ""
    return f"The newest run is in phase {phase}: {run_url}.{detail}"


def not_on_pull_requests(verb: Verb, handle: str) -> str:
    """Say that a verb works on issues only, for now."""
    return f"{inline(f'@{handle} {verb}')} works on issues; on a pull request it is not built yet, so nothing was done."
