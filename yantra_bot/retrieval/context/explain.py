"""Tells a context: which parts it has, what each costs and why it is there, what was left out. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from yantra_bot.retrieval.context.parts import HEADINGS, Context, Level

TITLES: Final = {
    Level.CONVENTIONS: "Conventions",
    Level.MAP: "Map of the repository",
    Level.PAST: "Past changes",
    Level.SIGNATURES: "Level 2, signatures",
    Level.TESTS: "Tests",
    Level.CODE: "Level 1, code in full",
}
TOKENS_WIDTH: Final = 8


class Look(StrEnum):
    """What a line of an explanation is."""

    TOTAL = "total"
    TITLE = "title"
    PART = "part"
    REASON = "reason"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `before` stands left of the text, and what is broken goes on as far from the edge."""

    look: Look
    text: str
    before: str = ""

    @property
    def indent(self) -> int:
        """How many columns stand before the text."""
        return len(self.before)

    def __str__(self) -> str:
        return f"{self.before}{self.text}"


@dataclass(frozen=True, slots=True)
class Total:
    """What a share is, and how much of it is used. In tokens."""

    name: str
    levels: tuple[Level, ...]
    used: int
    share: int


def count_shares(context: Context) -> tuple[Total, ...]:
    """Return how much of each share is used by the parts."""
    beside = (Level.SIGNATURES, Level.TESTS, Level.PAST, Level.MAP)
    budget = context.budget
    return (
        Total("code in full", (Level.CODE,), _used(context, Level.CODE), budget.level_1),
        Total("signatures, tests, past and map", beside, _used(context, *beside), budget.level_2),
        Total("conventions (of the reserve)", (Level.CONVENTIONS,), _used(context, Level.CONVENTIONS), budget.reserve),
    )


def count_tokens(context: Context) -> int:
    """Return the tokens of all parts."""
    return _used(context, *Level)


def _used(context: Context, *levels: Level) -> int:
    return sum(part.tokens for part in context.of(*levels))


def explain(context: Context) -> Iterator[Line]:
    """Yield the lines of the explanation: totals, parts by level with tokens and reason, what was left out, notes."""
    parts = _count(len(context.parts), "part")
    yield Line(Look.TITLE, f"{count_tokens(context):,} of {context.budget.total:,} tokens in {parts}")
    for total in count_shares(context):
        yield Line(Look.TOTAL, f"of {total.share:,} for {total.name}", f"{total.used:>{TOKENS_WIDTH},} ")
    for level in context.levels:
        own = context.of(level)
        yield Line(Look.TITLE, "")
        yield Line(Look.TITLE, f"{TITLES[level]}: {sum(part.tokens for part in own):,} tokens")
        for part in own:
            yield Line(Look.PART, part.title, _figure(part.tokens))
            yield Line(Look.REASON, part.reason, _figure(0))
    if context.left_out:
        yield Line(Look.TITLE, "")
        yield Line(Look.TITLE, "Left out")
    for one in context.left_out:
        yield Line(Look.PART, one.title, _figure(one.tokens))
        yield Line(Look.REASON, one.reason, _figure(0))
    if context.notes:
        yield Line(Look.NOTE, "")
    for note in context.notes:
        yield Line(Look.NOTE, note)


def _figure(tokens: int) -> str:
    return f"{f'{tokens:,}' if tokens else '':>{TOKENS_WIDTH}}  "


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def context_record(context: Context, *, is_explained: bool) -> dict[str, Any]:
    """Return a context as plain values for JSON; where it is explained only, the parts come without their texts."""
    parts = [asdict(part) for part in context.parts]
    if is_explained:
        for part in parts:
            del part["text"]
    return {
        "tokens": count_tokens(context),
        "budget": {"total": context.budget.total, **asdict(context.budget)},
        "headings": {level: HEADINGS[level] for level in context.levels},
        "parts": parts,
        "left_out": [asdict(one) for one in context.left_out],
        "notes": list(context.notes),
    }
