"""What to do when parts do not fit: the least relevant go, then code is summarised, then sentences are squeezed.

Pure. A part that may be edited is whole or absent, since edits match exact text. Every choice says its reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.retrieval.compress import compress
from yantra_bot.retrieval.summaries import squeeze_docstrings, squeeze_prose, summarise_code

LEAST_RELEVANCE = 0.2
"""Parts below it go before anything is summarised."""


class PartKind(StrEnum):
    """What a part is made of."""

    CODE = "code"
    PROSE = "prose"


class Form(StrEnum):
    """How a part is shown, from all of it to nothing."""

    WHOLE = "whole"
    COMPRESSED = "compressed"
    SUMMARY = "summary"
    SQUEEZED = "squeezed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A candidate for a prompt. `relevance` is from 0 to 1; `path` tells the language."""

    path: str
    text: str
    relevance: float
    kind: PartKind = PartKind.CODE
    may_be_edited: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a part is shown, and why so. `shown` is empty for a part that is dropped."""

    part: SourcePart
    form: Form
    shown: str
    tokens: int
    reason: str


def fit_parts(parts: Sequence[SourcePart], limit: int, count: Callable[[str], int]) -> list[Chosen]:
    """Return how each part is shown, in the order given, so that all together have at most `limit` tokens.

    Nothing is touched when everything fits. Else, until it does: comments and blank lines go; parts of little relevance
    go, the least first; code is summarised and then prose is squeezed, the least relevant first; at last the least
    relevant parts go whatever they are. Room that is left over is given back, to the most relevant first.
    """
    chosen = [Chosen(part, Form.WHOLE, part.text, count(part.text), "all fits") for part in parts]
    order = sorted(range(len(parts)), key=lambda place: (parts[place].relevance, parts[place].may_be_edited, -place))
    for step in (_compress, _drop_irrelevant, _summarise, _squeeze, _drop):
        for place in order:
            if _total(chosen) <= limit:
                return _give_back(chosen, order, limit, count)
            chosen[place] = step(chosen[place], count)
    return chosen


def _total(chosen: Sequence[Chosen]) -> int:
    return sum(one.tokens for one in chosen)


def _compress(one: Chosen, count: Callable[[str], int]) -> Chosen:
    if one.part.may_be_edited or one.part.kind is not PartKind.CODE:
        return one
    short = compress(one.part.text, one.part.path)
    return _take(one, Form.COMPRESSED, short.shown, short.note, count) if short.is_compressed else one


def _drop_irrelevant(one: Chosen, count: Callable[[str], int]) -> Chosen:
    return _drop(one, count) if one.part.relevance < LEAST_RELEVANCE else one


def _summarise(one: Chosen, count: Callable[[str], int]) -> Chosen:
    if one.part.may_be_edited or one.part.kind is not PartKind.CODE or one.form is Form.DROPPED:
        return one
    text = summarise_code(one.part.text, one.part.path)
    return (
        _take(one, Form.SUMMARY, text, "no room for its bodies: signatures, calls and errors", count) if text else one
    )


def _squeeze(one: Chosen, count: Callable[[str], int]) -> Chosen:
    if one.part.may_be_edited or one.form is Form.DROPPED:
        return one
    squeeze = squeeze_prose if one.part.kind is PartKind.PROSE else squeeze_docstrings
    return _take(one, Form.SQUEEZED, squeeze(one.shown), "no room for all its sentences: those that tell most", count)


def _drop(one: Chosen, count: Callable[[str], int]) -> Chosen:
    return Chosen(one.part, Form.DROPPED, "", 0, f"no room: its relevance is {one.part.relevance:.2f}")


def _take(one: Chosen, form: Form, shown: str, reason: str, count: Callable[[str], int]) -> Chosen:
    """Return the part in another form where that is shorter."""
    tokens = count(shown)
    return Chosen(one.part, form, shown, tokens, reason) if tokens < one.tokens else one


def _give_back(chosen: list[Chosen], order: Sequence[int], limit: int, count: Callable[[str], int]) -> list[Chosen]:
    """Return the parts, the most relevant ones in a longer form where the room left over allows it."""
    if all(one.form is Form.WHOLE for one in chosen):
        return chosen
    left = limit - _total(chosen)
    for place in reversed(order):
        one = chosen[place]
        whole = Chosen(one.part, Form.WHOLE, one.part.text, count(one.part.text), "there is room for all of it")
        for better in (whole, _compress(whole, count)):
            if one.form not in (Form.WHOLE, better.form) and better.tokens - one.tokens <= left:
                left -= better.tokens - one.tokens
                chosen[place] = better
                break
    return [
        Chosen(one.part, one.form, one.shown, one.tokens, "there is room for all of it")
        if one.form is Form.WHOLE
        else one
        for one in chosen
    ]
