"""What a store holds, in numbers."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from yantra_bot.domain.lessons import Standing


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What is kept."""

    lessons: int = 0
    by_standing: Mapping[Standing, int] = field(default_factory=dict)
    occurrences: int = 0
    showings: int = 0
    without_vector: int = 0
    """Lessons that are found by their words alone; all of them where there is no sentence model."""
    size: int = 0
    """Bytes on disk; 0 in object storage."""
    problem: str = ""
    """Why less is found than is there; one sentence for a person."""


def measure_folder(folder: Path | None) -> int:
    """Return the bytes of all files below a folder; files that vanish meanwhile count nothing."""
    if folder is None:
        return 0
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                size += (Path(place) / name).stat().st_size
    return size
