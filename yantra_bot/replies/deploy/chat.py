"""A deployment as one message in a chat, edited in place, with what can be pressed. Pure.

What commits, clusters and people wrote is made harmless here: no link in it shows other words than its address.
"""

from yantra_bot.domain.chat import Button, ButtonStyle, ChatMessage
from yantra_bot.domain.deploying import Asked, Deployment
from yantra_bot.domain.run import Phase
from yantra_bot.replies.deploy.told import asking_words, change_words, commit_words, headline, stage_words
from yantra_bot.replies.slack_text import escape, one_line

APPROVE, REJECT, PROMOTE, ABORT, ROLLBACK = (
    "deploy-approve",
    "deploy-reject",
    "deploy-promote",
    "deploy-abort",
    "deploy-rollback",
)
"""Actions of buttons; their value is the run's id."""
MOST_LOG = 2_500
MOST_LINE = 400


def deploy_message(shown: Deployment) -> ChatMessage:
    """Return the message."""
    return ChatMessage(
        title=headline(shown),
        lines=tuple(line for line in _lines(shown) if line),
        fields=_fields(shown),
        quoted="\n".join(shown.log)[-MOST_LOG:],
        buttons=_buttons(shown),
        footer=f"{shown.page_url}" if shown.page_url else f"run {shown.order.run_id}",
    )


def _lines(shown: Deployment) -> list[str]:
    lines = [change_words(shown)] if shown.ending is None or shown.order.command.options.dry_run else []
    lines += ["\n".join(one_line(stage_words(stage), MOST_LINE) for stage in shown.stages)]
    if shown.ending is not None:
        lines += [escape(shown.ending.reason), *(one_line(line, MOST_LINE) for line in shown.evidence[:5])]
        return lines + [escape(line) for line in shown.aftermath]
    lines += [escape(shown.now), "\n".join(one_line(line, MOST_LINE) for line in shown.details[:8])]
    if shown.asking is not None:
        lines.append(escape(asking_words(shown.asking)))
    return lines


def _fields(shown: Deployment) -> tuple[tuple[str, str], ...]:
    fields = []
    if shown.release is not None:
        fields.append(("Commit", f"{commit_words(shown)} {one_line(shown.title, 80)}".strip()))
        if shown.release.digest:
            fields.append(("Image", escape(shown.release.reference)))
    if shown.before:
        fields.append(("Before", one_line(shown.before, MOST_LINE)))
    if shown.approved_by:
        fields.append(("Approved by", escape(", ".join(shown.approved_by))))
    fields.append(("Asked by", escape(shown.order.requested_by.login)))
    return tuple(fields)


def _buttons(shown: Deployment) -> tuple[Button, ...]:
    run = shown.order.run_id
    where = f"{shown.service} in {shown.environment}"
    if shown.ending is not None:
        if shown.ending.phase is Phase.COMPLETE and not (shown.is_rollback or shown.order.command.options.dry_run):
            ask = f"Go back to what served in {shown.environment} before?"
            return (Button("Roll back", ROLLBACK, run, ButtonStyle.DANGER, confirm=ask),)
        return ()
    if shown.asking is None:
        if not shown.stages:
            return ()
        return (Button("Abort", ABORT, run, ButtonStyle.DANGER, confirm=f"End the roll-out of {where}, and go back?"),)
    if shown.asking.what is Asked.APPROVAL:
        return (Button("Approve", APPROVE, run, ButtonStyle.PRIMARY), Button("Reject", REJECT, run, ButtonStyle.DANGER))
    return (Button("Promote", PROMOTE, run, ButtonStyle.PRIMARY), Button("Abort", ABORT, run, ButtonStyle.DANGER))
