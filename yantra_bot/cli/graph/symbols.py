"""`yantra graph symbol|references|callers|callees|path|tests`: questions about single symbols."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from yantra_bot.cli.answers import print_json
from yantra_bot.cli.console import count
from yantra_bot.cli.graph.asked import Asked, names_of, reached_record, say_rest, show_reached
from yantra_bot.cli.graph.lines import name_of, percent, width_of
from yantra_bot.cli.graph.options import check, depth_option, graph_options, limit_option, symbol_briefs
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.graphdb.export import edge_record, symbol_record, unresolved_record
from yantra_bot.graphdb.queries import (
    find_callees,
    find_callers,
    find_path,
    find_references,
    reached,
    walk_to_tests,
)
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.graphdb.walks import Walk


@click.command()
@click.argument("name")
@graph_options
def symbol(name: str, *, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """Show one symbol. NAME is a name, its last parts (Class.method), a key, or FILE:LINE."""
    asked = Asked.of(repo, store, as_json=as_json, stale=stale)
    rows = asked.pick(name)
    cards = [_card(asked.view, row) for row in rows]
    if as_json:
        print_json(cards)
        return
    for row, card in zip(rows, cards, strict=True):
        _show_card(asked, row, card)


def _card(view: GraphView, row: int) -> dict[str, Any]:
    inside = view.neighbours(row, Direction.OUT, {EdgeKind.DEFINES})
    inside.sort(key=lambda member: (view.symbol(member).span.line, view.symbol(member).span.column))
    edges_in, edges_out = find_references(view, row), [view.edge(edge) for edge in view.edges_out(row).tolist()]
    return {
        **symbol_record(view.symbol(row)),
        "members": symbol_briefs(view, inside),
        "needed_by": [edge_record(edge) for edge in edges_in],
        "needs": [edge_record(edge) for edge in edges_out if edge.kind is not EdgeKind.DEFINES],
        "unresolved": [unresolved_record(reference) for reference in view.unresolved_from(row)],
    }


def _show_card(asked: Asked, row: int, card: dict[str, Any]) -> None:
    shown, lines = asked.view.symbol(row), asked.lines
    where = (Text(str(shown.kind), "dim"), "  ", lines.place(shown.path, shown.span.line))
    lines.say_placed((Text(name_of(shown), "bold"), "  "), where, indent="  ")
    if shown.signature:
        lines.say("  ", shown.signature)
    if shown.decorators:
        lines.say("  decorated by ", ", ".join(shown.decorators))
    if shown.docstring:
        lines.tell("  ", Text(" ".join(shown.docstring.split())[:300], "italic"))
    for title, edges in (("needed by", card["needed_by"]), ("needs", card["needs"])):
        kinds = {kind: sum(edge["kind"] == kind for edge in edges) for kind in EdgeKind}
        told = ", ".join(f"{kind} {number}" for kind, number in kinds.items() if number)
        lines.say(f"  {title:<10}", told or "nothing")
    if card["unresolved"]:
        lines.say("  unresolved ", ", ".join(sorted({item["name"] for item in card["unresolved"]}))[:300])
    if card["members"]:
        lines.symbols([asked.view.symbol(row) for row in _rows_of(asked.view, card["members"])], indent="    ")


def _rows_of(view: GraphView, records: list[dict[str, Any]]) -> list[int]:
    rows = [view.index_of(str(record["key"])) for record in records]
    return [row for row in rows if row is not None]


@click.command()
@click.argument("name")
@limit_option(200)
@graph_options
def references(name: str, *, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """List every place that names a symbol."""
    asked = Asked.of(repo, store, as_json=as_json, stale=stale)
    edges = [edge for row in asked.pick(name) for edge in find_references(asked.view, row)]
    if as_json:
        print_json([edge_record(edge) for edge in edges])
        return
    names = names_of(asked.view, {edge.source for edge in edges[:limit]})
    width, room = width_of(names.values()), width_of(f"{edge.path}:{edge.line}" for edge in edges[:limit])
    for edge in edges[:limit]:
        sure = Text(f"{percent(edge.confidence)} {edge.evidence}", "dim")
        who = Text(names.get(edge.source, edge.source).ljust(width), "bold")
        place = asked.lines.place(edge.path, edge.line)
        gap = " " * max(room - len(place), 0)
        asked.lines.say_placed((who, "  "), (f"{edge.kind:<10}", "  ", place, gap, "  ", sure), indent="  ")
    say_rest(asked.lines, len(edges), limit, "reference")


@click.command()
@click.argument("name")
@depth_option(1)
@limit_option(100)
@graph_options
def callers(name: str, **options: Any) -> None:
    """List who calls a symbol, directly or through DEPTH calls, each with the surest path."""
    _show_walk(name, find_callers, **options)


@click.command()
@click.argument("name")
@depth_option(1)
@limit_option(100)
@graph_options
def callees(name: str, **options: Any) -> None:
    """List what a symbol calls, directly or through DEPTH calls, each with the surest path."""
    _show_walk(name, find_callees, **options)


def _show_walk(
    name: str,
    find: Callable[..., Walk],
    *,
    depth: int,
    limit: int,
    repo: Path,
    store: Path | None,
    as_json: bool,
    stale: bool,
) -> None:
    asked = Asked.of(repo, store, as_json=as_json, stale=stale)
    walk = find(asked.view, asked.pick(name), depth=depth)
    if as_json:
        print_json([reached_record(item) for item in reached(asked.view, walk, walk.symbols.tolist())])
        return
    show_reached(asked, reached(asked.view, walk, walk.symbols[:limit].tolist()), from_start=find is find_callees)
    say_rest(asked.lines, len(walk), limit, "symbol")


@click.command()
@click.argument("source")
@click.argument("target")
@graph_options
def path(source: str, target: str, *, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """Show the surest path along which SOURCE needs TARGET. Exit status 1 when there is none."""
    asked = Asked.of(repo, store, as_json=as_json, stale=stale)
    starts, ends = asked.pick(source), asked.pick(target)
    found = find_path(asked.view, starts, ends)
    if as_json:
        print_json(reached_record(found) if found else None)
    elif found is not None:
        asked.lines.say(Text(f"{percent(found.confidence).strip()} in {count(found.depth, 'step')}", "bold"))
        names = names_of(asked.view, {edge.target for edge in found.path})
        asked.lines.symbol_line(asked.view.symbol(starts[0]), 0)
        asked.lines.path(found.path, names, indent="    ")
    else:
        back = find_path(asked.view, ends, starts) is not None
        asked.lines.say(f"{source} does not need {target}", "; it is the other way round." if back else ".")
    if found is None:
        raise SystemExit(1)


@click.command()
@click.argument("name")
@limit_option(50)
@click.option("--check", "is_check", is_flag=True, help="Exit with status 3 when no test reaches it.")
@graph_options
def tests(name: str, *, limit: int, is_check: bool, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """List the tests that reach a symbol, the surest first, each with its path."""
    asked = Asked.of(repo, store, as_json=as_json, stale=stale)
    walk, found = walk_to_tests(asked.view, asked.pick(name))
    if as_json:
        print_json([reached_record(item) for item in reached(asked.view, walk, found)])
    else:
        show_reached(asked, reached(asked.view, walk, found[:limit]), from_start=False)
        say_rest(asked.lines, len(found), limit, "test")
    check(not found, is_asked=is_check)
