"""The runs of the demonstration, told again from their records: nothing outside is asked a second time."""

import asyncio
import sys
from collections.abc import Sequence

from rich.console import Console


async def show_replays(console: Console, run_ids: Sequence[str], environment: dict[str, str]) -> bool:
    """Replay runs with the server's settings, show what is said, and return whether all were identical."""
    console.print("\nThe same runs, told again from their records: yantra runs replay RUN RUN", highlight=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "yantra_bot", "runs", "replay", *run_ids),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    console.print(said.decode().rstrip(), highlight=False, markup=False)
    return process.returncode == 0
