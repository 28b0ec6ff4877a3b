"""`make demo`: a bug and a feature become reviewed pull requests, and a bad deployment is taken back; offline."""

import asyncio
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from rich.console import Console

from demo.bug import play_bug
from demo.feature import play_feature
from demo.replay import show_replays
from demo.servers import (
    ROOT,
    LocalGitHub,
    free_port,
    local_github,
    server,
    server_environment,
    uses_recording,
    wait_until_ready,
)
from demo.shipping import Harbour, open_harbour, play_shipping
from demo.stage import Stage
from yantra_bot.app.home import Home
from yantra_bot.cli.console import make_console
from yantra_bot.worker.slots import find_closed


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


async def play(console: Console, folder: Path, github: LocalGitHub, port: int) -> bool:
    """Start the server, play the acts and tell their runs again; return whether all went well."""
    async with open_harbour(folder / "harbour") as harbour:
        return await play_acts(console, folder, github, harbour, port)


async def play_acts(console: Console, folder: Path, github: LocalGitHub, harbour: Harbour, port: int) -> bool:
    """Play them in front of one server."""
    state, log = folder / "state", folder / "server.log"
    environment = server_environment(github, state=state, port=port, more=harbour.settings)
    async with server(environment, log) as process:
        await wait_until_ready(port, process, log)
        stage = Stage(console, github, Home(state), port, environment)
        title(console, "A bug")
        is_well = await play_bug(stage)
        if is_well:
            title(console, "A feature, planned first")
            is_well = await play_feature(stage)
        if is_well:
            title(console, "A deployment, and the way back")
            is_well = await play_shipping(stage, harbour)
        is_same = await show_replays(console, stage.run_ids, environment)
        await show_github(console, github)
        if console.is_terminal and sys.stdin.isatty():
            console.print("\nThe server stays up for you to look at those pages. Press Enter to end it.")
            await wait_for_enter()
    return is_well and is_same


def title(console: Console, words: str) -> None:
    """Say which act begins."""
    console.print()
    console.rule(f"[bold]{words}[/]", align="left")


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


def make_folder() -> Path:
    """Make the demonstration's folder, which workers' accounts can reach; end with the cure where they could not."""
    folder = Path(tempfile.mkdtemp(prefix="yantra-demo-"))
    folder.chmod(0o711)
    closed = find_closed(folder) if os.geteuid() == 0 else None
    if closed is not None:
        folder.rmdir()
        raise SystemExit(
            f"Workers run as accounts of their own, to which {closed} is closed. Cure: TMPDIR=/tmp make demo"
        )
    return folder


async def main() -> int:
    """Play the demonstration; 0 when each act ended as it should, and all replays are identical."""
    console = make_console()
    introduce(console)
    folder = make_folder()
    port = free_port()
    try:
        async with local_github(folder, webhook_url=f"http://127.0.0.1:{port}/webhooks/github") as github:
            is_well = await play(console, folder, github, port)
    except TimeoutError as late:
        console.print(str(late), style="red")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_well else 1


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except KeyboardInterrupt:
        sys.exit(130)
