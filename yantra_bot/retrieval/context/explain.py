"""Tells a context: which parts it has, what each costs and why it is there, what was left out. Pure."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
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
        Total("code", (Level.CODE,), _used(context, Level.CODE), budget.level_1),
        Total("signatures, tests, past, map", beside, _used(context, *beside), budget.level_2),
        Total("conventions, of the reserve", (Level.CONVENTIONS,), _used(context, Level.CONVENTIONS), budget.reserve),
    )


def count_tokens(context: Context) -> int:
    """Return the tokens of all parts."""
    return _used(context, *Level)


def _used(context: Context, *levels: Level) -> int:
    return sum(part.tokens for part in context.of(*levels))


def explain(context: Context) -> str:
    """Return the explanation as text of lines: totals, parts by level with tokens and reason, left out, notes."""
    return "\n".join(_lines(context))


def _lines(context: Context) -> Iterator[str]:
    yield f"{count_tokens(context):,} of {context.budget.total:,} tokens in {_count(len(context.parts), 'part')}"
    for total in count_shares(context):
        yield f"{total.used:>8,} of {total.share:,} {total.name}"
    for level in context.levels:
        parts = context.of(level)
        yield ""
        yield f"{TITLES[level]}: {sum(part.tokens for part in parts):,} tokens"
        for part in parts:
            yield f"{part.tokens:>8,}  {part.title}"
            yield f"          {part.reason}"
    if context.left_out:
        yield ""
        yield "Left out"
    for one in context.left_out:
        yield f"{one.tokens or '':>8}  {one.title}"
        yield f"          {one.reason}"
    if context.notes:
        yield ""
    yield from context.notes


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
