"""`yantra graph impact|dependants`: what a change may affect, with the paths that say so and what may be missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from yantra_bot.cli.answers import Command, print_json
from yantra_bot.cli.console import count
from yantra_bot.cli.graph.asked import Asked, reached_record, show_reached
from yantra_bot.cli.graph.options import depth_option, graph_options, limit_option, symbol_briefs
from yantra_bot.graphdb.export import unresolved_record
from yantra_bot.graphdb.impact import Impact, find_dependants, find_impact

SHOWN_UNRESOLVED = 5


def _impact_options(command: Command) -> Command:
    """Add the names and how far, how many and how sure."""
    command = graph_options(command)
    sure = click.FloatRange(0, 1)
    least = click.option("--min-confidence", type=sure, default=0.0, help="Leave out what is less sure, 0 to 1.")
    names = click.argument("names", nargs=-1, required=True)
    return names(depth_option(3)(limit_option(50)(least(command))))


@click.command()
@_impact_options
def impact(names: tuple[str, ...], **options: Any) -> None:
    """List what a change of symbols may affect, the surest first, each with its path and confidence."""
    _show_impact(names, find_impact, **options)


@click.command()
@_impact_options
def dependants(names: tuple[str, ...], **options: Any) -> None:
    """List what would miss symbols if they were gone: as `impact`, and who imports them."""
    _show_impact(names, find_dependants, **options)


def _show_impact(
    names: tuple[str, ...],
    find: Callable[..., Impact],
    *,
    depth: int,
    limit: int,
    min_confidence: float,
    repo: Path,
    store: Path | None,
    as_json: bool,
    stale: bool,
) -> None:
    asked = Asked.of(repo, store, as_json=as_json, stale=stale)
    rows = [row for name in names for row in asked.pick(name)]
    found = find(asked.view, rows, depth=depth, least=min_confidence)
    if as_json:
        print_json(
            {
                "changed": symbol_briefs(asked.view, list(found.changed)),
                "affected": [reached_record(item) for item in found.affected(asked.view)],
                "unresolved": [unresolved_record(reference) for reference in found.missing(asked.view)],
                "is_complete": found.is_complete,
            }
        )
        return
    show_reached(asked, found.affected(asked.view, limit), from_start=False)
    _say_bound(asked, found, limit, depth)


def _say_bound(asked: Asked, found: Impact, limit: int, depth: int) -> None:
    """Say how many there are, and honestly how many there may be."""
    if not len(found):
        asked.lines.tell(Text(f"Nothing is known to depend on it within {count(depth, 'step')}.", "bold"))
    else:
        _say_total(asked, found, limit, depth)
    _say_missing(asked, found)


def _say_total(asked: Asked, found: Impact, limit: int, depth: int) -> None:
    total, files = count(len(found), "symbol"), count(found.file_count(asked.view), "file")
    tests_too = count(len(found.tests(asked.view)), "test")
    least = "" if found.is_complete else "At least "
    some = f"{limit} surest are" if limit > 1 else "surest is"
    shown = f" The {some} shown, see --limit." if len(found) > limit else ""
    told = f"{least}{total} in {files}, {tests_too} among them, within {count(depth, 'step')}.{shown}"
    asked.lines.tell(Text(told, "bold"))


def _say_missing(asked: Asked, found: Impact) -> None:
    if found.is_complete:
        asked.lines.tell(Text("No unresolved reference has the name of what changed.", "dim"))
        return
    named = ", ".join(name for name, _ in found.unresolved[:SHOWN_UNRESOLVED])
    total = sum(number for _, number in found.unresolved)
    told = f"{count(total, 'reference')} named {named} could not be resolved and may be more:"
    asked.lines.tell(Text(told, "yellow"))
    for reference in found.missing(asked.view, SHOWN_UNRESOLVED)[:SHOWN_UNRESOLVED]:
        asked.lines.say("  ", asked.lines.place(reference.path, reference.line), "  ", reference.name)
