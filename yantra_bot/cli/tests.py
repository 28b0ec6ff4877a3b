"""`yantra tests`: which tests a change calls for, chosen without a server and without running anything."""

import json
from pathlib import Path
from typing import Final

import click

from yantra_bot.app.logs import set_up_logging
from yantra_bot.cli.display import count, make_console
from yantra_bot.cli.graph.options import clean
from yantra_bot.cli.review import Asked, make_review
from yantra_bot.domain.review import Review, TestSelection
from yantra_bot.errors import UserError
from yantra_bot.review.parts import PARTS, choose_parts

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
        "tests": [test.id for test in selection.tests],
        "why": list(selection.why),
        "reasons": {test.id: test.why for test in selection.tests},
        "known": selection.known,
        "untested": list(selection.untested),
    }


def _show(selection: TestSelection) -> None:
    console = make_console()
    for test in selection.tests[:SHOWN]:
        console.print(f"{clean(test.id)}  {clean(test.why)}", markup=False, highlight=False, soft_wrap=True)
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
