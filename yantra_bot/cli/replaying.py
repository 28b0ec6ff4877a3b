"""`yantra runs replay`: stored runs told again by the present code, for people and for programs.

What it prints was said by models and strangers: secrets are taken out, and control characters are shown as escapes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from yantra_bot.app.home import Home
from yantra_bot.app.logs import set_up_logging
from yantra_bot.cli.answers import print_json
from yantra_bot.cli.console import count
from yantra_bot.domain.redaction import redact
from yantra_bot.errors import UserError, YantraError
from yantra_bot.runs.records import Records
from yantra_bot.runs.replaying import Difference, Replayed
from yantra_bot.sandbox.output import escape
from yantra_bot.settings import Settings, read_settings

SCHEMA: Final = 1
"""Of `--json`; docs/transcripts.md tells it."""
IDENTICAL: Final = 0
DIFFERS: Final = 1
CANNOT: Final = 2
"""Exit statuses."""
_SILENT: Final = 50
"""Log level: what the stories log on their way is no answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one run. `problem`: why it was not told again, or no further."""

    run_id: str
    steps: int = 0
    differences: tuple[Difference, ...] = ()
    problem: str = ""

    @property
    def status(self) -> int:
        """Exit status where it stands alone."""
        return DIFFERS if self.differences else CANNOT if self.problem else IDENTICAL


@click.command()
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
@click.pass_context
def replay(ctx: click.Context, run_ids: Sequence[str], *, as_json: bool) -> None:
    """Tell ended runs again, offline, with the present code, and print where it differs from the record.

    Exit status 0: identical, 1: one differs, 2: one cannot be replayed.
    """
    set_up_logging(level=_SILENT)
    told = tell(run_ids)
    if as_json:
        print_json({"schema": SCHEMA, "runs": [describe(one) for one in told]})
    else:
        for one in told:
            if len(told) > 1:
                click.echo(f"Run {one.run_id}")
            _print(one)
    ctx.exit(max(one.status for one in told))


def tell(run_ids: Sequence[str]) -> list[Told]:
    """Tell runs again, one after the other; what cannot be told has its problem."""
    try:
        settings = read_settings()
        path = Home(settings.home).records
        if not path.exists():
            raise UserError(f"There are no runs in {path.parent} yet.")
        records = Records.open(path, read_only=True)
    except YantraError as problem:
        return [Told(run_id, problem=str(problem)) for run_id in run_ids]
    try:
        return [_tell_one(settings, records, run_id) for run_id in run_ids]
    finally:
        records.close()


def _tell_one(settings: Settings, records: Records, run_id: str) -> Told:
    from yantra_bot.app.replaying import replay_run

    try:
        found: Replayed = asyncio.run(replay_run(settings, records, run_id))
    except YantraError as problem:
        return Told(run_id, problem=str(problem))
    lacks = f"Cannot be replayed further: {found.lacks}." if found.lacks else ""
    return Told(run_id, found.steps, found.differences, lacks)


def describe(told: Told) -> dict[str, Any]:
    """Return one run for programs."""
    return {
        "run_id": told.run_id,
        "is_identical": told.status == IDENTICAL,
        "steps": told.steps,
        "differences": [
            {"step": one.step or None, "what": redact(one.what), "diff": [redact(line) for line in one.diff]}
            for one in told.differences
        ],
        "problem": redact(told.problem) or None,
    }


def _print(told: Told) -> None:
    for one in told.differences:
        click.echo(_line(f"step {one.step}: {one.what}" if one.step else one.what))
        for line in one.diff:
            click.echo(f"  {_line(line)}")
    if told.problem:
        click.echo(_line(told.problem), err=True)
    answered = f"{count(told.steps, 'step')} {'was' if told.steps == 1 else 'were'} answered by the record"
    if told.differences:
        click.echo(f"{count(len(told.differences), 'difference')}; {answered}.")
    elif not told.problem:
        click.echo(f"Identical: {answered}, and phases and ending are the same.")


def _line(text: str) -> str:
    return escape(redact(text)).replace("\n", " ")
