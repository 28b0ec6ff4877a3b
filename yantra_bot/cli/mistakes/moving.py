"""`yantra mistakes export|import`: lessons to other installations, and back; to files that models are trained on."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

import click

from yantra_bot.cli.console import count
from yantra_bot.cli.mistakes.opened import open_shelf, repository_option
from yantra_bot.errors import UserError
from yantra_bot.learning.exchange.examples import write_examples
from yantra_bot.learning.exchange.lines import LONGEST_LINE, anonymise_all, read_lines, write_lines
from yantra_bot.learning.exchange.taking import take
from yantra_bot.learning.sharing import NOBODYS

LINES: Final = "lines"
FINE_TUNING: Final = "fine-tuning"


@click.command()
@repository_option
@click.option("--format", "form", type=click.Choice([LINES, FINE_TUNING]), default=LINES, show_default=True,
              help="Lines that `import` reads, or examples to train a model on.")  # fmt: skip
@click.option("--anonymise", is_flag=True, help="Without names of the business, of one repository too.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of standard output.")
def export(repository: str, form: str, *, anonymise: bool, out: Path | None) -> None:
    """Write lessons as JSON Lines. Of all repositories together they are anonymised; of one they are as they are."""
    with open_shelf() as shelf:
        number = shelf.find_repository(repository)
        lessons = shelf.lessons(number)
    is_for_others = number is None or anonymise
    chosen = anonymise_all(lessons) if is_for_others else tuple(lessons)
    lines = list(write_examples(chosen) if form == FINE_TUNING else write_lines(chosen))
    if out is None:
        for line in lines:
            click.echo(line)
    else:
        _write(out, lines)
    what = "example" if form == FINE_TUNING else "lesson"
    written = len(lines) if form == FINE_TUNING else len(chosen)
    click.echo(f"{count(written, what)} written{', anonymised' if is_for_others else ''}.", err=True)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--repository", default="", help="Take all lessons as those of this one: its number, or owner/name.")
def import_lessons(file: Path, repository: str) -> None:
    """Take lessons that `export` wrote. Each line is checked and sanitised; one that is wrong, and nothing is taken.

    Without --repository, lessons keep their repository's number; anonymised ones are for repositories that take what
    others share.
    """
    with open_shelf() as shelf:
        number = shelf.find_repository(repository)
        with _open(file) as source:
            lessons = read_lines(_bounded(source), repository=number)
        stored = shelf.store.known([one.id for one in lessons])
        shelf.store.replace([one for lesson in lessons if (one := take(lesson, stored.get(lesson.id))) is not None])
    shared = sum(one.scope.repository == NOBODYS for one in lessons)
    click.echo(f"{count(len(lessons), 'lesson')} imported{f', {shared:,} of them anonymised' if shared else ''}.")


def _bounded(source: TextIO) -> Iterator[str]:
    """Yield lines; one that is too long is cut where that can be told, so that it does not fill the memory."""
    try:
        while line := source.readline(LONGEST_LINE + 2):
            yield line
    except UnicodeDecodeError as refused:
        raise UserError("It is not UTF-8 text. Nothing was imported.") from refused


@contextmanager
def _open(file: Path) -> Iterator[TextIO]:
    try:
        with click.open_file(str(file), encoding="utf-8") as source:
            yield source  # type: ignore[misc]  # click says any file; this one is opened as text
    except OSError as refused:
        raise UserError(f"{file} cannot be read: {refused.strerror}.") from refused


def _write(out: Path, lines: Iterable[str]) -> None:
    """Write the whole file or nothing."""
    try:
        descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
            Path(name).replace(out)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as refused:
        raise UserError(
            f"{out} cannot be written: {refused.strerror}. Name a file in a folder that is there."
        ) from refused
