"""`yantra implement`: the main job from a terminal, on a folder or on an issue on GitHub."""

import asyncio
import os
import sys
import tempfile
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import click

from yantra_bot.app.cache import default_cache
from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.terminal import Session, open_issue, open_local
from yantra_bot.cli.console import make_console
from yantra_bot.cli.display import POLL_SECONDS, Display, find_result, show_ending
from yantra_bot.domain.commands import Command, Options, Verb
from yantra_bot.domain.plan import Decision, Forecast, Means, Plan, Verdict
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.domain.tiers import find_tier
from yantra_bot.errors import UserError
from yantra_bot.replies.plan import plan_text
from yantra_bot.runs.codec import decode
from yantra_bot.runs.planning import PLAN_NOTE
from yantra_bot.settings import Settings, read_settings


@click.command()
@click.argument("task", required=False, default="")
@click.option("--repo", type=click.Path(path_type=Path), help="Folder of a git repository; a branch is left in it.")
@click.option("--issue", help="An issue on GitHub, owner/name#12; needs GITHUB_TOKEN.")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), help="Most the run may spend, in USD.")
@click.option("--model", help="Model to use: an id, or fast, balanced, premium or reasoning.")
@click.option("--plan", is_flag=True, help="Have a plan made first, and ask whether to follow it.")
@click.option("--head-start", is_flag=True, help="Plan quickly and begin at once; refine what is not begun meanwhile.")
@click.option("--template", default="", help="Name of the template that the plan is made after.")
@click.option("--dry-run", is_flag=True, help="Show the patch; push nothing, leave no branch.")
def implement(
    task: str,
    repo: Path | None,
    issue: str | None,
    budget: float | None,
    model: str | None,
    plan: bool,
    head_start: bool,
    template: str,
    dry_run: bool,
) -> None:
    """Do TASK in a repository: edit, prove with its tests, and leave a branch or open a pull request.

    What goes on is told on standard error; the result, or with --dry-run only the patch, on standard output.
    """
    if (repo is None) == (issue is None):
        raise UserError("Name either a folder with --repo, or an issue with --issue owner/name#12.")
    if repo is not None and not task.strip():
        raise UserError('Say what is to be done: yantra implement "TASK" --repo PATH')
    set_up_logging(level=40)
    command = Command(
        Verb.IMPLEMENT,
        task if issue else "",
        Options(budget, dry_run, model, plan=plan, head_start=head_start, template=template),
    )
    with tempfile.TemporaryDirectory(prefix="yantra-") as scratch:
        settings = read_settings(
            **state_of_its_own(Path(scratch)), **({"model": model} if model and find_tier(model) is None else {})
        )
        session = open_session(settings, command, task=task, repo=repo, issue=issue)
        ending = asyncio.run(show(session, dry_run=dry_run))
    sys.exit(0 if ending.phase is Phase.COMPLETE else 1)


def state_of_its_own(scratch: Path) -> dict[str, object]:
    """Return settings that keep a terminal's run away from a server's: its databases vanish, its cache stays."""
    if "YANTRA_STATE_FOLDER" in os.environ:
        return {}
    cache = {} if "YANTRA_CACHE_FOLDER" in os.environ else {"cache_folder": default_cache()}
    return {"state_folder": scratch, **cache}


def open_session(
    settings: Settings, command: Command, *, task: str, repo: Path | None, issue: str | None
) -> AbstractAsyncContextManager[Session]:
    """Return the session to enter."""
    if issue is not None:
        return open_issue(settings, os.environ.get("GITHUB_TOKEN", ""), issue, command)
    assert repo is not None  # noqa: S101 (one of the two is there)
    return open_local(settings, repo, task, command, on_comment=lambda _tag, _text: None)


async def follow(session: Session, display: Display) -> Ending:
    """Show a run until it ends, and ask the person about its plan where it waits for that."""
    while True:
        ending = await display.follow(wait_for_news(session))
        if ending is not None:
            return ending
        decision = await asyncio.to_thread(ask_about_plan, session)
        session.records.decide(session.order.run_id, decision, at=time.time())


def ask_about_plan(session: Session) -> Decision:
    """Print the plan, and return what the person says to it; no answer is a no."""
    run_id, by = session.order.run_id, session.order.requested_by.login
    plan = decode(session.records.notes(run_id)[PLAN_NOTE], Plan)
    forecast = find_result(session.records, run_id, "forecast", Forecast) or Forecast(plan.turns)
    click.echo(f"\n{plan_text(plan, forecast)}\n", err=True)
    try:
        said = click.prompt("Follow it? yes, no, or what to change", err=True, prompt_suffix=": ").strip()
    except click.Abort:
        said = "no"
    if said.lower() in ("y", "yes"):
        return Decision(Verdict.APPROVED, by, means=Means.TERMINAL)
    if said.lower() in ("n", "no"):
        return Decision(Verdict.REJECTED, by, means=Means.TERMINAL)
    return Decision(Verdict.CHANGED, by, said, Means.TERMINAL)


async def wait_for_news(session: Session) -> Ending | None:
    """Return how a run ended, None when its plan waits for the person."""
    run_id, records = session.order.run_id, session.records
    while (ending := records.ending(run_id)) is None:
        if run_id in records.waiting_runs():
            return None
        if run_id in records.decided_runs():
            await session.engine.wake(run_id)
        await asyncio.sleep(POLL_SECONDS)
    return ending


async def show(opening: AbstractAsyncContextManager[Session], *, dry_run: bool) -> Ending:
    """Follow a run, print how it ended, return that."""
    async with opening as session:
        display = Display(make_console(stderr=True), session.records, session.order.run_id)
        ending = await follow(session, display)
        diff = find_result(session.records, session.order.run_id, "diff", str) or ""
        tests = find_result(session.records, session.order.run_id, "test", TestReport)
    if dry_run and ending.phase is Phase.COMPLETE:
        click.echo(diff.encode(), nl=False)  # a patch is bytes, whatever the terminal's encoding
    else:
        show_ending(make_console(), ending, diff=diff, page_url="", tests=tests)
    return ending
