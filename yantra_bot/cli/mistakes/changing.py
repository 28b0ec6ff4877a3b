"""`yantra mistakes clear`: deletes lessons for good."""

import contextlib

import click

from yantra_bot.cli.console import count
from yantra_bot.cli.mistakes.opened import Shelf, open_shelf, repository_option
from yantra_bot.runs.records import Records


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


def _drop_waiting(shelf: Shelf, repository: int | None) -> int:
    if not shelf.home.records.exists():
        return 0
    with contextlib.closing(Records.open(shelf.home.records)) as records:
        return records.drop_told(repository)
