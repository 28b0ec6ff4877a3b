"""What a review says of a learned score where it has earned to be shown; else why not, to who looks for it. Pure."""

from typing import Final

from yantra_bot.domain.scores import JudgedScore, SymbolScore
from yantra_bot.replies.review.quoting import listed, place, quote

MOST: Final = 5
MOST_PLACES: Final = 2
MOST_IMPORTS: Final = 3
LIKELY: Final = 0.3
"""From this share among the classes of fault on, were there one, its class is named."""


def state_learned(judged: JudgedScore | None) -> str:
    """Return how often such a score came true here, and what that rests on; empty where it has not earned it.

    The number is the repository's own frequency. Neither what the model says nor what its baseline says is one.
    """
    if judged is None or not judged.is_shown or judged.probability is None:
        return ""
    went = f"{judged.probability:.0%} of changes that were scored like this one went wrong here."
    return f"{went} {judged.standing.reason}"


def why_not_shown(judged: JudgedScore | None) -> str:
    """Return the sentence that says why there is no score to be seen; empty where there is one, or nobody asked."""
    if judged is None or (judged.is_shown and not judged.change.problem):
        return ""
    return judged.change.problem or judged.standing.reason


def state_attention(judged: JudgedScore | None) -> list[str]:
    """Return what to look at first, the most suspicious first; nothing where the score is not shown."""
    if judged is None or not judged.is_shown:
        return []
    return [_state_symbol(one) for one in judged.change.symbols[:MOST]]


def _state_symbol(one: SymbolScore) -> str:
    said = f"{quote(one.name)} at {place(one.path, one.line)}"
    lines = list(dict.fromkeys(spot.line for spot in one.places[:MOST_PLACES]))
    said += f", first line{'s' if len(lines) > 1 else ''} {' and '.join(map(str, lines))}" if lines else ""
    if one.bugs and one.bugs[0].probability >= LIKELY * one.faulty:
        said += f", most like: {one.bugs[0].bug}"
    if one.imports:
        modules = listed([quote(name) for name in one.imports[:MOST_IMPORTS]], MOST_IMPORTS)
        said += f"; code like it imports {modules}, which its file does not"
    if one.similar:
        near = one.similar[0]
        said += f"; similar: {quote(near.name)} at {place(near.path, near.line)}"
    return f"{said}."
