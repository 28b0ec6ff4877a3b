"""`yantra runs`: what was run, and how it went."""

from datetime import UTC, datetime

import click

from yantra_bot.app.home import Home
from yantra_bot.cli.console import make_console
from yantra_bot.cli.display import Display, find_result, show_ending
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.redaction import redact
from yantra_bot.errors import UserError
from yantra_bot.runs.conduct import EVIDENCE
from yantra_bot.runs.records import Records
from yantra_bot.settings import read_settings


@click.group()
def runs() -> None:
    """Look at runs, in the state folder of this machine."""


def open_records() -> Records:
    """Return the records of this installation, for reading only; raise UserError when there are none yet."""
    path = Home(read_settings().home).records
    if not path.exists():
        raise UserError(f"There are no runs in {path.parent} yet.")
    return Records.open(path, read_only=True)


@runs.command("list")
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
def list_runs(limit: int) -> None:
    """List the newest runs: id, time in UTC, phase, issue, and how it ended."""
    records = open_records()
    for record in records.runs(limit):
        order = record.order
        reason = record.ending.reason if record.ending else ""
        began = datetime.fromtimestamp(order.accepted_at, UTC).strftime("%Y-%m-%d %H:%M")
        place = f"{order.repository.full_name}#{order.issue_number}"
        click.echo(f"{order.run_id}  {began}  {record.phase:<17}  {place}  {reason}".rstrip())
    records.close()


@runs.command()
@click.argument("run_id")
def show(run_id: str) -> None:
    """Show one run, step by step, how it ended, and what is kept of an unexpected error."""
    records, console = open_records(), make_console()
    record = records.run(run_id)
    if record is None:
        raise UserError(f"There is no run {run_id}. `yantra runs list` names them.")
    Display(console, records, run_id).show_news()
    if record.ending is not None:
        diff = find_result(records, run_id, "diff", str) or ""
        tests = find_result(records, run_id, "test", TestReport)
        show_ending(console, record.ending, diff=diff, page_url="", tests=tests)
    evidence = records.notes(run_id).get(EVIDENCE)
    if evidence is not None:
        click.echo(f"\nEvidence of the unexpected error:\n{redact(evidence)}")
    records.close()
