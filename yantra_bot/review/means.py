"""What a review may use beside its subject. Values only: whoever starts a review decides, parts obey.

A field that is None is something that is not at hand: the part that would need it leaves a gap and says so.
"""

from dataclasses import dataclass
from pathlib import Path

from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.scoring.scorer import NoScorer, Scorer
from yantra_bot.validation.ground import Ground
from yantra_bot.validation.security.dependencies import Advisories
from yantra_bot.validation.security.scanner import Scanner
from yantra_bot.validation.trial import Trial


@dataclass(frozen=True, slots=True)
class Means:
    """The means of one review. Paths are absolute."""

    may_execute: bool = False
    """Whether code of the change may run, in the sandbox. Never for a pull request from a fork."""
    sandbox: Sandbox | None = None
    """Where a scanner or a tool runs; without one, none runs."""
    no_sandbox: str = ""
    """Why there is no sandbox, where that is known, with the cure."""
    scanner: Scanner | None = None
    """semgrep's engine, where the sandbox can read it; without it, no security rule is applied."""
    advisories: Advisories | None = None
    """An index of an export of OSV, by which versions of dependencies are judged."""
    ground: Ground | None = None
    """Both versions in the repository's prepared environment, where its own tools run; without it, none runs."""
    trial: Trial | None = None
    """Where tests of both versions run; without it, none runs."""
    scratch: Path | None = None
    """A private folder for what parts write, gone after the review."""
    store: Path | None = None
    """The stored graph of the repository, with what is kept beside it."""
    briefs_model: bool = False
    """Whether what a model is to read of the change is to be put together."""
    scorer: Scorer | NoScorer | None = None
    """The learned model, or why there is none; None: nobody asks for one."""
    finds_similar: bool = False
    """Whether the learned model is to say which code is similar, which takes seconds."""
    past: GitRunner | None = None
    """Runs git, for reading, on a repository that has the commits before the base."""
    past_from: str = ""
    """The commit that this past is told from, the base where it is empty and `past` is a checkout."""
