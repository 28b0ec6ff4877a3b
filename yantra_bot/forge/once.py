"""Writes that must not happen twice: look before writing, and look again when nobody knows whether it happened."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from yantra_bot.forge.answers import EffectUnknown, Refused
from yantra_bot.ports import Clock

Found = TypeVar("Found")

LOOKS = (0.5, 1.0, 2.0)
"""Seconds before each further look: what was just written may take a moment to be seen."""


async def find_or_create(
    find: Callable[[], Awaitable[Found | None]], create: Callable[[], Awaitable[Found]], clock: Clock
) -> Found:
    """Return what `find` finds, else create it. Raises EffectUnknown when it could not be settled.

    A write whose answer was lost is looked for a few seconds, then written once more.
    """
    found = await find()
    if found is not None:
        return found
    try:
        return await create()
    except EffectUnknown:
        for seconds in LOOKS:
            await clock.sleep(seconds)
            found = await find()
            if found is not None:
                return found
        return await create()


async def read_back(read: Callable[[], Awaitable[Found]], clock: Clock) -> Found:
    """Return what was just written as the forge now tells it, past a few seconds of "does not exist"."""
    for seconds in LOOKS:
        try:
            return await read()
        except Refused as error:
            if error.status != 404:
                raise
            await clock.sleep(seconds)
    return await read()
