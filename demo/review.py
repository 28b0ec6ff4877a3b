"""The bot's own pull request in the demonstration: its webhook arrives, and it is reviewed as anybody's would be."""

import asyncio
import time
from typing import Any

from rich.console import Console

from demo.servers import LocalGitHub
from yantra_bot.cli.display import Display, find_result
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.review import Review
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.replies.review.text import review_lines
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_memory import RESULT_STEP

PATIENCE_SECONDS = 300.0
BEGIN_SECONDS = 30.0


async def show_review(console: Console, records: Records, github: LocalGitHub, number: int) -> bool:
    """Show how pull request `number` is reviewed, and what of it stands on GitHub; return whether it was."""
    console.print("\nIts webhook arrives, and the pull request is reviewed. No model takes part.\n", highlight=False)
    run_id = await _find_review(records, number)
    if run_id is None:
        console.print("No review began.", style="red")
        return False
    ending = await Display(console, records, run_id).follow(_wait(records, run_id))
    review = find_result(records, run_id, RESULT_STEP, Review)
    if review is None:
        console.print(f"{ending.phase}: {ending.reason}", style="red", highlight=False)
        return False
    for line in review_lines(review, width=console.width if console.is_terminal else None):
        console.print(line, highlight=False, soft_wrap=not console.is_terminal)
    _show_pull_request(console, await github.ask("GET", "/state"), number)
    return ending.phase is Phase.COMPLETE


async def _find_review(records: Records, number: int) -> str | None:
    until = time.monotonic() + BEGIN_SECONDS
    while time.monotonic() < until:
        for run in records.runs(5):
            if run.order.command.verb is Verb.REVIEW and run.order.issue_number == number:
                return run.order.run_id
        await asyncio.sleep(0.05)
    return None


async def _wait(records: Records, run_id: str) -> Ending:
    until = time.monotonic() + PATIENCE_SECONDS
    while (ending := records.ending(run_id)) is None:
        if time.monotonic() > until:
            raise SystemExit(f"The review did not end within {PATIENCE_SECONDS / 60:.0f} minutes.")
        await asyncio.sleep(0.05)
    return ending


def _show_pull_request(console: Console, state: dict[str, Any], number: int) -> None:
    """Print what a person finds on the page of the pull request."""
    (repository,) = state["repositories"]
    pull = next(one for one in repository["issues"] if one["number"] == number)
    checks = [f"{one['name']}: {one['conclusion']}" for one in repository["check_runs"]]
    said = f"{len(pull['comments'])} comment that sums it up, {len(pull['remarks'])} remarks at lines"
    console.print(f"On GitHub: {said}, checks {', '.join(checks)}.", highlight=False)
