"""A run that was ordered in a chat, as one message that is edited while it goes on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.chat import Button, ButtonStyle, ChatMessage
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.replies.run import headline, spent_line
from yantra_bot.replies.slack_text import from_markdown, link, one_line

APPROVE: Final = "plan-approve"
REJECT: Final = "plan-reject"
STOP: Final = "run-stop"
RETRY: Final = "run-retry"
LOG: Final = "run-log"
"""Actions of buttons; their value is the run's id."""
MOST_REASON: Final = 1_000
MOST_PARAGRAPHS: Final = 9_000


@dataclass(frozen=True, slots=True)
class ShownRun:
    """What the message shows."""

    order: Order
    phases: tuple[tuple[Phase, float], ...]
    """Each phase with the Unix time it began at."""
    page_url: str
    ending: Ending | None = None
    ended_at: float | None = None
    plan: str = ""
    """The plan that waits for a decision, as the forge shows it; empty: none waits."""
    answer: str = ""
    """What a question was answered with, as the forge shows it."""


def run_message(shown: ShownRun) -> ChatMessage:
    """Return the message."""
    order, ending = shown.order, shown.ending
    begun = "Waiting for you" if shown.plan else headline(ending)
    return ChatMessage(
        title=f"{begun}: {order.command.verb} {_where(order)}",
        lines=tuple(line for line in _lines(shown) if line),
        fields=(("Asked by", one_line(order.requested_by.login)), ("Page", _page(shown))),
        buttons=_buttons(shown),
        footer=from_markdown(spent_line(ending.spent)) if ending is not None else "",
    )


def log_message(order: Order, lines: Sequence[str]) -> ChatMessage:
    """Return the last lines of a run's log."""
    title = f"Log of {order.command.verb} {_where(order)}"
    return ChatMessage(title, () if lines else ("Nothing has been noted yet.",), quoted="\n".join(lines))


def _where(order: Order) -> str:
    return f"{order.repository.full_name}#{order.issue_number}" if order.issue_number else order.repository.full_name


def _page(shown: ShownRun) -> str:
    name = f"run {shown.order.run_id[:8]}"
    return link(name, shown.page_url) if shown.page_url else name


def _lines(shown: ShownRun) -> list[str]:
    lines = [_phases(shown)]
    if shown.ending is not None:
        lines.append(one_line(shown.ending.reason, MOST_REASON))
        lines += _links(shown.ending)
    for text in (shown.plan, shown.answer):
        lines.append(from_markdown(text)[:MOST_PARAGRAPHS])
    return lines


def _phases(shown: ShownRun) -> str:
    """Return the phases in a row, those that are over with their time; the message is edited when one begins."""
    parts = []
    for position, (phase, began) in enumerate(shown.phases):
        is_last = position == len(shown.phases) - 1
        until = shown.ended_at if is_last else shown.phases[position + 1][1]
        parts.append(f"*{phase}* …" if until is None else f"{phase} ({max(0.0, until - began):.1f} s)")
    return " → ".join(parts)


def _links(ending: Ending) -> list[str]:
    pull = ending.pull_request
    if pull is None:
        return []
    kind = "Draft pull request" if pull.is_draft else "Pull request"
    return [link(f"{kind} {pull.number}", pull.url)]


def _buttons(shown: ShownRun) -> tuple[Button, ...]:
    run_id, log = shown.order.run_id, Button("Log", LOG, shown.order.run_id)
    if shown.ending is not None:
        if shown.ending.phase is Phase.COMPLETE or shown.order.command.verb is Verb.EXPLAIN:
            return (log,)
        return (Button("Try again", RETRY, run_id), log)
    stop = Button("Stop", STOP, run_id, ButtonStyle.DANGER, confirm="End this run now?")
    if shown.plan:
        return (Button("Approve", APPROVE, run_id, ButtonStyle.PRIMARY), Button("Reject", REJECT, run_id), stop)
    return (stop, log)
