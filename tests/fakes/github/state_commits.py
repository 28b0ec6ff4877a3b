"""What is reported of commits in the test GitHub's state: statuses and deployments. No HTTP, no JSON."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the rest of the state holds these
    from tests.fakes.github.state import User


@dataclass(eq=False)
class Status:
    """The state of a commit in one context, as older services report it."""

    id: int
    sha: str
    context: str
    state: str
    description: str
    at: str


@dataclass(eq=False)
class DeploymentStatus:
    """What was said of a deployment at one moment."""

    id: int
    state: str
    description: str
    log_url: str
    creator: "User"
    at: str


@dataclass(eq=False)
class Deployment:
    """A commit that goes to an environment."""

    id: int
    sha: str
    ref: str
    task: str
    environment: str
    description: str
    payload: object
    creator: "User"
    at: str
    is_transient: bool
    is_production: bool
    statuses: list[DeploymentStatus] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Return the newest status; empty while there is none."""
        return self.statuses[-1].state if self.statuses else ""
