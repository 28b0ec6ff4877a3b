"""The words that a deployment's comment, its message in a chat and its status on the forge share. Pure."""

import datetime as dt

from yantra_bot.domain.deploying import Asked, Asking, Deployment, ShownStage, StageState
from yantra_bot.domain.run import Phase

TAG_PREFIX = "deploy"
SIGNS = {StageState.WAITS: "◻", StageState.RUNS: "▶", StageState.WELL: "✔", StageState.BAD: "✖"}
_HEADLINES = {
    Phase.COMPLETE: "Deployed",
    Phase.ESCALATED: "A person is needed",
    Phase.STOPPED: "Not deployed",
    Phase.FAILED: "Not deployed",
    Phase.ROLLED_BACK: "Rolled back",
    Phase.ROLLBACK_FAILED: "The roll-back failed",
}
_BY_HAND = {Phase.COMPLETE: "Went back", Phase.STOPPED: "Not rolled back", Phase.FAILED: "Not rolled back"}


def headline(shown: Deployment) -> str:
    """Return the words that everything about a deployment begins with, such as `Deploying shop to production`."""
    what = f"{shown.service} in {shown.environment}" if shown.environment else shown.service
    if shown.ending is not None:
        names = {**_HEADLINES, **_BY_HAND} if shown.is_rollback else _HEADLINES
        name = names[shown.ending.phase]
        if shown.order.command.options.dry_run and shown.ending.phase is Phase.COMPLETE:
            name = "Dry run"
        return f"{name}: {what}"
    if shown.asking is not None and shown.asking.what is Asked.APPROVAL:
        return f"Waiting for approval: {what}"
    if shown.asking is not None:
        return f"Holding still: {what}"
    return f"{'Going back' if shown.is_rollback else 'Deploying'}: {what}"


def commit_words(shown: Deployment) -> str:
    """Return which commit it is, short; empty while that is not known."""
    if shown.release is None:
        return ""
    pull = f" (head of #{shown.release.pull_request})" if shown.release.pull_request else ""
    return f"{shown.release.commit[:12]}{pull}"


def stage_words(stage: ShownStage) -> str:
    """Return one stage as one line."""
    note = f": {stage.note}" if stage.note else ""
    return f"{SIGNS[stage.state]} {stage.name}{note}"


def asking_words(asking: Asking) -> str:
    """Return who is asked for what, and until when."""
    until = f"{dt.datetime.fromtimestamp(asking.due, dt.UTC):%Y-%m-%d %H:%M} UTC"
    if asking.what is Asked.GO_ON:
        return f"{asking.why} Promote it or abort it; if nobody does until {until}, it goes back."
    who = ", ".join(asking.people) if asking.people else "anybody who may write to the repository"
    have = f" {', '.join(asking.given)} approved already." if asking.given else ""
    return f"{asking.why} {asking.needed} of {who} has to approve until {until}.{have}"


def change_words(shown: Deployment) -> str:
    """Return how much changes, in one sentence; empty while that is not known."""
    if not shown.differences:
        return ""
    new = [one.name for one in shown.differences if one.is_new]
    changed = [one.name for one in shown.differences if one.lines and not one.is_new]
    same = len(shown.differences) - len(new) - len(changed)
    parts = [f"{len(changed)} changed" if changed else "", f"{len(new)} new" if new else ""]
    parts.append(f"{same} as they are" if same else "")
    return f"Objects: {', '.join(part for part in parts if part)}."
