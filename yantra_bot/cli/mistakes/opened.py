"""The store behind `yantra mistakes`, and the names of repositories, which it knows by number alone."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from yantra_bot.app.home import Home
from yantra_bot.app.memory import open_mistakes
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Lesson
from yantra_bot.errors import UserError
from yantra_bot.learning.sharing import NOBODYS
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.runs.records import Records
from yantra_bot.settings import read_settings

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Shelf:
    """An open store, and how repositories are called."""

    store: Mistakes
    home: Home
    names: dict[int, str]

    def name(self, repository: int) -> str:
        """Return how a repository is called; its number where no run tells."""
        if repository == NOBODYS:
            return "shared by others"
        return self.names.get(repository, f"repository {repository}")

    def find_repository(self, said: str) -> int | None:
        """Return the number of a repository that is named by it, or as owner/name; None where nothing was said."""
        if not said:
            return None
        if said.removeprefix("-").isdecimal():
            return int(said)
        found = [number for number, name in self.names.items() if name.casefold() == said.casefold()]
        if not found:
            raise UserError(f"No run here was for {said}. Name the repository by its number: `list` shows it.")
        return found[-1]

    def lessons(self, repository: int | None) -> list[Lesson]:
        """Return all lessons, or those of a repository: by repository, the newest first."""
        found = self.store.lessons(repository=repository)
        return sorted(found, key=lambda one: (one.scope.repository, -one.last_seen, one.id))


@contextlib.contextmanager
def open_shelf() -> Iterator[Shelf]:
    """Open the store of this installation; raise UserError where it keeps none."""
    settings = read_settings()
    home = Home(settings.home)
    store = open_mistakes(settings, home, SystemClock())
    if store is None:
        raise UserError("YANTRA_MEMORY is off, so that nothing is remembered here. Cure: switch it on.")
    names: dict[int, str] = {}
    if home.records.exists():
        with contextlib.closing(Records.open(home.records, read_only=True)) as records:
            names = records.repositories()
    try:
        yield Shelf(store, home, names)
    finally:
        store.close()


def repository_option(command: Command) -> Command:
    """Add `--repository`."""
    return click.option("--repository", default="", help="Only of this one: its number, or owner/name.")(command)
