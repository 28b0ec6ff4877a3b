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
    """Return our error for one of LanceDB's or of the system. Its message has no place: it is shown in public."""
    text = str(problem)
    low = text.lower()
    said = _SOURCE.sub("", " ".join(text.split()))[:_LETTERS]
    if any(mark in low for mark in _FULL):
        cure = "free some space; what it was told is told again by itself."
        return detail(Transient("The memory of mistakes cannot be used: its disk is full."), place, said, cure)
    if any(mark in low for mark in _CONFLICT):
        return detail(Conflict("The memory of mistakes was written by another at the same time."), place, "", "wait.")
    if any(mark in low for mark in _CLOSED):
        cure = "let the server's user write there, or set YANTRA_MEMORY_URL."
        return detail(SettingsError("The memory of mistakes may not be used by the server."), place, said, cure)
    if is_remote(place):
        cure = "see YANTRA_MEMORY_URL."
        return detail(Transient("The memory of mistakes did not answer."), place, said, cure)
    return tell_damage(place, said)


def tell_damage(place: str, what: str) -> YantraError:
    """Return the error of a store that cannot be read."""
    cure = "put a copy of the folder back, or move it away: a new one is begun."
    return detail(SettingsError("The memory of mistakes is damaged."), place, what, cure)


def detail(problem: YantraError, place: str, said: str, cure: str) -> YantraError:
    """Give an error what the operator is told of it: the place, what was said, and the cure, a sentence."""
    problem.details = f"{problem} It is in {show_place(place)}. {f'It said: {said}. ' if said else ''}Cure: {cure}"
    return problem


def is_remote(place: str) -> bool:
    """Say whether a store's place is an address and no folder."""
    return "://" in place


def show_place(place: str) -> str:
    """Return a place for a person: an address without what could be a secret."""
    if not is_remote(place):
        return place
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
