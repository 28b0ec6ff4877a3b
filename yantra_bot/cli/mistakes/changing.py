"""`yantra mistakes upkeep|clear`: what time does to lessons, done now; and deleting them for good."""

import contextlib
import time

import click

from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.console import count
from yantra_bot.cli.mistakes.opened import Shelf, open_shelf, repository_option
from yantra_bot.learning.upkeep import CONTRADICTING_FROM, Action, Merge, apply, decide
from yantra_bot.runs.records import Records
from yantra_bot.sandbox.output import escape


@click.command()
@repository_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear(repository: str, *, yes: bool) -> None:
    """Delete all lessons, or those of one repository, with all that is stored of them. It cannot be undone."""
    with open_shelf() as shelf:
        number = shelf.find_repository(repository)
        found = len(shelf.lessons(number))
        whose = f"of {shelf.name(number)}" if number is not None else "of all repositories"
        if not yes and not click.confirm(f"Delete {count(found, 'lesson')} {whose}?"):
            click.echo("Nothing was deleted.")
            return
        waiting = _drop_waiting(shelf, number)
        gone = shelf.store.clear(number)
    told = f", and {count(waiting, 'lesson')} that waited to be stored" if waiting else ""
    click.echo(f"{count(gone, 'lesson')} deleted{told}.")


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@json_option
def upkeep(*, dry_run: bool, as_json: bool) -> None:
    """Archive, merge, doubt and retire what is due by now, and tidy the store."""
    with open_shelf() as shelf:
        store, now = shelf.store, time.time()
        actions = decide(list(store.lessons()), store.alike(CONTRADICTING_FROM), now)
        if not dry_run:
            done = apply(store, actions)
            store.optimise()
    if as_json:
        print_json([_describe(one) for one in actions])
        return
    for one in actions:
        click.echo(escape(f"{_lesson_of(one)}  {_tell(one)}"))
    if dry_run:
        click.echo(f"{count(len(actions), 'change')} due; nothing was done.")
    else:
        click.echo(
            f"{done.merged} merged, {done.archived} archived, {done.doubted} doubtful, {done.retired} retired; tidied."
        )


def _lesson_of(action: Action) -> str:
    return action.kept.id if isinstance(action, Merge) else action.lesson


def _tell(action: Action) -> str:
    if isinstance(action, Merge):
        return f"takes over {', '.join(action.dropped)}"
    return f"{action.was} → {action.standing}: {action.reason}"


def _describe(action: Action) -> dict[str, object]:
    if isinstance(action, Merge):
        return {"lesson": action.kept.id, "takes_over": list(action.dropped)}
    return {"lesson": action.lesson, "standing": str(action.standing), "reason": action.reason}


def _drop_waiting(shelf: Shelf, repository: int | None) -> int:
    if not shelf.home.records.exists():
        return 0
    with contextlib.closing(Records.open(shelf.home.records)) as records:
        return records.drop_told(repository)
