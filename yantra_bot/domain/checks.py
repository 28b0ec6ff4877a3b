"""What a run checks of its change beside the tests: which checks there are, and what one came to. Pure values."""

from dataclasses import dataclass, field
from enum import StrEnum

from yantra_bot.domain.browsing import Browsed, BrowserRules
from yantra_bot.domain.integration import IntegrationRules
from yantra_bot.domain.scores import ChangeScore


class CheckKind(StrEnum):
    """The checks, in the order of a run."""

    DEPENDENCIES = "dependencies"
    """Parse, names, imports, signatures and cycles of the edited files, by the code graph."""
    PACKAGES = "packages"
    """Dependencies that the change adds: somebody has to vouch for each."""
    SECURITY = "security"
    """Security rules, secrets and declared dependencies of the change."""
    OWN_TOOLS = "own tools"
    """The repository's own type checkers and linters."""
    REPRODUCTION = "fails before"
    """Whether tests of the change fail on the base commit, without the rest of the change."""
    INTEGRATION = "integration"
    SMOKE = "smoke"
    BROWSER = "browser"


class CheckState(StrEnum):
    """No data is not a pass: what was not done is skipped, and what could not be done is an error."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check came to."""

    kind: CheckKind
    state: CheckState
    reason: str = ""
    """One sentence for a person: what is wrong, or why it was skipped. May be empty for a pass."""
    evidence: str = ""
    """What a model is shown of a failure, as data; cut by whoever made it."""
    seconds: float = 0.0
    blocks: bool = True
    """Whether a failure stands against delivery. One that does not makes the pull request a draft that tells it."""
    retries: bool = False
    """Whether a failure that does not block goes back to the model while attempts are left."""
    must_stay: bool = False
    """Whether the change may not even be pushed to a branch: it holds a secret, and what is pushed stays in git."""
    calls_for: tuple[str, ...] = ()
    """Tests that the change calls for, the likeliest to fail first; empty where all are, or where nobody knows."""
    details: tuple[str, ...] = ()
    """Further lines for a person, such as findings that stay."""
    browsed: Browsed | None = None
    """What a browser saw, with pictures; None for any other check."""
    score: ChangeScore | None = None
    """What a learned model says of the change, by the check that has its code graph; None for any other check."""

    @property
    def is_obstacle(self) -> bool:
        """Whether it failed, and that stands against delivery."""
        return self.blocks and self.state is CheckState.FAILED


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What a repository's rules and the operator say of the checks that a run's worker makes."""

    browser: BrowserRules = field(default_factory=BrowserRules)
    integration: IntegrationRules = field(default_factory=IntegrationRules)


NO_SETTINGS = CheckSettings()
