"""What a test runner's adapter has to say. Values and one Protocol; nothing runs here.

An adapter reads files of the tree as data, names a command, and reads what that left in the folder of results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from yantra_bot.domain.proof import TestOutcome, Verdict
from yantra_bot.domain.runners import Project, RunnerName
from yantra_bot.sandbox.contract import WORKSPACE, Finished
from yantra_bot.sandbox.tree import Tree

RESULTS_FOLDER = "/run/results"
"""Where, in the sandbox, a runner leaves what it has to report: outside of the workspace."""


@dataclass(frozen=True)
class Files:
    """The files of a tree by their paths, and what is in them. Written by strangers: believe no shape."""

    paths: tuple[str, ...]
    read: Callable[[str], bytes | None]

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.paths)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run of one project: all of it, or tests by `path` or `path::name`, relative to the root.

    `is_lenient`: what the runner does not know of it is left out; else it ends the run.
    """

    project: Project
    selection: tuple[str, ...] = ()
    is_lenient: bool = False
    python: str = "python"
    """The interpreter of the repository's environment."""

    @property
    def directory(self) -> str:
        """Where it runs in the sandbox."""
        return f"{WORKSPACE}/{self.project.folder}" if self.project.folder else WORKSPACE

    def selected_files(self) -> tuple[str, ...]:
        """Return the selected files, without names of tests, relative to the project."""
        prefix = f"{self.project.folder}/" if self.project.folder else ""
        return tuple(dict.fromkeys(item.partition("::")[0].removeprefix(prefix) for item in self.selection))


@dataclass(frozen=True, slots=True)
class Command:
    """How a runner is called. `shown` is the command as people would type it."""

    argv: tuple[str, ...]
    shown: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    """What of the order it does not do, in a sentence for people."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run showed. `coverage` has executed lines by path relative to the project, None where not measured."""

    verdict: Verdict
    reason: str
    outcomes: tuple[TestOutcome, ...] = ()
    coverage: dict[str, tuple[int, ...]] | None = None


class Runner(Protocol):
    """One test runner."""

    @property
    def name(self) -> RunnerName: ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Ends of the names of files whose change calls for its tests."""

    def detect(self, files: Files) -> tuple[str, ...]:
        """Return the folders that have tests of it, by reading alone."""

    def command(self, order: Order, files: Files) -> Command:
        """Return how it is called."""

    def report(self, order: Order, finished: Finished, results: Tree, files: Files) -> Shown:
        """Return what a run showed. The exit code decides on a pass; a report alone proves nothing."""
