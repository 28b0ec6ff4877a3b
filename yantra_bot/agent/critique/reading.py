"""From what a second look sent to objections that may send a change back. Pure.

An objection to the code that quotes no line of the change, and words of people that nobody said, count for little or
nothing: what the change itself wrote to its critic cannot send it anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from yantra_bot.agent.critique.difference import Difference
from yantra_bot.agent.critique.thread import Statement, find_words
from yantra_bot.agent.critique.tools import CRITIQUE
from yantra_bot.agent.reviewing.observations import read_call
from yantra_bot.domain.conversation import ModelAnswer
from yantra_bot.domain.scrutiny import Contradiction, Objection, ObjectionKind, Weight

_ABOUT_CODE: Final = frozenset({ObjectionKind.LOGICAL, ObjectionKind.FACTUAL})
W = TypeVar("W", ObjectionKind, Weight)
UNQUOTED: Final = "it quotes no line of the change"


@dataclass(frozen=True, slots=True)
class Critique:
    """One look, as far as it may be believed."""

    objections: tuple[Objection, ...]
    contradictions: tuple[Contradiction, ...]
    met: dict[int, str]
    """Evidence by the number of a point, which has to be looked up."""
    unmet: dict[int, str]
    """Why a point is open, by its number."""


def read_critique(answer: ModelAnswer, *, difference: Difference, said: Sequence[Statement], summary: str) -> Critique:
    """Return what an answer objects to; raise UserError where it is none that can be read."""
    arguments = read_call(answer, CRITIQUE)
    points = {int(one["number"]): one for one in arguments.get("points", ())}
    return Critique(
        tuple(_read_issue(one, difference, summary) for one in arguments["issues"]),
        tuple(found for one in arguments.get("contradictions", ()) if (found := _read_contradiction(one, said))),
        {number: str(one["evidence"]) for number, one in points.items() if one["is_met"]},
        {number: " ".join(str(one["evidence"]).split()) for number, one in points.items() if not one["is_met"]},
    )


def _read_issue(data: dict[str, Any], difference: Difference, summary: str) -> Objection:
    kind = _read_word(ObjectionKind, data["kind"], ObjectionKind.UNCLEAR)
    weight = _read_word(Weight, data["severity"], Weight.MINOR)
    path = difference.find(str(data.get("path", "")))
    line = data.get("line")
    place = "" if path is None else f"{path}:{line}" if line and difference.files[path].holds(int(line)) else path
    quote = str(data.get("quote", "")).strip()
    is_quoted = difference.quotes(quote) or (kind is ObjectionKind.FACTUAL and len(quote) > 8 and quote in summary)
    note = UNQUOTED if kind in _ABOUT_CODE and weight is not Weight.MINOR and not is_quoted else ""
    return Objection(kind, Weight.MINOR if note else weight, str(data["message"]).strip(), place, note)


def _read_word(words: type[W], given: object, otherwise: W) -> W:
    text = " ".join(str(given).lower().replace("_", " ").replace("-", " ").split())
    return next((word for word in words if word.value == text), otherwise)


def _read_contradiction(data: dict[str, Any], said: Sequence[Statement]) -> Contradiction | None:
    quotes = [str(data[name]) for name in ("quote", "other_quote") if data.get(name)]
    found = [find_words(quote, said) for quote in quotes]
    return Contradiction(str(data["message"]).strip(), " / ".join(found)) if found and all(found) else None
