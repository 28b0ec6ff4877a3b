"""The second act: a feature is planned, a person approves the plan, and its steps are ticked while they are done."""

import re
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from demo.review import show_review
from demo.servers import LocalGitHub
from demo.stage import PATIENCE_SECONDS, Stage, wait_until
from yantra_bot.cli.display import Display
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Phase
from yantra_bot.runs.records import Records, RunRecord

TITLE = "Names of fields with a hyphen, such as HTTP headers have"
BODY = Path(__file__).with_name("feature.md")
COMMENT = "@yantra implement --plan"
APPROVAL = "@yantra approve"
MARK = "<!-- yantra:plan:"
STEP = re.compile(r"- \[(?P<tick>[ x])] \*\*(?P<title>[^*]*)\*\*: (?P<text>.*)")
WIDTH = 100
"""Of a step in a pipe, in characters; a terminal says its own."""


async def play_feature(stage: Stage) -> bool:
    """Open the issue, have a plan made, approve it, show how it is carried out; return whether all went well."""
    console, github = stage.console, stage.github
    issue = await github.open_issue(TITLE, BODY.read_text(encoding="utf-8"))
    stage.introduce(issue, TITLE, COMMENT)
    began = time.monotonic()
    await github.comment(issue, COMMENT)
    records = await stage.open_records()
    try:
        run_id = await stage.find_run(records, issue, Verb.IMPLEMENT)
        display = Display(console, records, run_id)
        if await display.follow(_wait_for_plan(records, run_id)):
            await _show_plan(console, github, issue)
            console.print(f"\nalice comments: [bold]{APPROVAL}[/]\n", highlight=False)
            await github.comment(issue, APPROVAL)
        ending = await stage.follow(display, records, run_id)
        console.print(f"From comment to ending: {time.monotonic() - began:.1f} s.", highlight=False)
        if ending.phase is not Phase.COMPLETE or ending.pull_request is None:
            return False
        await _show_plan(console, github, issue)
        return await show_review(stage, records, ending.pull_request.number, in_full=False)
    finally:
        records.close()


async def _wait_for_plan(records: Records, run_id: str) -> bool:
    """Return whether a plan waits for a person, as soon as one does or the run has ended without."""

    async def look() -> RunRecord | None:
        run = records.run(run_id)
        return run if run is not None and (run.ending or run.phase is Phase.AWAITING_APPROVAL) else None

    return (await wait_until(look, PATIENCE_SECONDS, "No plan was made")).ending is None


async def _show_plan(console: Console, github: LocalGitHub, issue: int) -> None:
    """Print the plan's comment as it stands on the issue now, each step on one line."""
    comments = [one["body"] for one in (await github.show(issue))["comments"]]
    body: str = next(one for one in comments if MARK in one)
    headline = body[body.index("**") + 2 :].partition("**")[0]
    console.print(Text.assemble((f"\nOn #{issue} stands:", "bold"), f" {headline}"))
    for step in filter(None, map(STEP.match, body.splitlines())):
        _print_step(console, step)


def _print_step(console: Console, step: re.Match[str]) -> None:
    sign = ("☑", "green") if step["tick"] == "x" else "☐"
    line = Text.assemble("  ", sign, " ", (step["title"], "bold"), ": ", (step["text"], "dim"))
    width = console.width if console.is_terminal else WIDTH
    console.print(line, overflow="ellipsis", no_wrap=True, width=width)
