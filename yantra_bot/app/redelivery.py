"""Puts together what asks for missed deliveries, and how control sees that the door hears them."""

import asyncio

import aiohttp
from yarl import URL

from yantra_bot.app.home import Home
from yantra_bot.app.workshop import Materials
from yantra_bot.forge.github import GitHub
from yantra_bot.runs.missed import Redelivery
from yantra_bot.settings import Settings

ANSWER_SECONDS = 5.0


def open_redelivery(settings: Settings, materials: Materials, github: GitHub) -> Redelivery | None:
    """Return what asks for missed deliveries; None where nobody is sent any or none are wanted."""
    if github.deliveries is None or settings.redeliver_hours == 0:
        return None
    return Redelivery(
        github.deliveries,
        is_ready=lambda: is_door_ready(materials.home, settings.host),
        clock=materials.clock,
        hours=settings.redeliver_hours,
    )


async def is_door_ready(home: Home, host: str) -> bool:
    """Tell whether the door takes deliveries now, by its own word."""
    try:
        port = int(home.listening.read_text())
        address = URL.build(scheme="http", host=host, port=port, path="/readyz")
        async with asyncio.timeout(ANSWER_SECONDS), aiohttp.ClientSession() as session, session.get(address) as answer:
            return answer.status == 200
    except (OSError, ValueError, TimeoutError, aiohttp.ClientError):
        return False
