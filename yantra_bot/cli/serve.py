"""`yantra serve`: the door and control, kept running."""

import asyncio
import signal
import sys

import click

from yantra_bot.app.logs import set_up_logging
from yantra_bot.app.server import serve_all
from yantra_bot.server_settings import check_server_settings
from yantra_bot.settings import read_settings


@click.command()
def serve() -> None:
    """Take webhooks and work on what they ask for, until told to stop."""
    set_up_logging()
    chosen = read_settings()
    check_server_settings(chosen)

    async def run() -> int:
        stop = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        return await serve_all(chosen, stop)

    sys.exit(asyncio.run(run()))
