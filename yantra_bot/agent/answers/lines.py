"""Lines that the answers share: places, counts, the head of a symbol, each cut to a bounded length."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.graph import Edge, NodeKind, Symbol
from yantra_bot.graphdb.view import GraphView

LONGEST: Final = 240
"""Characters of one line; a name or a signature may be as long as its author likes."""
GUESS: Final = 0.5
"""An edge below is a guess by an equal name, and said to be one."""


def count(number: int, what: str) -> str:
    """Return a number with its noun: `1 file`, `2 files`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def one_line(text: str, limit: int = LONGEST) -> str:
    """Return a text as one line of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def place_of(symbol: Symbol) -> str:
    """Return `path:line`, or that it is outside of the repository."""
    return f"{symbol.path}:{symbol.span.line}" if symbol.path else "outside of the repository"


def name_of(symbol: Symbol) -> str:
    """Return the name that people write: dotted, with its module."""
    return one_line(symbol.qualified_name)


def heading(symbol: Symbol) -> str:
    """Return place, kind and name on one line."""
    end = f"-{symbol.span.end_line}" if symbol.path and symbol.span.end_line > symbol.span.line else ""
    return f"{place_of(symbol)}{end}  {symbol.kind} {name_of(symbol)}"


def sure(confidence: float) -> str:
    """Return how sure something is, in words where it is a guess."""
    return f"{confidence:.0%} sure" + (", a guess by its name" if confidence < GUESS else "")


def show_path(view: GraphView, path: Sequence[Edge]) -> str:
    """Return the steps from the one that needs to the one that is needed: `a calls b (x.py:3)`, and so on."""
    return ", ".join(f"{edge.kind} {called(view, edge.target)} ({edge.path}:{edge.line})" for edge in path)


def called(view: GraphView, key: str) -> str:
    """Return the short name of a symbol by its key; of what lies outside of the repository the whole one."""
    row = view.index_of(key)
    if row is None:
        return one_line(key)
    symbol = view.symbol(row)
    return one_line(symbol.name if symbol.kind is not NodeKind.EXTERNAL else symbol.qualified_name)


def rest_of(total: int, shown: int, cure: str, *, what: str = "") -> list[str]:
    """Return the line that says how many (of `what`) are not shown; none where all are."""
    return [f"[{total - shown:,} more {f'{what} ' if what else ''}are not shown. {cure}]"] if total > shown else []
