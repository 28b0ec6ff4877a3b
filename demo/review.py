"""The bot's own pull requests in the demonstration: their webhook arrives, and they are reviewed as anybody's."""

import itertools
from typing import Any

from rich.console import Console

from demo.stage import Stage
from yantra_bot.cli.display import Display, find_result
from yantra_bot.domain.commands import Verb
from yantra_bot.domain.review import Review
from yantra_bot.domain.run import Phase
from yantra_bot.replies.review.text import review_lines
from yantra_bot.runs.records import Records
from yantra_bot.runs.review_memory import RESULT_STEP


async def show_review(stage: Stage, records: Records, number: int, *, in_full: bool = True) -> bool:
    """Show how pull request `number` is reviewed, and what of it stands on GitHub; return whether it was.

    Not `in_full`: without what happens on the way, and of what is said only the first part.
    """
    console = stage.console
    console.print("\nIts webhook arrives, and the pull request is reviewed. No model takes part.\n", highlight=False)
    run_id = await stage.find_run(records, number, Verb.REVIEW)
    ending = stage.wait_for_ending(records, run_id)
    if in_full:
        told = await Display(console, records, run_id).follow(ending)
    else:
        with console.status("Reviewing"):
            told = await ending
    review = find_result(records, run_id, RESULT_STEP, Review)
    if review is None:
        console.print(f"{told.phase}: {told.reason}", style="red", highlight=False)
        return False
    lines = review_lines(review, width=console.width if console.is_terminal else None)
    for line in lines if in_full else itertools.takewhile(lambda line: line.plain.strip(), lines):
        console.print(line, highlight=False, soft_wrap=not console.is_terminal)
    _show_pull_request(console, await stage.github.show(number))
    return told.phase is Phase.COMPLETE


def _show_pull_request(console: Console, pull: dict[str, Any]) -> None:
    """Print what a person finds on the page of the pull request."""
    checks = [f"{one['name']}: {one['conclusion']}" for one in pull["checks"] if one["head_sha"] == pull["head_sha"]]
    said = f"{len(pull['comments'])} comment that sums it up, {len(pull['remarks'])} remarks at lines"
    console.print(f"On GitHub: {said}, checks {', '.join(checks)}.", highlight=False)
