"""What the commands of `yantra graph` share: options, names that are looked up, texts made harmless, exit statuses."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from yantra_bot.cli.answers import Command, json_option, print_json
from yantra_bot.cli.graph.source import Place, open_graph
from yantra_bot.errors import UserError
from yantra_bot.graphdb.export import Record, symbol_record
from yantra_bot.graphdb.names import find_similar
from yantra_bot.graphdb.queries import find_definitions
from yantra_bot.graphdb.view import GraphView
from yantra_bot.sandbox.output import escape

FOUND = 3
"""Exit status of a command with `--check` that found something; 1 is a failure, 2 a wrong command line."""
MOST_CANDIDATES = 20
SHOWN_SIMILAR = 3
WIDEST_PLACE = 60
"""A longer place of a candidate leaves its line unaligned."""


def repo_options(command: Command) -> Command:
    """Add `--repo` and `--json`."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    repo = click.option("--repo", type=folder, default=".", show_default=True, help="The folder of the sources.")
    return repo(json_option(command))


def place_options(command: Command) -> Command:
    """Add `--repo`, `--store` and `--json`."""
    store = click.option("--store", type=click.Path(path_type=Path), help="Where the graph is kept instead.")
    return repo_options(store(command))


def graph_options(command: Command) -> Command:
    """Add the place and `--stale`."""
    stale = click.option("--stale", is_flag=True, help="Take the stored graph without a look at the files.")
    return place_options(stale(command))


def depth_option(default: int) -> Callable[[Command], Command]:
    """Return the option of how far to go."""
    kind = click.IntRange(1, 50)
    return click.option("--depth", type=kind, default=default, show_default=True, help="How many steps to follow.")


def limit_option(default: int) -> Callable[[Command], Command]:
    """Return the option of how many to print; JSON has all."""
    kind = click.IntRange(1)
    return click.option("--limit", type=kind, default=default, show_default=True, help="How many to print.")


def open_view(repo: Path, store: Path | None, *, stale: bool) -> GraphView:
    """Return the graph that the options name."""
    return open_graph(Place.of(repo, store), stale=stale)


def pick(view: GraphView, text: str, *, as_json: bool) -> list[int]:
    """Return the rows of the one thing that a name means (several for its overloads); else end with the choices."""
    if not text.strip():
        raise UserError("Name a symbol: by its name, its last parts (Class.method), or its place (FILE:LINE).")
    rows = find_definitions(view, text)
    if not rows:
        _refuse_unknown(view, text, as_json=as_json)
    if len({view.symbol(row).qualified_name for row in rows}) > 1:
        _refuse_ambiguous(view, text, rows, as_json=as_json)
    return rows


def _refuse_unknown(view: GraphView, text: str, *, as_json: bool) -> NoReturn:
    similar = find_similar(view, text)
    hint = f" Did you mean {_one_of(similar[:SHOWN_SIMILAR])}?" if similar else ""
    _end(f"There is no {text} in this graph.{hint}", {"similar": similar}, as_json=as_json)


def _one_of(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _refuse_ambiguous(view: GraphView, text: str, rows: list[int], *, as_json: bool) -> NoReturn:
    records = symbol_briefs(view, rows)
    places = [f"{record['path']}:{record['line']}" if record["path"] else "outside" for record in records]
    width = min(max(map(len, places[:MOST_CANDIDATES])), WIDEST_PLACE)
    lines = [
        f"  {place:<{width}}  {record['kind']:<8}  {record['qualified_name']}"
        for place, record in zip(places, records, strict=True)
    ]
    more = len(lines) - MOST_CANDIDATES
    lines = lines[:MOST_CANDIDATES] + ([f"  and {more} more"] if more > 0 else [])
    told = f"{text} may mean one of {len(rows)}. Name it in full, or by its place:\n" + "\n".join(lines)
    _end(told, {"candidates": records}, as_json=as_json)


def _end(message: str, more: dict[str, Any], *, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"error": message.partition("\n")[0].rstrip(":"), **more})
    else:
        click.echo(clean_lines(message), err=True)
    raise SystemExit(1)


def brief(record: Record) -> Record:
    """Return the fields of a symbol's record that tell where and what it is."""
    return {name: record[name] for name in ("key", "kind", "qualified_name", "path", "line", "end_line")}


def symbol_briefs(view: GraphView, rows: Sequence[int]) -> list[Record]:
    """Return brief records of rows."""
    return [brief(symbol_record(view.symbol(row))) for row in rows]


def clean_lines(text: str) -> str:
    """Return a text of several lines in which nothing can act on a terminal."""
    return "\n".join(escape(line).replace("\t", " ") for line in text.split("\n"))


def clean(text: str) -> str:
    """Return a text as one line in which nothing can act on a terminal."""
    return escape(text).replace("\n", " ").replace("\t", " ")


def check(found: object, *, is_asked: bool) -> None:
    """End with the status for findings when there are some and `--check` was given."""
    if is_asked and found:
        raise SystemExit(FOUND)
