"""What runs a repository's tests, by the words that its rules may use. Values only."""

from dataclasses import dataclass
from enum import StrEnum

MOST_PROJECTS = 4
"""So many projects of one repository are run for one change; what is left out is told."""


class RunnerName(StrEnum):
    """A test runner. The order is the one in which they are preferred where several would do."""

    PYTEST = "pytest"
    VITEST = "vitest"
    JEST = "jest"
    NODE = "node"
    """`node --test`."""
    NPM = "npm"
    """The package's `test` script, of which nothing but its exit code is known."""
    CARGO = "cargo"
    GO = "go"


@dataclass(frozen=True, slots=True)
class Project:
    """A folder whose tests one runner runs. `folder` is relative to the root, which is empty."""

    runner: RunnerName
    folder: str = ""

    @property
    def label(self) -> str:
        """The project as people read it, and as it is found again: `pytest`, `jest in web`."""
        return f"{self.runner} in {self.folder}" if self.folder else str(self.runner)
