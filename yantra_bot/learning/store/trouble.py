"""What LanceDB's errors mean for us: it tells them apart by their text alone. Pure."""

import re
from typing import Final
from urllib.parse import urlsplit

from yantra_bot.errors import SettingsError, Transient, YantraError

_FULL: Final = ("no space left", "disk quota exceeded", "file too large", "storagefull")
_CONFLICT: Final = ("commit conflict", "concurrent transaction", "retryable commit", "too much write contention")
_CLOSED: Final = ("permission denied", "read-only file system")
_LETTERS: Final = 300
_SOURCE: Final = re.compile(r", /\S*\.rs:\d+(:\d+)?")
"""Where in its own source LanceDB says that an error comes from."""


class Conflict(Transient):
    """Another machine has written at the same moment. Cure: none needed, the write is tried again."""


def explain(problem: BaseException, place: str) -> YantraError:
    """Return our error for one of LanceDB's or of the system, with the cure."""
    text = str(problem)
    low, where = text.lower(), show_place(place)
    if any(mark in low for mark in _FULL):
        return Transient(
            f"The disk of the memory of mistakes ({where}) is full. Cure: free some space; what it was told is told "
            "again by itself."
        )
    if any(mark in low for mark in _CONFLICT):
        return Conflict(f"The memory of mistakes ({where}) was written by another at the same time. Cure: wait.")
    said = _SOURCE.sub("", " ".join(text.split()))[:_LETTERS]
    if any(mark in low for mark in _CLOSED):
        return SettingsError(
            f"The memory of mistakes ({where}) may not be used: {said}. Cure: let the server's user write there, or "
            "set YANTRA_MEMORY_URL."
        )
    if is_remote(place):
        return Transient(f"The memory of mistakes ({where}) does not answer: {said}. Cure: see YANTRA_MEMORY_URL.")
    return tell_damage(place, said)


def tell_damage(place: str, what: str) -> SettingsError:
    """Return the error of a store that cannot be read."""
    return SettingsError(
        f"The memory of mistakes ({show_place(place)}) is damaged: {what}. Cure: put a copy of the folder back, or "
        "move it away: a new one is begun."
    )


def is_remote(place: str) -> bool:
    """Say whether a store's place is an address and no folder."""
    return "://" in place


def show_place(place: str) -> str:
    """Return a place for a person: an address without what could be a secret."""
    if not is_remote(place):
        return place
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
