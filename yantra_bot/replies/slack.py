"""What the bot says in a chat about commands, ties and runs: our own Markdown, as everywhere. Pure."""

from collections.abc import Sequence

from yantra_bot.domain.chat_events import ABOUT_REPOSITORIES, Subject
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.run import Order, Phase
from yantra_bot.replies.text import inline, one_line

COMMAND = "/yantra"
MOST_NAMED = 10
MOST_RUNS = 20


def refused(reason: str) -> str:
    """Say that somebody is not listened to."""
    return f"Nothing was started. {reason}"


def commands(listed: str) -> str:
    """Return the list of commands, with how to say them in Slack."""
    first = f"In Slack a command names what it is about: {inline(f'{COMMAND} implement acme/shop#12')}, or "
    return f"{first}{inline(f'{COMMAND} deploy shop production')}; {inline(COMMAND)} alone asks.\n\n{listed}"


def not_linked() -> str:
    """Say that an account is tied to nobody on GitHub."""
    return (
        f"I do not know who you are on GitHub, so nothing was started. {inline(f'{COMMAND} link')} gives you a code; "
        "names and addresses of mail do not count."
    )


def code(code: str, handle: str) -> str:
    """Give out a code."""
    return (
        f"Write {inline(f'@{handle} link {code}')} as a comment on GitHub, from your own account, on an issue or a "
        "pull request of a repository where I am installed and you may write. Within ten minutes; it counts once. "
        "Nobody but you should write it: whoever does is who you are to me from then on."
    )


def linked_here(login: str) -> str:
    """Say in the chat that an account is tied."""
    undo = inline(f"{COMMAND} unlink")
    rights = "your commands here have that account's rights"
    return f"You are {inline(login)} on GitHub from now on; {rights}. {undo} undoes it."


def linked_there(name: str, handle: str) -> str:
    """Say on the forge that an account is tied."""
    return (
        f"Linked: the Slack user {inline(one_line(name, 60))} now gives me commands with the rights of your account. "
        f"Was that not you? {inline(f'@{handle} unlink')} undoes it."
    )


def no_such_code() -> str:
    """Say that a code does not count."""
    return (
        f"This code is unknown, used or older than ten minutes. {inline(f'{COMMAND} link')} in Slack gives a new one."
    )


def which_code() -> str:
    """Say, on the forge, where codes come from."""
    return f"A code is missing: {inline(f'{COMMAND} link')} in Slack gives you one."


def unlinked(was_linked: bool) -> str:
    """Say that a tie is undone."""
    return "Unlinked: I no longer know who you are on GitHub." if was_linked else "You were not linked to anybody."


def unlinked_there(count: int) -> str:
    """Say, on the forge, that its ties are undone."""
    return "Unlinked: no Slack account acts for yours any more." if count else "No Slack account is linked to yours."


def what_about(verb: Verb) -> str:
    """Say that a command lacks what it is about."""
    if verb in ABOUT_REPOSITORIES:
        return f"Which repository and environment? Such as {inline(f'{COMMAND} {verb} acme/shop production')}."
    more = " what happens in login()?" if verb is Verb.EXPLAIN else ""
    return f"Which issue or pull request? Such as {inline(f'{COMMAND} {verb} acme/shop#12{more}')}."


def no_repository(subject: Subject) -> str:
    """Say that nothing of this name is there for who asks; that it is there for others is nobody's business."""
    return f"I know no repository {inline(subject.name)} in which you may write. Is the App installed on it?"


def which_repository(subject: Subject, candidates: Sequence[Repository]) -> str:
    """Say that a name means several."""
    named = ", ".join(inline(one.full_name) for one in candidates[:MOST_NAMED])
    return f"{inline(subject.name)} may be {named}. Name its owner, too."


def nothing_there(subject: Subject, repository: Repository) -> str:
    """Say that there is no such issue."""
    return f"There is no issue or pull request {inline(f'{repository.full_name}#{subject.number}')}."


def unknown_button() -> str:
    """Say that a button does nothing."""
    return "I do not know this button, or what it was about any more. Nothing was done."


def decided_already(by: str) -> str:
    """Say that somebody was quicker, or that too much time has passed."""
    who = f" by {inline(by)}" if by else ""
    return f"This has been decided{who}, or waits no more. Nothing was done."


def window_too_late(verb: Verb) -> str:
    """Say that a window could not be opened in time."""
    return f"I was too slow to ask. {what_about(verb)}"


def not_set_up() -> str:
    """Say, on the forge, that there is no chat."""
    return "I am not connected to Slack here, so there is nothing to link."


def no_runs() -> str:
    """Say that nothing is at work."""
    return "Nothing is at work where you may write."


def runs(shown: Sequence[tuple[Order, Phase, str]], more: int) -> str:
    """List what is at work, each with its page."""
    lines = [_run_line(*one) for one in shown]
    return "\n".join([f"**At work: {len(shown) + more}**", *lines, *([f"… and {more} more"] if more else [])])


def _run_line(order: Order, phase: Phase, page_url: str) -> str:
    where = f"{order.repository.full_name}#{order.issue_number}" if order.issue_number else order.repository.full_name
    page = f"[run {order.run_id[:8]}]({page_url})" if page_url else f"run {order.run_id[:8]}"
    return f"- {page}: {order.command.verb} {inline(where)}, {phase}, for {inline(order.requested_by.login)}"
