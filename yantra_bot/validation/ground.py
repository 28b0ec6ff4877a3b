"""Where commands of a repository's own environment run: versions laid out in folders of ours, and the sandbox."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from yantra_bot.domain.findings import Side
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import Finished
from yantra_bot.sandbox.environment import Environment
from yantra_bot.sandbox.limits import TESTS

SECONDS = 120.0
"""What one tool may take on one version."""
OUTPUT = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ground:
    """`lay_out` returns the folder of a version, laid out at the first time; it is gone when the review is."""

    sandbox: Sandbox
    environment: Environment
    lay_out: Callable[[Side], Path]

    def run(self, side: Side, words: tuple[str, ...]) -> Finished:
        """Run a command in the root of a version. Raises SandboxUnavailable."""
        program = self.environment.python if words[0] == "python" and self.environment.python else words[0]
        limits = replace(TESTS, wall_seconds=SECONDS)
        job = self.environment.make_job((program, *words[1:]), workspace=self.lay_out(side), limits=limits)
        return self.sandbox.run(job)
