"""What a scan of a source finds: the comments that may go, and the strings whose lines may not be touched. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field


class NotSure(Exception):
    """A scan has met what it cannot tell apart. Cure: let the grammar find the comments, or leave the text as it is."""


@dataclass(slots=True)
class Spans:
    """Places in a text, in order and apart from each other, as (first character, character after the last)."""

    comments: list[tuple[int, int]] = field(default_factory=list)
    """To be cut."""
    verbatim: list[tuple[int, int]] = field(default_factory=list)
    """Strings and kept comments of several lines."""


Scan = Callable[[str], Spans]
"""Finds the spans of a text; raises NotSure."""
