"""`yantra graph cycles|dead|entries|api|api-diff`: questions about a whole graph, and about two of them."""

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from yantra_bot.cli.answers import print_json
from yantra_bot.cli.console import count
from yantra_bot.cli.graph.asked import names_of, say_rest
from yantra_bot.cli.graph.lines import Lines, name_of, width_of
from yantra_bot.cli.graph.options import brief, check, graph_options, limit_option, open_view, repo_options
from yantra_bot.cli.graph.revisions import symbols_of_revision
from yantra_bot.cli.graph.source import index_symbols
from yantra_bot.graphdb.api_diff import ApiChange, ChangeKind, diff_api, public_api
from yantra_bot.graphdb.dead_code import Verdict, find_dead
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.export import edge_record, symbol_record
from yantra_bot.graphdb.mentions import find_mentions
from yantra_bot.graphdb.structure import Cycle, find_call_cycles, find_entries, find_file_cycles

_CHECK = click.option("--check", "is_check", is_flag=True, help="Exit with status 3 when there are any.")
_COLOURS = {
    ChangeKind.ADDED: "green",
    ChangeKind.REMOVED: "red",
    ChangeKind.MOVED: "yellow",
    ChangeKind.CHANGED: "yellow",
}


@click.command()
@click.option("--files/--functions", "of_files", default=None, help="Only cycles of imports, or only cycles of calls.")
@_CHECK
@limit_option(20)
@graph_options
def cycles(
    *, of_files: bool | None, is_check: bool, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool
) -> None:
    """List files that import each other and functions that call each other in a ring, each with a way round."""
    view, lines = open_view(repo, store, stale=stale), Lines(repo)
    of_imports = find_file_cycles(view) if of_files is not False else []
    of_calls = find_call_cycles(view) if not of_files else []
    if as_json:
        print_json({"files": list(map(_cycle_record, of_imports)), "functions": list(map(_cycle_record, of_calls))})
    else:
        names = names_of(view, {edge.target for cycle in of_calls for edge in cycle.path})
        names |= {edge.target: edge.target.partition("::")[0] for cycle in of_imports for edge in cycle.path}
        for title, found in (("file", of_imports), ("function", of_calls)):
            if of_files is None or of_files == (title == "file"):
                _show_cycles(lines, found, title, names, limit)
    check(of_imports or of_calls, is_asked=is_check)


def _cycle_record(cycle: Cycle) -> dict[str, Any]:
    return {"members": list(cycle.members), "path": [edge_record(edge) for edge in cycle.path]}


def _show_cycles(lines: Lines, found: list[Cycle], what: str, names: dict[str, str], limit: int) -> None:
    lines.say(Text(f"{count(len(found), 'cycle')} of {what}s", "bold"))
    for cycle in found[:limit]:
        shown = ", ".join(cycle.members[:6]) + (f" and {len(cycle.members) - 6} more" if len(cycle.members) > 6 else "")
        lines.tell("  ", f"{len(cycle.members)} {what}s: ", shown)
        lines.path(cycle.path, names, indent="      ")
    if len(found) > limit:
        lines.say(Text(f"  {len(found) - limit} more not shown, see --limit", "dim"))


@click.command()
@click.option("--public", "include_public", is_flag=True, help="Public names too: for a program that nobody imports.")
@_CHECK
@limit_option(100)
@graph_options
def dead(
    *, include_public: bool, is_check: bool, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool
) -> None:
    """List functions, methods and classes that nothing is known to use; where the graph cannot tell, it says so."""
    view, lines = open_view(repo, store, stale=stale), Lines(repo)
    read = Reader(repo.resolve())
    found = find_dead(
        view, include_public=include_public, mentions=lambda names: find_mentions(read, view.files, names)
    )
    sure = [item for item in found if item.verdict is Verdict.DEAD]
    if as_json:
        records = [(brief(symbol_record(item.symbol)), item) for item in found]
        print_json([{**record, "verdict": item.verdict, "reason": item.reason} for record, item in records])
    else:
        width = width_of(name_of(item.symbol) for item in found[:limit])
        for item in found[:limit]:
            verdict = Text(f"{item.verdict:<12}", "red" if item.verdict is Verdict.DEAD else "yellow")
            lines.symbol_line(item.symbol, width, before=verdict, after=item.reason)
        rest = f"; {len(found) - limit} more not shown, see --limit" if len(found) > limit else ""
        lines.say(Text(f"{len(sure)} dead, {len(found) - len(sure)} that the graph cannot tell{rest}", "bold"))
    check(sure, is_asked=is_check)


@click.command()
@limit_option(500)
@graph_options
def entries(*, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """List where execution comes in: mains, routes, tests, and the public functions that nobody here calls."""
    view, lines = open_view(repo, store, stale=stale), Lines(repo)
    found = find_entries(view)
    if as_json:
        print_json([{"entry": entry.kind, **brief(symbol_record(entry.symbol))} for entry in found])
        return
    width = width_of(name_of(entry.symbol) for entry in found[:limit])
    for entry in found[:limit]:
        lines.symbol_line(entry.symbol, width, before=f"{entry.kind:<6}")
    say_rest(lines, len(found), limit, "entry")


@click.command()
@limit_option(1000)
@graph_options
def api(*, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """List the public API: what others may use, by each language's own rule and custom."""
    view, lines = open_view(repo, store, stale=stale), Lines(repo)
    found = sorted(public_api(view.symbols()), key=lambda symbol: symbol.qualified_name)
    if as_json:
        print_json([symbol_record(symbol) for symbol in found])
        return
    lines.symbols(found[:limit])
    say_rest(lines, len(found), limit, "public name")


@click.command("api-diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option("--breaking", "only_breaking", is_flag=True, help="Only what breaks callers.")
@click.option("--check", "is_check", is_flag=True, help="Exit with status 3 when something breaks callers.")
@repo_options
def api_diff(old: str, new: str | None, *, only_breaking: bool, is_check: bool, repo: Path, as_json: bool) -> None:
    """Compare the public API of two git revisions, or of OLD and the files as they are."""
    before = symbols_of_revision(repo, old)
    after = symbols_of_revision(repo, new) if new else index_symbols(repo.resolve())
    changes = [change for change in diff_api(before, after) if change.is_breaking or not only_breaking]
    breaking = sum(change.is_breaking for change in changes)
    if as_json:
        print_json([_change_record(change) for change in changes])
    else:
        lines = Lines(repo)
        width = width_of(change.name for change in changes)
        for change in changes:
            _show_change(lines, change, width)
        lines.say(Text(f"{count(len(changes), 'change')}, {breaking} breaking", "bold"))
    check(breaking, is_asked=is_check)


def _change_record(change: ApiChange) -> dict[str, Any]:
    return {
        "change": change.kind,
        "name": change.name,
        "is_breaking": change.is_breaking,
        "reasons": list(change.reasons),
        "before": symbol_record(change.before) if change.before else None,
        "after": symbol_record(change.after) if change.after else None,
    }


def _show_change(lines: Lines, change: ApiChange, width: int) -> None:
    symbol = change.after or change.before
    place = lines.place(symbol.path, symbol.span.line) if symbol is not None else Text()
    mark = Text("BREAKS  " if change.is_breaking else "        ", "bold red")
    lines.say(
        mark, Text(f"{change.kind:<8}", _COLOURS[change.kind]), Text(change.name.ljust(width), "bold"), "  ", place
    )
    for reason in change.reasons:
        lines.say(" " * 18, reason)
