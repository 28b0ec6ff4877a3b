"""`yantra runs`: what was run, and how it went."""

import click

from yantra_bot.app.home import Home
from yantra_bot.cli.display import Display, make_console
from yantra_bot.errors import UserError
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
    """List the newest runs."""
    records = open_records()
    for record in records.runs(limit):
        order = record.order
        reason = record.ending.reason if record.ending else ""
        click.echo(f"{order.run_id}  {record.phase:<18} {order.repository.full_name}#{order.issue_number}  {reason}")
    records.close()


@runs.command()
@click.argument("run_id")
def show(run_id: str) -> None:
    """Show one run, step by step."""
    records = open_records()
    if records.run(run_id) is None:
        raise UserError(f"There is no run {run_id}. `yantra runs list` names them.")
    Display(make_console(), records, run_id).show_news()
    records.close()
