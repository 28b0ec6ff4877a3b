"""`yantra graph history`: who changed a symbol or a file, when, how often, and what changes together with it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from yantra_bot.cli.answers import print_json
from yantra_bot.cli.console import count
from yantra_bot.cli.graph.lines import Lines, name_of, percent
from yantra_bot.cli.graph.options import graph_options, limit_option, pick
from yantra_bot.cli.graph.source import Place, open_around
from yantra_bot.domain.graph import NodeKind
from yantra_bot.errors import UserError
from yantra_bot.graphdb.history.asking import Ask, Change, Story, tell_file, tell_symbols
from yantra_bot.graphdb.kuzu_store import GraphStore
from yantra_bot.graphdb.queries import members
from yantra_bot.graphdb.readings import PAST, READING, find_readings
from yantra_bot.graphdb.view import GraphView

MOST_ROWS = 100_000


@click.command()
@click.argument("name")
@limit_option(20)
@graph_options
def history(name: str, *, limit: int, repo: Path, store: Path | None, as_json: bool, stale: bool) -> None:
    """Tell the past of a symbol or a file NAME: who changed it, when, how often, and what changes with it."""
    place = Place.of(repo, store)
    view = open_around(place, stale=stale)
    kept = GraphStore.open(place.store)
    past = find_readings(kept.load_records(READING.name)).get(PAST)
    if past is None or past.absence:
        raise UserError(f"Nothing is known of the past: {past.absence if past else 'run yantra graph update'}.")

    def ask(cypher: str, values: Mapping[str, object]) -> list[list[Any]]:
        return kept.query(cypher, values, limit=MOST_ROWS).rows

    path = name.removeprefix("./")
    story = tell_file(ask, path)
    what = path
    if not story.changes:
        rows = pick(view, name, as_json=as_json)
        what, story = _tell_rows(view, rows, ask)
    if as_json:
        print_json({"name": what, **_record(story), "problems": list(past.problems)})
        return
    _show(Lines(repo), view, what, story, limit)
    for problem in past.problems:
        click.echo(problem)


def _tell_rows(view: GraphView, rows: list[int], ask: Ask) -> tuple[str, Story]:
    symbol = view.symbol(rows[0])
    if symbol.kind is NodeKind.MODULE:
        return symbol.path, tell_file(ask, symbol.path)
    return name_of(symbol), tell_symbols(ask, [view.key(row) for row in members(view, rows)])


def _record(story: Story) -> dict[str, Any]:
    return {
        "commits": [_change_record(change) for change in story.changes],
        "owners": [
            {"author": one.author, "share": round(one.share, 4), "commits": one.commits} for one in story.owners
        ],
        "together": [{"key": one.key, "commits": one.support, "lift": round(one.lift, 2)} for one in story.companions],
    }


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "sha": change.commit.sha,
        "time": change.commit.time,
        "author": change.commit.author,
        "subject": change.commit.subject,
        "added": change.added,
        "removed": change.removed,
        "confidence": change.confidence,
        "evidence": change.evidence.value,
    }


def _show(lines: Lines, view: GraphView, what: str, story: Story, limit: int) -> None:
    if not story.changes:
        lines.say(Text(f"No commit that was read has touched {what}.", "bold"))
        return
    first, last = _date(story.changes[-1].commit.time), _date(story.changes[0].commit.time)
    people = count(len(story.owners), "author")
    lines.say(Text(f"{what}: {count(len(story.changes), 'commit')} of {people}, {first} to {last}", "bold"))
    for change in story.changes[:limit]:
        sizes = f"+{change.added} -{change.removed}"
        sure = Text(f"{percent(change.confidence)} {change.evidence}", "dim")
        told = f"{_date(change.commit.time)}  {sizes:<10}  {change.commit.author}: {change.commit.subject}"
        lines.tell("  ", Text(change.commit.sha[:9], "cyan"), f"  {told}  ", sure)
    if len(story.changes) > limit:
        lines.say(Text(f"  {len(story.changes) - limit} more not shown, see --limit", "dim"))
    lines.say(Text("whose it is, recent work counting more", "bold"))
    for one in story.owners[:limit]:
        lines.say(f"  {percent(one.share)}  {one.author}  {count(one.commits, 'commit')}")
    if story.companions:
        lines.say(Text("changes together with", "bold"))
    for companion in story.companions[:limit]:
        times = f"{count(companion.support, 'commit')}, {companion.lift:.1f} times as often as by chance"
        lines.say(f"  {_name(view, companion.key)}  {times}")


def _name(view: GraphView, key: str) -> str:
    row = view.index_of(key)
    return key if row is None else name_of(view.symbol(row))


def _date(time: int) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return "an impossible date"
