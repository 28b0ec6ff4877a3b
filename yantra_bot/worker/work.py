"""What one run's workers are for: what control says of each when it starts it."""

from dataclasses import dataclass
from pathlib import Path

from yantra_bot.ports import Furnish, TestCommand


@dataclass(frozen=True, slots=True)
class Work:
    """What one run's workers are for."""

    run_id: str
    mirror: Path
    """Absolute."""
    tests: TestCommand
    furnish: Furnish | None = None
    """Puts what is kept of the repository's graph into the worker's folder, for its account."""
    past: Path | None = None
    """Of a worker that keeps a graph: see `protocol.Start`."""
    keeps_graph: bool = False
    """It brings a stored graph up to date."""
    reviews: bool = False
    """It is a review's, or looks at the past: it starts from a copy of the stored graph."""
    has_shelf: bool = True
    """It has its repository's shelf of installed packages; one that runs nothing needs none."""
    is_guided: bool = True
    """Somebody may ask it about the code as a whole."""
