"""`yantra bench swe`: SWE-bench tasks in, predictions out, with what each one cost."""

import asyncio
import sys
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yantra_bot.app.logs import set_up_logging
from yantra_bot.cli.bench.harness import Wish, work_through
from yantra_bot.cli.bench.results import Evaluation, Results, RunLine
from yantra_bot.cli.bench.tasks import Task, read_tasks
from yantra_bot.cli.console import count, make_console
from yantra_bot.cli.implement import state_of_its_own
from yantra_bot.domain.commands import Options
from yantra_bot.settings import read_settings

NOT_OFFICIAL: Final = "Judged by Yantra's own runner, which is not the official SWE-bench harness."


@click.command()
@click.option("--tasks", required=True, type=click.Path(path_type=Path), help="Tasks, JSON or JSON Lines.")
@click.option("--repos", type=click.Path(path_type=Path), help="Folder of clones. Default: repos beside the tasks.")
@click.option("--out", default="predictions.jsonl", type=click.Path(path_type=Path), show_default=True)
@click.option("--limit", type=click.IntRange(min=1), help="Work on so many of the tasks, the first ones.")
@click.option("--resume", is_flag=True, help="Go on where an earlier call was interrupted; run again what failed.")
@click.option("--evaluate", is_flag=True, help="Run the tasks' tests too, by Yantra's own runner.")
@click.option("--at-once", type=click.IntRange(min=1), help="Runs at the same time. Default: YANTRA_CONCURRENT_RUNS.")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), help="Most one task may spend, in USD.")
@click.option("--model", help="Model to use.")
def swe(
    tasks: Path,
    repos: Path | None,
    out: Path,
    limit: int | None,
    resume: bool,
    evaluate: bool,
    at_once: int | None,
    budget: float | None,
    model: str | None,
) -> None:
    """Work through SWE-bench tasks, and write predictions in its format.

    The model is given the problem statement and the repository at the base commit. What each task took stands beside
    the predictions, in a file that ends in .runs.jsonl; the runs' records in a folder that ends in .state.
    """
    wanted = read_tasks(tasks, limit=limit)
    results = Results(out.absolute(), resumes=resume)
    set_up_logging(level=40)
    results.state.mkdir(mode=0o711, parents=True, exist_ok=True)
    settings = read_settings(
        **{**state_of_its_own(results.state), "state_folder": results.state},
        **({"concurrent_runs": at_once} if at_once else {}),
        **({"model": model} if model else {}),
    )
    news = make_console(stderr=True)
    wish = Wish(
        (repos or tasks.parent / "repos").absolute(),
        Options(budget_usd=budget, dry_run=True, model=model),
        evaluate,
        lambda line: news.print(line, markup=False, highlight=False),
    )
    asyncio.run(work_through(settings, wanted, results, wish))
    lines = show_results(make_console(), wanted, results)
    sys.exit(1 if any(line.has_failed for line in lines) else 0)


def show_results(console: Console, tasks: tuple[Task, ...], results: Results) -> list[RunLine]:
    """Print one table of all tasks, and return their lines."""
    lines = [results.lines[task.instance_id] for task in tasks]
    is_judged = any(line.evaluation is not None for line in lines)
    table = Table(box=None, pad_edge=False)
    for heading in ("task", "ending", "patch", *(["tests"] if is_judged else []), "USD", "tokens", "time"):
        table.add_column(heading)
    for line in lines:
        patch = results.predictions[line.instance_id].model_patch
        table.add_row(
            escape(line.instance_id),
            line.ending,
            count(len(patch.splitlines()), "line") if patch else "none",
            *([_judgement(line.evaluation)] if is_judged else []),
            *_took([line]),
        )
    patches = sum(1 for line in lines if results.predictions[line.instance_id].model_patch)
    resolved = sum(1 for line in lines if line.evaluation is not None and line.evaluation.resolved)
    table.add_row(
        count(len(lines), "task"),
        "",
        count(patches, "patch"),
        *([f"{resolved} resolved"] if is_judged else []),
        *_took(lines),
        style="bold",
    )
    console.print(table)
    for said in [NOT_OFFICIAL] * is_judged + [f"Predictions: {results.path}", f"What they took: {results.runs_path}"]:
        console.print(said, highlight=False, markup=False, soft_wrap=True)
    return lines


def _judgement(found: Evaluation | None) -> str:
    if found is None:
        return ""
    if found.resolved is None:
        return "cannot tell"
    return "resolved" if found.resolved else "not resolved"


def _took(lines: list[RunLine]) -> tuple[str, str, str]:
    unpriced = "+" if any(line.unpriced_calls for line in lines) else ""
    tokens = sum(line.input_tokens + line.output_tokens for line in lines)
    return (
        f"{sum(line.usd for line in lines):.4f}{unpriced}",
        str(tokens),
        f"{sum(line.seconds for line in lines):.0f} s",
    )
