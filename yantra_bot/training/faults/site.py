"""A place where a single fault of one class can be put, and how."""

from dataclasses import dataclass

from yantra_bot.domain.scores import BugClass


@dataclass(frozen=True, slots=True)
class Site:
    """One replacement of bytes that makes one fault."""

    bug: BugClass
    start: int
    """Byte offset in the sound source."""
    end: int
    replacement: bytes
    line: int
    """Where the fault stands in the faulty source, from 1. For something dropped: the nearest node around it."""
    column: int
    """From 0, in bytes."""


def inject(source: bytes, site: Site) -> bytes:
    """Return the source with the fault."""
    return source[: site.start] + site.replacement + source[site.end :]
