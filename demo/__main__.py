"""`make demo`: a comment on an issue becomes a tested pull request, which is reviewed: offline, and all of it real."""

import asyncio
import shutil
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from rich.console import Console

from demo.graph import show_graph
from demo.replay import show_replay
from demo.review import show_review
from demo.servers import (
    ISSUE_TITLE,
    REPOSITORY,
    ROOT,
    LocalGitHub,
    free_port,
    local_github,
    server,
    server_environment,
    uses_recording,
    wait_until_ready,
)
from yantra_bot.app.home import Home
from yantra_bot.cli.console import make_console
from yantra_bot.cli.display import Display, find_result, show_ending
from yantra_bot.domain.proof import TestReport
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.records import Records

COMMENT = "@yantra implement"
PATIENCE_SECONDS = 1_800.0


def introduce(console: Console) -> None:
    """Say first of all who answers."""
    if not uses_recording():
        console.print("The model that your environment names answers; everything else is on this machine.")
        return
    made = tomllib.loads((ROOT / "demo" / "recording.toml").read_text())["recording"]
    console.print(
        f"[bold]No model is asked: a recording answers ({made['made']}, {made['date']}).[/] Everything else is real:"
    )
    console.print("server, signature, queue, checkout, sandbox, edits, pytest, commit, push, pull request.")
    console.print("Set ANTHROPIC_API_KEY, OPENAI_API_KEY or YANTRA_MODEL_BASE_URL to let a model answer.\n")


async def find_run(records_path: Path) -> tuple[Records, str]:
    """Return the records, and the run that the comment started."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if records_path.exists():
            records = Records.open(records_path, read_only=True)
            newest = records.runs(1)
            if newest:
                return records, newest[0].order.run_id
            records.close()
        await asyncio.sleep(0.05)
    raise SystemExit("The comment did not start a run within a minute.")


async def wait_for_ending(records: Records, run_id: str) -> Ending:
    """Return how the run ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        ending = records.ending(run_id)
        if ending is not None:
            return ending
        await asyncio.sleep(0.1)
    raise SystemExit(f"The run did not end within {PATIENCE_SECONDS / 60:.0f} minutes.")


async def play(console: Console, folder: Path, github: LocalGitHub, port: int) -> bool:
    """Start the server, comment, show the run and the review of what came out; return whether all went well."""
    state, log = folder / "state", folder / "server.log"
    environment = server_environment(github, state=state, port=port)
    async with server(environment, log) as process:
        await wait_until_ready(port, process, log)
        console.print(f"{REPOSITORY}#{github.facts['issue']}: {ISSUE_TITLE}", highlight=False)
        console.print(f"alice comments: [bold]{COMMENT}[/]\n", highlight=False)
        began = time.monotonic()
        await github.comment(COMMENT)
        records, run_id = await find_run(Home(state).records)
        graph = asyncio.create_task(show_graph(console, records, run_id, Home(state).mirrors))
        ending = await Display(console, records, run_id).follow(wait_for_ending(records, run_id))
        await graph
        page = f"http://127.0.0.1:{port}/runs/{run_id}"
        diff = find_result(records, run_id, "diff", str) or ""
        tests = find_result(records, run_id, "test", TestReport)
        show_ending(console, ending, diff=diff, page_url=page, tests=tests)
        console.print(f"From comment to ending: {time.monotonic() - began:.1f} s.", highlight=False)
        is_reviewed = ending.pull_request is not None and await show_review(
            console, records, github, ending.pull_request.number
        )
        records.close()
        is_same = await show_replay(console, run_id, environment)
        await show_github(console, github)
        if console.is_terminal and sys.stdin.isatty():
            console.print("\nThe server stays up for you to look at that page. Press Enter to end it.")
            await wait_for_enter()
    return ending.phase is Phase.COMPLETE and is_reviewed and is_same


async def wait_for_enter() -> None:
    """Return when a line was typed. Not in a thread: Ctrl-C could not end one that reads."""
    typed, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(sys.stdin, typed.set)
    try:
        await typed.wait()
    finally:
        loop.remove_reader(sys.stdin)


async def show_github(console: Console, github: LocalGitHub) -> None:
    """Say what GitHub's own description thought of the requests."""
    state = await github.ask("GET", "/state")
    for problem in state["violations"]:
        console.print(f"GitHub's API description objects: {problem}", style="red")


async def main() -> int:
    """Play the demonstration; 0 when a pull request came out of it and was reviewed."""
    console = make_console()
    introduce(console)
    folder = Path(tempfile.mkdtemp(prefix="yantra-demo-"))
    folder.chmod(0o711)
    port = free_port()
    try:
        async with local_github(folder, webhook_url=f"http://127.0.0.1:{port}/webhooks/github") as github:
            is_well = await play(console, folder, github, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_well else 1


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except KeyboardInterrupt:
        sys.exit(130)
