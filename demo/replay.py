"""The run of the demonstration, told again from its record: nothing outside is asked a second time."""

import asyncio
import sys

from rich.console import Console


async def show_replay(console: Console, run_id: str, environment: dict[str, str]) -> bool:
    """Replay a run with the server's settings, show what is said, and return whether it was identical."""
    console.print(f"\nThe same run, told again from its record: yantra runs replay {run_id}", highlight=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "yantra_bot", "runs", "replay", run_id),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    console.print(said.decode().rstrip(), highlight=False, markup=False)
    return process.returncode == 0
