"""The Protocols: what the story needs of the outside world, and nothing about how it is done.

Expected failures are raised as the classes of `errors`; an adapter wraps its vendor's exceptions.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yantra_bot.deploy_ports import Reverted, Shipping
from yantra_bot.domain.beside import NOTHING_BESIDE, Beside
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest
from yantra_bot.domain.deliveries import Attempt
from yantra_bot.domain.events import Delivery
from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.remarks import Annotation
from yantra_bot.domain.repository import Issue, Permission, PullRequest, Reaction, Repository, RepositoryFacts
from yantra_bot.domain.review import Risk
from yantra_bot.domain.reviewed import Reviewed, ReviewWork
from yantra_bot.domain.risk import RiskFacts
from yantra_bot.domain.talk import Reach, Thread
from yantra_bot.follow_up_ports import FollowUpForge
from yantra_bot.monitor_ports import IncidentForge
from yantra_bot.review_ports import Reviews
from yantra_bot.workspace_ports import Furnish, TestCommand, ToolBatch, Workspace, WorkspaceFactory

__all__ = [
    "BlobStore",
    "CheckRun",
    "Clock",
    "DeliveryLog",
    "Forge",
    "ForgeFactory",
    "Furnish",
    "GraphKeeper",
    "Inbox",
    "Model",
    "NewPullRequest",
    "OnLine",
    "Remote",
    "RemoteFactory",
    "Reviewer",
    "RiskScorer",
    "TestCommand",
    "ToolBatch",
    "Workspace",
    "WorkspaceFactory",
]

OnLine = Callable[[str], None]
"""Takes one line of output for people to watch."""


class Clock(Protocol):
    """Time. Tests pass their own."""

    def now(self) -> float:
        """Return Unix time in seconds."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Inbox(Protocol):
    """The durable hand-over between a door and control (see `webhooks.inbox`)."""

    async def put(self, delivery: Delivery) -> bool:
        """Store durably, then return; False when the same delivery or the same content is there already."""

    async def pending(self, limit: int) -> Sequence[Delivery]:
        """Return the oldest deliveries that are not handled yet, in order of arrival."""

    async def handled(self, sequence: int, outcome: str) -> None:
        """Mark one as acted on; `outcome` is a few words for the record."""


class BlobStore(Protocol):
    """Bytes by their SHA-256."""

    def put(self, data: bytes) -> str:
        """Store and return the hash in hexadecimal; storing the same bytes twice is one blob."""

    def get(self, digest: str) -> bytes:
        """Return the bytes; raise KeyError when there is no such blob."""


class Model(Protocol):
    """One vendor's models."""

    async def answer(self, request: ModelRequest, *, on_text: Callable[[str], None] | None = None) -> ModelAnswer:
        """Return a whole answer, billed before it was parsed.

        Retries what can be retried. Raises Transient when the vendor stayed unavailable, Permanent when it refuses
        the key, the model or the request. A cut stream or half a tool call never becomes an answer.
        """


class RiskScorer(Protocol):
    """Says how risky a change is."""

    def score(self, facts: RiskFacts) -> Risk:
        """Return the risk with all its parts; what is unknown is left out, and the other weights are scaled to 1."""


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check to show at a commit. `external_id` is its idempotency mark; `conclusion` None means in progress."""

    external_id: str
    head_sha: str
    name: str
    title: str
    summary: str
    conclusion: str | None
    details_url: str | None = None
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPullRequest:
    """A pull request to open. `mark` is a hidden tag in its body."""

    head_branch: str
    base_branch: str
    title: str
    body: str
    is_draft: bool


class Forge(Protocol):
    """One repository on a forge, with credentials for it alone. Every write is idempotent by its mark."""

    @property
    def reviews(self) -> Reviews | None:
        """Reviews of pull requests; None where the forge has none."""

    @property
    def follow_ups(self) -> FollowUpForge | None:
        """Checks and the bot's own pull requests; None where the forge has none."""

    @property
    def incidents(self) -> IncidentForge | None:
        """Issues of incidents and the merge of hot-fixes; None where there is no forge."""

    @property
    def shipping(self) -> Shipping | None:
        """Its deployments; None where the forge shows none."""

    async def facts(self) -> RepositoryFacts:
        """Return what has to be known before a clone."""

    async def permission(self, login: str) -> Permission:
        """Return what a person may do now, read live."""

    async def issue(self, number: int) -> Issue:
        """Return an issue with all its comments."""

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        """Return a file of the default branch, or of another one; None when there is none."""

    async def picture(self, address: str) -> bytes:
        """Return what lies at an address that somebody wrote into an issue, up to 5 MB; it may be anything.

        Raises UserError for an address that is not one of the forge's pictures, Permanent, Transient.
        """

    async def put_comment(self, issue_number: int, *, tag: str, body: str) -> int:
        """Edit the bot's own comment that carries `tag`, or post it; return the comment's id."""

    async def react(self, comment_id: int, reaction: str) -> None:
        """Put a reaction (`eyes`, `+1`, …) on an issue comment; again is no error."""

    async def reactions(self, comment_id: int) -> Sequence[Reaction]:
        """Return the first few hundred reactions to an issue comment, oldest first; none where it was deleted."""

    async def react_to_issue(self, issue_number: int, reaction: str) -> None:
        """Put a reaction on the issue itself."""

    async def put_check(self, check: CheckRun) -> int:
        """Create or update the check run with this external id; return its number."""

    async def branch_head(self, branch: str) -> str | None:
        """Return the commit id of a branch, None when there is no such branch."""

    async def open_pull_request(self, new: NewPullRequest) -> PullRequest:
        """Return the open pull request of this head branch, opening it if there is none; read back either way."""

    async def pull_request(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""

    async def merge_base(self, base: str, head: str) -> str | None:
        """Return the commit where two commits parted, None where they have no common ancestor."""

    async def list_threads(self, *, limit: int, reach: Reach) -> Sequence[Thread]:
        """Return the issues and pull requests that were updated last, cut to size, the newest first.

        `reach` is who may read what is said in this repository. Raises Permanent where the forge refuses, Transient
        where it cannot be asked now.
        """


class Remote(Protocol):
    """Git, on control's side: a bare mirror that no untrusted code has ever touched."""

    async def fetch(self, branch: str) -> str:
        """Bring the head of `branch` into the mirror and return its commit id."""

    async def hold(self, commit: str, run_id: str) -> Path:
        """Keep `commit` from being collected for this run; return the folder of the mirror."""

    async def past(self, commit: str, *, depth: int) -> Path:
        """Return a bare repository, apart from the mirror, that has up to `depth` generations before `commit`.

        Raises Permanent where they cannot be had, Transient where they cannot be had now.
        """

    async def commit(self, base: str, changes: Changeset, *, message: str, at: float) -> str:
        """Build a commit on `base` out of blobs, in a clean object store; the same input gives the same id."""

    async def revert(self, *, bad: str, good: str, branch: str, run_id: str, message: str, at: float) -> Reverted:
        """Take back, on the head of `branch`, what came between `good` and `bad`; the run holds what is made.

        Raises UserError where a run may not, Permanent, Transient. The same input and head give the same id.
        """

    async def push(self, commit: str, branch: str, *, expected: str | None) -> None:
        """Push, if the branch still is at `expected` (None: does not exist). Raises Permanent when it moved."""

    async def show(self, pictures: Mapping[str, str], *, run_id: str, at: float) -> Mapping[str, str]:
        """Put pictures where whoever may read the repository can see them; return their addresses by name.

        `pictures` are blobs by plain names. The same again is no second write. Returns nothing where there is no such
        place; raises Permanent where a rule of the repository refuses it.
        """

    async def release(self, run_id: str) -> None:
        """Let go of what `hold` kept."""


class RemoteFactory(Protocol):
    """Opens the mirror of a repository."""

    def __call__(self, repository: Repository, installation_id: int) -> Remote: ...


class ForgeFactory(Protocol):
    """Opens a repository on the forge with a token for it alone."""

    def __call__(self, repository: Repository, installation_id: int) -> Forge: ...


class DeliveryLog(Protocol):
    """What the forge keeps of the events that it sent to us. Raises Permanent and Transient."""

    async def since(self, at: float) -> Sequence[Attempt]:
        """Return the attempts made at or after `at` (Unix time in seconds), the newest ones where there are many."""

    async def send_again(self, attempt: Attempt) -> None:
        """Have the same event sent once more, under the same GUID. It is sent some time after this returned."""


class GraphKeeper(Protocol):
    """Keeps the code graphs of repositories' default branches. It is asked for one repository at a time."""

    def kept(self, repository: Repository) -> str:
        """Return the commit that the stored graph is of; empty where there is none that can be used."""

    def hand_out(self, repository: Repository, folder: Path, account: int | None) -> None:
        """Put what is kept of a repository's graph into a worker's folder, for its account, as far as there is any."""

    def take_recording(self, repository: Repository, folder: Path, account: int | None) -> None:
        """Keep what a worker of this account left in its folder of what each test ran; what is wrong is only logged."""

    async def keep(
        self,
        repository: Repository,
        commit: str,
        mirror: Path,
        *,
        past: Path | None = None,
        beside: Beside = NOTHING_BESIDE,
    ) -> KeptGraph:
        """Bring the stored graph to a commit of the mirror; a graph that could not be replaced stays as it was.

        `past` is a bare repository that has what led to the commit; None where there is none, which `beside` explains.

        Raises UserError and Permanent for what another try would not change, Transient for a worker that ended.
        """


class Reviewer(Protocol):
    """Has changes reviewed by workers, which hold no key and reach no network."""

    async def __call__(
        self, run_id: str, repository: Repository, mirror: Path, work: ReviewWork, tests: TestCommand, on_line: OnLine
    ) -> Reviewed:
        """Return the review. Raises Permanent and UserError for what another try would not change, Transient."""
