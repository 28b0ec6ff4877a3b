"""Past changes like the task: what the search knows of commits that changed what it found. Pure."""

from typing import Final

from yantra_bot.retrieval.context.targets import Target
from yantra_bot.retrieval.hits import FileHit, Found, Hit, ReasonKind
from yantra_bot.sandbox.output import escape

MOST_PAST: Final = 8
MOST_CHARACTERS: Final = 300


def find_past(found: Found, targets: list[Target]) -> list[str]:
    """Return a line for each thing of the past that speaks for a hit, targets first, each said once."""
    shown = {target.key for target in targets}
    hits = sorted(found.functions, key=lambda hit: hit.chunk.key not in shown)
    said: dict[str, list[str]] = {}
    everything: list[Hit | FileHit] = [*hits, *found.files]
    for hit in everything:
        for reason in hit.reasons:
            if reason.kind is ReasonKind.PAST and reason.words:
                said.setdefault(reason.words, []).append(_name(hit))
    return [f"- {_clean(words)}: {_names(names)}" for words, names in list(said.items())[:MOST_PAST]]


def _name(hit: Hit | FileHit) -> str:
    return hit.chunk.key if isinstance(hit, Hit) else hit.path


def _names(names: list[str]) -> str:
    shown = ", ".join(escape(name) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def _clean(words: str) -> str:
    return " ".join(escape(words).split())[:MOST_CHARACTERS]
