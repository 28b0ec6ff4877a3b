"""`yantra graph build|update|stats|query`: the graph itself, built, counted, and asked in Cypher."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from yantra_bot.cli.answers import print_json
from yantra_bot.cli.console import count, make_console
from yantra_bot.cli.graph.lines import Lines
from yantra_bot.cli.graph.options import clean, graph_options, place_options
from yantra_bot.cli.graph.packages import Packages
from yantra_bot.cli.graph.source import Place, build_graph, open_around, sizes_of
from yantra_bot.graphdb.export import problem_record
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.readings import READING, Reading, find_readings
from yantra_bot.graphdb.view import GraphView, Statistics

SHOWN_PROBLEMS = 10
_environment = click.option(
    "--environment",
    metavar="PATH",
    help="Believe what the packages installed there declare: a virtual environment, `own` (the repository's own .venv, "
    "venv or env, the default) or `none`. Remembered until told otherwise; nothing of it is run.",
)


@click.command()
@click.option("--force", is_flag=True, help="Replace the graph of a newer version of Yantra, too.")
@_environment
@place_options
def build(*, force: bool, environment: str | None, repo: Path, store: Path | None, as_json: bool) -> None:
    """Build the graph anew: every file is read and parsed, and so are the git history and the Markdown pages."""
    place = Place.of(repo, store)
    _report(place, build_graph(place, anew=True, force=force, around=True, environment=environment), as_json=as_json)


@click.command()
@_environment
@place_options
def update(*, environment: str | None, repo: Path, store: Path | None, as_json: bool) -> None:
    """Bring the graph up to date: only files with another content are parsed, only newer commits read."""
    place = Place.of(repo, store)
    view = open_around(place) if environment is None else build_graph(place, around=True, environment=environment)
    _report(place, view, as_json=as_json)


def _report(place: Place, view: GraphView, *, as_json: bool) -> None:
    readings = _readings(place)
    if as_json:
        print_json({**_record(view.stats()), "beside": _beside_record(readings)})
        return
    counts = view.stats()
    problems = count(sum(counts.problems.values()), "problem")
    lines = Lines(place.root)
    lines.tell(f"{sizes_of(view)}, {counts.unresolved_share:.1%} of the references unresolved, {problems}")
    lines.tell(_beside_line(readings))


def _readings(place: Place) -> list[Reading]:
    return [*find_readings(GraphStore.open(place.store).load_records(READING.name)).values()]


def _beside_line(readings: list[Reading]) -> str:
    """Return what stands beside the code, counted, or why it is absent."""
    told = [", ".join(_counted(number, what) for what, number in one.counts.items()) for one in readings]
    parts = [one.absence or counts for one, counts in zip(readings, told, strict=True)]
    problems = [problem for one in readings for problem in one.problems]
    return "Beside the code: " + "; ".join([*parts, *problems]) + "."


def _counted(number: int, what: str) -> str:
    singular = {"entities": "entity", "touches": "touch"}.get(what, what.removesuffix("s"))
    return f"{number} {what if number != 1 else singular}"


def _beside_record(readings: list[Reading]) -> dict[str, Any]:
    return {
        one.name: {"counts": dict(one.counts), "absence": one.absence, "problems": list(one.problems)}
        for one in readings
    }


def _record(counts: Statistics) -> dict[str, Any]:
    return {name: getattr(counts, name) for name in Statistics.__slots__}


@click.command()
@click.option("--problems", "all_problems", is_flag=True, help="List every problem.")
@graph_options
def stats(*, all_problems: bool, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """Count symbols, edges, commits and entities, what could not be resolved, and what was lost or is absent."""
    place = Place.of(repo, store)
    view = open_around(place, stale=stale)
    counts, readings = view.stats(), _readings(place)
    if as_json:
        problems = [problem_record(problem) for problem in view.problems]
        print_json({**_record(counts), "beside": _beside_record(readings), "problem_list": problems})
        return
    groups = _groups(counts)
    if groups:
        tables = Table.grid(padding=(0, 4))
        tables.add_row(*(_table(title, kinds) for title, kinds in groups))
        make_console().print(tables)
    lines = Lines(repo)
    share = f"{counts.unresolved_share:.1%} of the references"
    leave = "edge leaves" if counts.to_external == 1 else "edges leave"
    outside = f"{counts.to_external} {leave} the repository."
    lines.tell(f"{count(counts.files, 'file')}. {outside} {share} could not be resolved.")
    if readings:
        lines.tell(_beside_line(readings))
    lines.say(Packages(place.root, place.store).describe())
    _say_problems(lines, view, len(view.problems) if all_problems else SHOWN_PROBLEMS)


def _say_problems(lines: Lines, view: GraphView, limit: int) -> None:
    for problem in view.problems[:limit]:
        detail = f" ({problem.detail})" if problem.detail else ""
        lines.say("  ", Text(clean(problem.path), "cyan"), f"  {problem.kind}", detail)
    if len(view.problems) > limit:
        lines.say(f"  and {count(len(view.problems) - limit, 'problem')} more, see --problems")


def _groups(counts: Statistics) -> list[tuple[str, dict[str, int]]]:
    groups = {
        "symbols": counts.symbols,
        "edges": counts.edges,
        "unresolved": counts.unresolved,
        "problems": counts.problems,
    }
    return [(title, dict(kinds)) for title, kinds in groups.items() if kinds]


def _table(title: str, kinds: dict[str, int]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(title)
    table.add_column(justify="right", header="")
    for kind, number in sorted(kinds.items(), key=lambda item: -item[1]):
        table.add_row(clean(kind), str(number))
    return table


@click.command()
@click.argument("cypher")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="Rows to print.")
@graph_options
def query(cypher: str, *, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """Run one reading statement of CYPHER, such as "MATCH (a:Symbol)-[:CALLS]->(b) RETURN a.key, b.key"."""
    place = Place.of(repo, store)
    open_around(place, stale=stale)
    answer = GraphStore.open(place.store).query(cypher, limit=limit)
    if as_json:
        rows = [[_plain(value) for value in row] for row in answer.rows]
        print_json({"columns": answer.columns, "rows": rows, "is_cut": answer.cut})
        return
    console = make_console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in answer.columns:
        table.add_column(clean(column), overflow="fold")
    for row in answer.rows:
        table.add_row(*(Text(clean(str(value))) for value in row))
    console.print(table)
    if answer.cut:
        console.print(f"There are more than {limit} rows, see --limit.", highlight=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
