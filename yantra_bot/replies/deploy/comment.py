"""A deployment as one comment on the forge, edited in place, and as a status of the forge's deployment. Pure."""

from yantra_bot.domain.deploying import Asked, Deployment
from yantra_bot.domain.run import Ending, Order
from yantra_bot.replies.deploy.aftermath import harmless
from yantra_bot.replies.deploy.told import asking_words, change_words, commit_words, headline, stage_words
from yantra_bot.replies.run import run_link
from yantra_bot.replies.text import code, fit, inline, one_line, plain

MOST_DESCRIPTION = 140
"""What the forge takes as the description of a status."""
MOST_DIFF = 12_000


def deploy_tag(order: Order) -> str:
    """Return the hidden mark of a deployment's one comment."""
    return f"deploy:{order.run_id}"


def deploy_comment(shown: Deployment) -> str:
    """Return the comment."""
    parts = [
        f"**{one_line(headline(shown))}** · {run_link(shown.order, shown.page_url)}",
        _table(shown),
        f"{change_words(shown)}" if change_words(shown) else "",
        _diff(shown),
        "\n".join(f"- {one_line(note, 400)}" for note in shown.notes),
        "\n".join(f"- {one_line(stage_words(stage), 400)}" for stage in shown.stages),
        plain(shown.now) if shown.ending is None else "",
        "\n".join(f"  - {one_line(line, 300)}" for line in shown.details) if shown.ending is None else "",
        _asking(shown),
        plain(shown.ending.reason) if shown.ending is not None else "",
        "\n".join(f"- {one_line(line, 600)}" for line in shown.evidence),
        _log(shown),
        _aftermath(shown),
    ]
    return fit("\n\n".join(part for part in parts if part))


def told_deployer(order: Order, ending: Ending) -> str:
    """Return the comment that notifies who asked: an edited one notifies nobody."""
    return f"@{order.requested_by.login} {plain(ending.reason)}"


def status_words(shown: Deployment) -> str:
    """Return the description of a status on the forge, in one line."""
    text = shown.ending.reason if shown.ending is not None else shown.now or headline(shown)
    return one_line(text, MOST_DESCRIPTION)


def _table(shown: Deployment) -> str:
    rows = []
    if shown.release is not None:
        rows.append(("commit", f"{inline(commit_words(shown))} {one_line(shown.title)}"))
        if shown.release.digest:
            rows.append(("image", inline(shown.release.reference)))
    if shown.before:
        rows.append(("before", inline(shown.before)))
    if shown.approved_by:
        rows.append(("approved by", ", ".join(inline(name) for name in shown.approved_by)))
    if not rows:
        return ""
    return "\n".join(
        ["| | |", "|---|---|", *(f"| {name} | {value.replace('|', chr(92) + '|')} |" for name, value in rows)]
    )


def _diff(shown: Deployment) -> str:
    told = []
    for one in shown.differences:
        if one.lines or one.is_new:
            told += [
                f"{one.name}{' (new)' if one.is_new else ''}",
                *(f"  {line}" for line in one.lines if not one.is_new),
            ]
    if not told:
        return ""
    is_open = " open" if shown.order.command.options.dry_run or shown.asking is not None else ""
    shown_lines = code("\n".join(told)[:MOST_DIFF])
    return f"<details{is_open}><summary>What changes</summary>\n\n{shown_lines}\n\n</details>"


def _asking(shown: Deployment) -> str:
    if shown.asking is None or shown.ending is not None:
        return ""
    name = f"@{shown.handle}"
    if shown.asking.what is Asked.APPROVAL:
        how = f"`{name} approve {shown.environment}` or `{name} reject {shown.environment}`."
    else:
        how = f"`{name} promote {shown.environment}` or `{name} abort {shown.environment}`."
    return f"{plain(asking_words(shown.asking))} Say {how}"


def _log(shown: Deployment) -> str:
    if not shown.log:
        return ""
    body = code("\n".join(shown.log))
    return f"<details open><summary>Last lines of the failing pod</summary>\n\n{body}\n\n</details>"


def _aftermath(shown: Deployment) -> str:
    return "\n".join(f"- {harmless(line)}" for line in shown.aftermath)
