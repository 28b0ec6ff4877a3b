"""`yantra tests`: which tests a change calls for, what each was seen to run, and what selections missed.

`select` and `misses` run nothing; `record` runs the suite of a commit in the sandbox.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.proving import open_proving
from yantra_bot.cli.console import count, make_console
from yantra_bot.cli.graph.options import clean
from yantra_bot.cli.graph.source import default_store
from yantra_bot.cli.review import Asked, make_review
from yantra_bot.cli.searching import open_repository
from yantra_bot.domain.proof import TestStatus
from yantra_bot.domain.review import Review, TestSelection
from yantra_bot.errors import UserError
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.review.parts import PARTS, choose_parts
from yantra_bot.sandbox.mirror import Mirror, open_mirror
from yantra_bot.settings import Settings, read_settings
from yantra_bot.validation.recording_run import record_tests
from yantra_bot.validation.selection import misses as misses_of
from yantra_bot.validation.selection import save_recording
from yantra_bot.validation.selection.naming import hand_over
from yantra_bot.validation.test_run import run_tests

PART: Final = "tests"
SHOWN: Final = 40
_FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@click.group()
def tests() -> None:
    """Choose the tests that a change calls for."""


@tests.command()
@click.argument("path", default=".", type=_FOLDER)
@click.option("--base", help="What the change is compared with, from where they parted; else the default branch.")
@click.option("--head", help="The version that is looked at; else what is in the folder now.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def select(path: Path, *, base: str | None, head: str | None, as_json: bool) -> None:
    """Name the tests that what lies between a base and a head calls for, the likeliest to fail first."""
    set_up_logging(level=40)
    made = make_review(Asked(path, base, head, None, choose_parts(PARTS, only=[PART])))
    selection = selection_of(made)
    if as_json:
        click.echo(json.dumps(as_record(selection), indent=2))
    else:
        _show(selection)


@tests.command()
@click.argument("path", default=".", type=_FOLDER)
@click.option("--base", help="With it, the run is held against what is selected for the change since then.")
@click.option("--head", help="The commit whose suite is run; else HEAD.")
def record(path: Path, *, base: str | None, head: str | None) -> None:
    """Run the whole suite of a commit in the sandbox, and keep what each test ran for later selections.

    With --base a selection is made first, and what it missed of the tests that fail is kept instead of the recording.
    """
    set_up_logging(level=40)
    settings = read_settings()
    repository = open_repository(path)
    if repository is None:
        raise UserError(f"{path.resolve()} is in no git repository.")
    commit, store = repository.commit(head or "HEAD"), default_store(repository.objects.resolve())
    descriptor = open_mirror(repository.objects)
    try:
        with tempfile.TemporaryDirectory(prefix="yantra-record-") as scratch, _progress() as tell:
            mirror = Mirror(descriptor, Path(scratch))
            if base is None:
                _keep_recording(settings, mirror, commit, store, tell)
            else:
                since = repository.commit(base)
                made = make_review(Asked(path, since, commit, None, choose_parts(PARTS, only=[PART])))
                _keep_misses(settings, mirror, selection_of(made), (since, commit), store, tell)
    finally:
        os.close(descriptor)


def _keep_recording(settings: Settings, mirror: Mirror, commit: str, store: Path, tell: Callable[[str], None]) -> None:
    with open_proving(settings, mirror, commit, scope=str(store), tell=tell) as proving:
        trees = Reader(proving.workspace)
        contents = {name: trees(name) for name in _python_files(proving.workspace)}
        report, made = record_tests(proving.bench(), commit, contents.get, on_line=tell)
    if made is None:
        raise UserError(f"Nothing was recorded: {report.reason or report.verdict} {report.output_tail[-1000:]}")
    save_recording(store, made)
    click.echo(f"Recorded what {count(len(made.tests) - 1, 'test')} ran at {commit[:12]}. {report.reason}".rstrip())


def _keep_misses(
    settings: Settings,
    mirror: Mirror,
    selection: TestSelection,
    commits: tuple[str, str],
    store: Path,
    tell: Callable[[str], None],
) -> None:
    reports = []
    for commit in commits:
        with open_proving(settings, mirror, commit, scope=str(store), tell=tell) as proving:
            reports.append(run_tests(proving.bench(), on_line=tell))
    bad = [report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR) for report in reports]
    held = misses_of.hold(selection, bad[1] - bad[0], base=commits[0], head=commits[1])
    misses_of.keep(store, held)
    told = f"{held.missed_count} of {held.failed} tests that newly fail were not selected"
    click.echo(f"{told}; {held.selected} of {held.known} were.")
    for name in held.missed:
        click.echo(clean(name))


@tests.command()
@click.argument("path", default=".", type=_FOLDER)
def misses(path: Path) -> None:
    """Say how many failing tests earlier selections missed, where the whole suite was run too."""
    repository = open_repository(path)
    if repository is None:
        raise UserError(f"{path.resolve()} is in no git repository.")
    click.echo(misses_of.describe(misses_of.load(default_store(repository.objects.resolve()))))


def _python_files(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.py")) if not path.is_symlink()]


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    console = make_console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Recording") as status:
        yield lambda what: status.update(clean(what)[: max(console.width - 4, 20)])


def selection_of(made: Review) -> TestSelection:
    """Return the selection of a review; an empty one where nothing differs. Raises UserError where there is none."""
    if made.tests is not None:
        return made.tests
    failed = next((gap.why for gap in made.gaps if gap.what == PART), None)
    if failed is not None:
        raise UserError(f"No tests could be chosen. {failed}")
    return TestSelection(is_all=False, why=("Nothing differs.",))


def as_record(selection: TestSelection) -> dict[str, object]:
    """Return a selection as JSON has it."""
    return {
        "all": selection.is_all,
        "tests": [hand_over(test.id) for test in selection.tests],
        "why": list(selection.why),
        "reasons": {hand_over(test.id): test.why for test in selection.tests},
        "known": selection.known,
        "untested": list(selection.untested),
    }


def _show(selection: TestSelection) -> None:
    console = make_console()
    for test in selection.tests[:SHOWN]:
        console.print(f"{clean(hand_over(test.id))}  {clean(test.why)}", markup=False, highlight=False, soft_wrap=True)
    left = len(selection.tests) - SHOWN
    if left > 0:
        console.print(f"and {count(left, 'test')} more, see --json", highlight=False)
    if selection.is_all:
        console.print("The whole suite is called for:", markup=False, highlight=False)
    for why in selection.why:
        console.print(clean(why), markup=False, highlight=False, soft_wrap=True)
    if not selection.is_all and selection.known:
        share = f"{len(selection.tests)} of {count(selection.known, 'known test')}."
        console.print(share, markup=False, highlight=False)
    for name in selection.untested[:SHOWN]:
        console.print(f"No known test reaches {clean(name)}.", markup=False, highlight=False, soft_wrap=True)
