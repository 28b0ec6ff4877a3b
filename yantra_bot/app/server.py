"""Starts the two processes of `yantra serve`, each told its own part of the settings."""

import asyncio
import os

from yantra_bot.app.control_part import ControlPart
from yantra_bot.app.door import DoorPart
from yantra_bot.app.home import Home
from yantra_bot.app.supervise import Part, supervise
from yantra_bot.settings import Settings


async def serve_all(settings: Settings, stop: asyncio.Event) -> int:
    """Run door and control until `stop` is set; return the exit status."""
    home = Home(settings.home).lay_out()
    for stale in home.metrics.glob("*.db"):
        stale.unlink()
    # A child is told everything: it reads no file, or it would stop at one that this process was told to leave alone.
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(home.metrics), "YANTRA_CONFIG": os.devnull}
    parts = [
        Part("control", ControlPart.of(settings).model_dump_json(), environment),
        Part("door", DoorPart.of(settings).model_dump_json(), environment),
    ]
    return await supervise(parts, stop)
