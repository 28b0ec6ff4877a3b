"""A deployment on the page of its run: what goes where, what changes, each stage, why it was judged so. Pure.

It shows what was told last. Everything is text; the template escapes it.
"""

from dataclasses import dataclass

from yantra_bot.domain.deploying import Deployment
from yantra_bot.domain.redaction import redact
from yantra_bot.replies.deploy.told import asking_words, change_words, commit_words, headline, stage_words
from yantra_bot.runs.codec import decode

_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class DeployPanel:
    """What is shown of a deployment."""

    headline: str
    facts: tuple[tuple[str, str], ...]
    change: str
    differences: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    stages: tuple[tuple[str, str], ...]
    """State and words of each."""
    now: str
    details: tuple[str, ...]
    asking: str
    evidence: tuple[str, ...]
    log: str
    aftermath: tuple[str, ...]


def read_panel(note: str | None) -> DeployPanel | None:
    """Return the panel of what a run noted of its deployment; None for a run that is none, or of another version."""
    if note is None:
        return None
    try:
        return make_panel(decode(note, Deployment))
    except ValueError:
        return None


def make_panel(shown: Deployment) -> DeployPanel:
    """Return what is shown, secrets hidden."""
    is_over = shown.ending is not None
    return DeployPanel(
        headline=redact(headline(shown)),
        facts=tuple((name, redact(value)) for name, value in _facts(shown) if value),
        change=change_words(shown),
        differences=tuple(
            (f"{one.name}{' (new)' if one.is_new else ''}", redact("\n".join(one.lines[:_MOST_LINES])))
            for one in shown.differences
            if one.lines or one.is_new
        ),
        notes=_hide(shown.notes),
        stages=tuple((str(stage.state), redact(stage_words(stage))) for stage in shown.stages),
        now="" if is_over else redact(shown.now),
        details=() if is_over else _hide(shown.details),
        asking="" if is_over or shown.asking is None else redact(asking_words(shown.asking)),
        evidence=_hide(shown.evidence),
        log=redact("\n".join(shown.log)),
        aftermath=_hide(shown.aftermath),
    )


def _facts(shown: Deployment) -> tuple[tuple[str, str], ...]:
    release = shown.release
    return (
        ("Commit", f"{commit_words(shown)} {shown.title}".strip()),
        ("Image", release.reference if release is not None and release.digest else ""),
        ("Before", shown.before),
        ("Approved by", ", ".join(shown.approved_by)),
    )


def _hide(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(redact(line) for line in lines)
