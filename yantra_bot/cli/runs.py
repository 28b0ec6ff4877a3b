"""`yantra runs`: what was run, and how it went; told again by the present code; stopped."""

import getpass
import json
import time
from datetime import UTC, datetime

import click

from yantra_bot.agent.commands import Risk
from yantra_bot.app.home import Home
from yantra_bot.cli.answers import json_option, print_json
from yantra_bot.cli.console import make_console
from yantra_bot.cli.display import Display, find_result, show_ending
from yantra_bot.cli.replaying import replay
from yantra_bot.domain.executions import count_success
from yantra_bot.domain.plan import Plan
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.redaction import redact
from yantra_bot.errors import UserError
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.codec import decode, decode_envelope
from yantra_bot.runs.conduct import EVIDENCE
from yantra_bot.runs.planning import PLAN_NOTE
from yantra_bot.runs.records import Records, RunRecord
from yantra_bot.runs.template_rules import write_template
from yantra_bot.runs.transcript import describe_run, transcribe
from yantra_bot.settings import read_settings


@click.group()
def runs() -> None:
    """Look at runs, in the state folder of this machine."""


runs.add_command(replay)


def open_records(*, read_only: bool = True) -> Records:
    """Return the records of this installation; raise UserError when there are none yet."""
    path = Home(read_settings().home).records
    if not path.exists():
        raise UserError(f"There are no runs in {path.parent} yet.")
    return Records.open(path, read_only=read_only)


def find_run(records: Records, run_id: str) -> RunRecord:
    """Return a run; raise UserError where there is none of this id."""
    record = records.run(run_id)
    if record is None:
        raise UserError(f"There is no run {run_id}. `yantra runs list` names them.")
    return record


@runs.command("list")
@click.option("--limit", default=20, show_default=True, help="How many, newest first.")
@json_option
def list_runs(limit: int, *, as_json: bool) -> None:
    """List the newest runs: id, time in UTC, phase, issue, and how it ended."""
    records = open_records()
    if as_json:
        print_json([describe_run(record) for record in records.runs(limit)])
        records.close()
        return
    for record in records.runs(limit):
        order = record.order
        reason = record.ending.reason if record.ending else ""
        began = datetime.fromtimestamp(order.accepted_at, UTC).strftime("%Y-%m-%d %H:%M")
        place = f"{order.repository.full_name}#{order.issue_number}"
        click.echo(f"{order.run_id}  {began}  {record.phase:<17}  {place}  {reason}".rstrip())
    records.close()


@runs.command()
@click.argument("run_id")
@json_option
def show(run_id: str, *, as_json: bool) -> None:
    """Show one run, step by step, how it ended, and what is kept of an unexpected error."""
    records, console = open_records(), make_console()
    record = find_run(records, run_id)
    if as_json:
        print_json(describe_run(record))
        records.close()
        return
    Display(console, records, run_id).show_news()
    if record.ending is not None:
        diff = find_result(records, run_id, "diff", str) or ""
        tests = find_result(records, run_id, "test", TestReport)
        show_ending(console, record.ending, diff=diff, page_url="", tests=tests)
    evidence = records.notes(run_id).get(EVIDENCE)
    if evidence is not None:
        click.echo(f"\nEvidence of the unexpected error:\n{redact(evidence)}")
    records.close()


@runs.command()
@click.option("--limit", default=200, show_default=True, help="Of how many runs, the newest.")
def programs(limit: int) -> None:
    """Tell how many of the programs that models wrote and ran of their own succeeded, by risk."""
    records = open_records()
    steps = [step for run in records.runs(limit) for step in records.steps(run.order.run_id)]
    records.close()
    batches = [
        decode_envelope(step.envelope, ToolBatch)
        for step in steps
        if step.name.startswith("tools#") and step.envelope and step.error is None
    ]
    executions = [one for batch in batches for one in batch.executions]
    for risk in (*Risk, None):
        found = count_success(one for one in executions if risk in (one.risk, None))
        share = "" if found.share is None else f" ({found.share:.0%})"
        name = "all" if risk is None else f"{risk} risk"
        click.echo(f"{name:<12}  {found.succeeded} of {found.run} succeeded{share}, {found.refused} refused")


@runs.command()
@click.argument("run_id")
def transcript(run_id: str) -> None:
    """Print one run as JSON Lines, without secrets; docs/transcripts.md has the schema."""
    records = open_records()
    record = find_run(records, run_id)
    for one in transcribe(record, records.steps(run_id)):
        click.echo(json.dumps(one, ensure_ascii=False).encode("utf-8", "replace"))
    records.close()


@runs.command("save-template")
@click.argument("run_id")
@click.argument("name")
def save_template(run_id: str, name: str) -> None:
    """Print the plan of a run as a template for .github/yantra.yml."""
    records = open_records()
    find_run(records, run_id)
    kept = records.notes(run_id).get(PLAN_NOTE)
    records.close()
    if kept is None:
        raise UserError(f"Run {run_id} made no plan. `@yantra plan` and `implement --plan` make one.")
    click.echo(write_template(name, decode(kept, Plan)), nl=False)


@runs.command()
@click.argument("run_id")
def cancel(run_id: str) -> None:
    """Ask a run to stop, as `@yantra stop` does. A running server hears it within a second or two."""
    records = open_records(read_only=False)
    record = find_run(records, run_id)
    if record.ending is not None:
        raise UserError(f"Run {run_id} has ended already: {record.ending.phase}.")
    records.request_stop(run_id, getpass.getuser(), at=time.time())
    records.close()
    click.echo(f"Run {run_id} is asked to stop. Without a running server it stops at the next start.")


@runs.command()
@click.argument("run_id")
def resume(run_id: str) -> None:
    """Let a run that failed or was stopped go on from its record: no model call is paid for twice."""
    records = open_records(read_only=False)
    if not find_run(records, run_id).order.installation_id:
        raise UserError(f"Run {run_id} was ordered in a terminal, and no server works on it. Order it anew there.")
    records.ask_resume(run_id, getpass.getuser())
    records.close()
    click.echo(f"Run {run_id} is asked to go on. Without a running server it does so at the next start.")
