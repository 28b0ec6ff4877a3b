"""What a check works with: the tree as it is edited, its base, the sandbox and what was installed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.checks import CheckSettings
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.environment import Environment
from yantra_bot.validation.browser.program import Browser
from yantra_bot.worker.protocol import Assemble, Call
from yantra_bot.worker.tasks import Validate


@dataclass(frozen=True, slots=True)
class CheckBench:
    """The means of one check. Paths are absolute. What a check leaves in the tree is undone when it ends."""

    root: Path
    """The tree as it is edited."""
    scratch: Path
    """A folder of the worker's own, for what a check writes."""
    changes: Changeset
    settings: CheckSettings
    sandbox: Sandbox
    environment: Environment
    lay_base: Callable[[], Path]
    """Returns the base commit, laid out in a folder of its own: what was wrong before is nobody's fault."""
    ask_guide: Callable[[Assemble | Call | Validate], Any]
    """Raises UserError where nobody knows the tree as a whole."""
    remembered: dict[str, Any]
    """What earlier checks found out about the base, which stays the same as long as the worker has its tree."""
    list_paths: Callable[[], Sequence[str]]
    """Returns the paths of the tree as it is edited."""
    keep: Callable[[bytes], str]
    """Has bytes handed to control with the answer; returns their name in its blob store."""
    unvouched: Callable[[], Sequence[str]]
    """Returns the packages that the change declares and nobody vouches for."""
    browser: Browser | None
    """None: there is none, which `no_browser` explains."""
    no_browser: str
    say: Callable[[str], None]
    """Takes lines for people to watch."""
