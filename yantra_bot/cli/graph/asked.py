"""A question that was asked in a terminal: its graph, the names in it, and symbols printed with their paths."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from yantra_bot.cli.console import count
from yantra_bot.cli.graph.lines import Lines, name_of, percent, width_of
from yantra_bot.cli.graph.options import brief, open_view, pick
from yantra_bot.graphdb.export import edge_record, symbol_record
from yantra_bot.graphdb.queries import Reached
from yantra_bot.graphdb.view import GraphView


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a command, its graph, and what prints."""

    repo: Path
    as_json: bool
    view: GraphView
    lines: Lines

    @classmethod
    def of(cls, repo: Path, store: Path | None, *, as_json: bool, stale: bool) -> "Asked":
        """Open the graph that the options name."""
        return cls(repo, as_json, open_view(repo, store, stale=stale), Lines(repo))

    def pick(self, name: str) -> list[int]:
        """Return the rows of what a name means."""
        return pick(self.view, name, as_json=self.as_json)


def names_of(view: GraphView, keys: set[str]) -> dict[str, str]:
    """Return what the symbols of keys are called."""
    rows = {key: view.index_of(key) for key in keys}
    return {key: name_of(view.symbol(row)) for key, row in rows.items() if row is not None}


def say_rest(lines: Lines, total: int, limit: int, what: str) -> None:
    """Print how many there are, and how many of them were not printed."""
    rest = f"; {total - limit} more not shown, see --limit" if total > limit else ""
    lines.say(Text(f"{count(total, what)}{rest}", "dim"))


def reached_record(item: Reached) -> dict[str, Any]:
    """Return a symbol with its path as plain values."""
    return {
        "symbol": brief(symbol_record(item.symbol)),
        "confidence": item.confidence,
        "depth": item.depth,
        "path": [edge_record(edge) for edge in item.path],
    }


def show_reached(asked: Asked, found: list[Reached], *, from_start: bool) -> None:
    """Print symbols with their paths, each read from the one that needs to the one that is needed."""
    width = width_of(name_of(item.symbol) for item in found)
    names = names_of(asked.view, {edge.target for item in found for edge in item.path})
    for item in found:
        asked.lines.symbol_line(item.symbol, width, before=f"{percent(item.confidence)}  ")
        asked.lines.path(item.path if from_start else item.path[::-1], names, indent="        ")
