"""What the bot answers to a command itself: refusals, hints, help, status. Pure."""

from collections.abc import Sequence

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


def waiting(run_url: str, handle: str) -> str:
    """Say that a plan waits, so that nothing else begins here."""
    approve, reject = inline(f"@{handle} approve"), inline(f"@{handle} reject")
    return f"A plan for this waits for approval: {run_url}. {approve} begins the work, {reject} ends it."


def nothing_waits(handle: str) -> str:
    """Say that there is nothing to approve or reject."""
    return f"No plan waits for approval here. {inline(f'@{handle} plan')} makes one."


def which_changes(handle: str) -> str:
    """Say that changes have to be named."""
    return f"Which changes? Write them after it: {inline(f'@{handle} approve with changes: …')}. Nothing was done."


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


def only_on_pull_requests(verb: Verb, handle: str) -> str:
    """Say that a verb needs a pull request."""
    return f"{inline(f'@{handle} {verb}')} works on pull requests, so nothing was done here."


def paused(handle: str) -> str:
    """Say that no review begins by itself any more."""
    resume, review = inline(f"@{handle} resume"), inline(f"@{handle} review")
    return f"Paused: this pull request is not reviewed by itself until {resume}. {review} still reviews it once."


def left_alone(handle: str) -> str:
    """Say that a pull request is left alone."""
    return f"This pull request is left alone from now on. {inline(f'@{handle} resume')} undoes that."


def ignoring(what: Sequence[str], handle: str) -> str:
    """Say which rules are not raised any more."""
    named, resume = ", ".join(inline(one) for one in what), inline(f"@{handle} resume {what[0]}")
    return f"Not raised here any more: {named}. {resume} undoes that; the next review goes by it."


def heeding(what: Sequence[str]) -> str:
    """Say which rules are raised again."""
    return f"Raised here again from the next review on: {', '.join(inline(one) for one in what)}."


def no_rule(word: str) -> str:
    """Say that a word names no rule."""
    return f"{inline(one_line(word, 60))} is no rule; rules are such as {inline('names/undefined')}. Nothing was done."


def remark_ignored() -> str:
    """Say, in a thread, that its remark is not raised again."""
    return "Heard: this is not raised again here, and does not count against the gate."


def no_remark() -> str:
    """Say, in a thread, that there is no remark of the bot's to ignore."""
    return "This thread does not begin with a remark of mine, so there is nothing to ignore here."


def propose(verb: Verb, handle: str, *, takes_thumbs: bool) -> str:
    """Ask whether a command is meant."""
    meant, yes, no = (inline(f"@{handle} {word}") for word in (verb, "yes", "no"))
    text = "" if verb is Verb.STOP else " with your words"
    thumb = ", or put a 👍 on this" if takes_thumbs else ""
    who = f"Somebody who may write here can answer {yes}{thumb} within a day; {no} forgets it."
    return f"Shall I run {meant}{text}? {who} Nothing runs until then."


def forgotten() -> str:
    """Say that a proposal is dropped."""
    return "Forgotten: nothing runs."


def nothing_proposed() -> str:
    """Say that there is nothing to say yes or no to."""
    return "There is no proposal of mine here that waits for an answer; one lasts a day."
