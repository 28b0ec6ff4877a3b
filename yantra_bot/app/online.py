"""Starts the update of the learned score in a process of its own, at a low priority and in bounds of time."""

import asyncio
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Final

SECONDS: Final = 1_200.0
WITHOUT_TORCH: Final = (
    "The learned score does not learn in use: torch is not installed. Cure: pip install 'yantra-bot[learned]'."
)


async def run_update(buffer: Path, held_out: Path, faults: Path, versions: Path, *, seconds: float = SECONDS) -> str:
    """Update once; return what came of it, as a sentence. Nothing here waits for it but who calls.

    Without torch it says so. A process that takes too long is ended: the version in use stays.
    """
    if importlib.util.find_spec("torch") is None:
        return WITHOUT_TORCH
    update = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "yantra_bot.training.online"),
        *map(str, (buffer, held_out, faults, versions)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    try:
        async with asyncio.timeout(seconds):
            out, _ = await update.communicate()
    except TimeoutError:
        return f"The update took more than {seconds:g} s and was ended; the version in use stays."
    finally:
        if update.returncode is None:
            update.kill()
            await update.wait()
    return _tell(out, update.returncode)


def _tell(out: bytes, status: int | None) -> str:
    try:
        told = json.loads(out)
        return str(told.get("said") or told["problem"])[:500]
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"The update ended with status {status} and said nothing; the version in use stays."
