"""`yantra mistakes list|show|search|stats`: what is remembered. Lessons are strangers' words, and shown escaped."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.console import count, make_console
from yantra_bot.cli.mistakes.opened import Shelf, open_shelf, repository_option
from yantra_bot.domain.lessons import Category, Lesson, Moment, Question, Reminder, Standing
from yantra_bot.errors import UserError
from yantra_bot.learning.exchange.lines import describe
from yantra_bot.learning.recall import rank
from yantra_bot.sandbox.output import escape

MOST_OCCURRENCES: Final = 10
COLUMN_GAP: Final = 2
NARROWEST: Final = 20


@click.command("list")
@repository_option
@click.option("--category", type=click.Choice([str(one) for one in Category]), help="Only of this kind.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many, newest first.")
@json_option
def list_lessons(repository: str, category: str | None, limit: int, *, as_json: bool) -> None:
    """List lessons: id, kind, how often the mistake was made, how often of how many showings one helped."""
    with open_shelf() as shelf:
        every = [one for one in shelf.lessons(shelf.find_repository(repository)) if category in (None, one.category)]
        newest = {one.id for one in sorted(every, key=lambda one: -one.last_seen)[:limit]}
        shown = [one for one in every if one.id in newest]
        if as_json:
            print_json([_describe(shelf, one) for one in shown])
            return
        console = make_console()
        for number, group in groupby(shown, key=lambda one: one.scope.repository):
            console.print(_table(shelf.name(number), list(group), console.width))
            console.print()
        if len(every) > len(shown):
            console.print(f"{len(every) - len(shown):,} more; see --limit.", highlight=False)
        if not every:
            console.print("Nothing is remembered.")


@click.command()
@click.argument("lesson_id")
@json_option
def show(lesson_id: str, *, as_json: bool) -> None:
    """Show one lesson with all that it says, and when its mistake was made."""
    with open_shelf() as shelf:
        lesson = shelf.store.lesson(lesson_id)
        if lesson is None:
            raise UserError(f"There is no lesson {escape(lesson_id)}. `yantra mistakes list` names them.")
        occurrences = shelf.store.occurrences(lesson.id)
        if as_json:
            made = [
                {"at": one.lesson.last_seen, "run": one.run, "file": one.file, "source": one.lesson.source}
                for one in occurrences
            ]
            print_json({**_describe(shelf, lesson), "occurrences": made})
            return
        _show(make_console(), shelf, lesson)
        for one in occurrences[:MOST_OCCURRENCES]:
            run = f"  run {one.run}" if one.run else ""
            click.echo(escape(f"  {_day(one.lesson.last_seen)}{run}  {one.file}".rstrip()))
        if len(occurrences) > MOST_OCCURRENCES:
            click.echo(f"  and {len(occurrences) - MOST_OCCURRENCES} more")


@click.command()
@click.argument("text")
@repository_option
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many, most alike first.")
@json_option
def search(text: str, repository: str, limit: int, *, as_json: bool) -> None:
    """Search lessons as a run would that is about to do TEXT, or met the error TEXT, with how alike each is."""
    with open_shelf() as shelf:
        number = shelf.find_repository(repository)
        numbers = {one.scope.repository for one in shelf.lessons(None)} if number is None else {number}
        found, problem = _search(shelf, text, sorted(numbers))
        if as_json:
            hits = [{**_describe(shelf, one.lesson), "similarity": round(one.similarity, 4)} for one in found[:limit]]
            print_json({"lessons": hits, "problem": problem})
            return
        console = make_console()
        alike = [f"{one.similarity:.0%}" for one in found[:limit]]
        lessons = [one.lesson for one in found[:limit]]
        console.print(_table("", lessons, console.width, alike=alike) if lessons else "Nothing was found.")
        if problem:
            console.print(Text(problem, style="yellow"))


@click.command()
@json_option
def stats(*, as_json: bool) -> None:
    """Count lessons by kind and standing, tell how often showing them helped, and what they take on disk."""
    with open_shelf() as shelf:
        kept, lessons = shelf.store.stats(), shelf.lessons(None)
        if as_json:
            print_json(
                {
                    "lessons": kept.lessons,
                    "occurrences": kept.occurrences,
                    "standing": {str(one): kept.by_standing.get(one, 0) for one in Standing},
                    "categories": {str(one.category): one.describe() for one in _share_out(lessons)},
                    "without_vector": kept.without_vector,
                    "bytes": kept.size,
                    "problem": kept.problem,
                }
            )
            return
        console = make_console()
        console.print(_categories(_share_out(lessons)))
        standing = ", ".join(f"{kept.by_standing.get(one, 0):,} {one}" for one in Standing)
        console.print(f"\n{count(kept.lessons, 'lesson')}: {standing}", highlight=False)
        made = count(kept.occurrences, "occurrence")
        console.print(f"{made}, {kept.size / 1e6:.1f} MB on disk", highlight=False)
        if kept.problem:
            console.print(Text(kept.problem, style="yellow"))


@dataclass(frozen=True, slots=True)
class Share:
    """What there is of one kind."""

    category: Category
    lessons: int
    made: int
    shown: int
    helped: int

    def describe(self) -> dict[str, int]:
        return {"lessons": self.lessons, "made": self.made, "shown": self.shown, "helped": self.helped}


def _share_out(lessons: Sequence[Lesson]) -> list[Share]:
    counts: dict[Category, Counter[str]] = {category: Counter() for category in Category}
    for one in lessons:
        counts[one.category].update(lessons=1, made=one.frequency, shown=one.shown, helped=one.helped)
    return [
        Share(category, found["lessons"], found["made"], found["shown"], found["helped"])
        for category, found in counts.items()
    ]


def _search(shelf: Shelf, text: str, repositories: Iterable[int]) -> tuple[list[Reminder], str]:
    found: list[Reminder] = []
    problem = ""
    for number in repositories:
        question = Question(text, Moment.TASK, number, now=time.time())
        answer = shelf.store.find(question)
        found += rank(answer, question)
        problem = problem or answer.problem
    return sorted(found, key=lambda one: (-one.similarity, one.lesson.id)), problem


def _describe(shelf: Shelf, lesson: Lesson) -> dict[str, Any]:
    return {**describe(lesson), "repository_name": shelf.name(lesson.scope.repository)}


def _table(title: str, lessons: Sequence[Lesson], width: int, *, alike: Sequence[str] = ()) -> Table:
    """Return a table that is `width` letters wide at most: what a lesson says is cut."""
    table = Table(
        title=Text(escape(title)) if title else None, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    widths = {"alike": 5} if alike else {}
    widths |= {"id": 16, "kind": max(map(len, Category)), "made": 4, "helped": 6}
    for heading, wide in widths.items():
        table.add_column(
            heading, justify="left" if heading in ("id", "kind") else "right", min_width=wide, no_wrap=True
        )
    left = width - sum(widths.values()) - COLUMN_GAP * len(widths)
    table.add_column("lesson", no_wrap=True, overflow="ellipsis", max_width=max(left, NARROWEST))
    for number, one in enumerate(lessons):
        helped = f"{one.helped}/{one.shown}" if one.shown else ""
        row = (one.id, str(one.category), str(one.frequency), helped, _sentence(one))
        table.add_row(*alike[number : number + 1], *row, style="" if one.standing is Standing.ACTIVE else "dim")
    return table


def _sentence(lesson: Lesson) -> Text:
    standing = "" if lesson.standing is Standing.ACTIVE else f"({lesson.standing}) "
    first = (lesson.failed or lesson.worked).strip().partition("\n")[0]
    return Text(escape(f"{standing}{first}").replace("\t", " "))


def _show(console: Console, shelf: Shelf, lesson: Lesson) -> None:
    scope = lesson.scope
    whose = " ".join(part for part in (scope.language, f"by {scope.family}" if scope.family else "") if part)
    console.print(Text(f"{lesson.id}  {lesson.category}, {lesson.severity}, {lesson.standing}", style="bold"))
    console.print(Text(escape(f"{shelf.name(scope.repository)}  {whose}".rstrip())))
    parts = (("tried", lesson.tried), ("failed", lesson.failed), ("worked", lesson.worked))
    for name, text in (*parts, ("wrong", lesson.wrong), ("right", lesson.right)):
        if text:
            console.print(Text(f"\n{name}", style="cyan"))
            console.print(Text(escape(text)))
    if lesson.nodes:
        console.print(Text(f"\nabout {', '.join(escape(node.name) for node in lesson.nodes)}"))
    if lesson.source:
        console.print(Text(f"\nlearnt at {escape(lesson.source)}"), soft_wrap=True)
    helped = f"helped {lesson.helped} of {lesson.shown} times that it was shown" if lesson.shown else "never shown yet"
    console.print(Text(f"\nmade {count(lesson.frequency, 'time')}, {helped}"))


def _categories(shares: Sequence[Share]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("kind")
    for heading in ("lessons", "made", "shown", "helped"):
        table.add_column(heading, justify="right")
    for one in shares:
        rate = f"{one.helped:,} ({one.helped / one.shown:.0%})" if one.shown else "0"
        table.add_row(str(one.category), f"{one.lessons:,}", f"{one.made:,}", f"{one.shown:,}", rate)
    return table


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
