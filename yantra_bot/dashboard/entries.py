"""What the page of a run is made of: what it shows of one step. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One thing inside a step: a title, and text that may be long."""

    kind: str
    title: str
    text: str = ""
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One step as the page shows it. `seconds` is None while it goes on."""

    name: str
    seconds: float | None
    note: str
    lines: tuple[Line, ...] = ()


def count(number: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
