"""What came in through a door, parsed: raw JSON ends before this point."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.domain.follow_up import OWN_BRANCHES
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.domain.reverts import Revert


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event came from: the installation and the repository that it names."""

    installation_id: int
    repository: Repository


@dataclass(frozen=True, slots=True)
class CommentPosted:
    """A comment was written on an issue or a pull request."""

    origin: Origin
    issue_number: int
    is_pull_request: bool
    comment_id: int
    body: str
    author: Actor
    sender: Actor
    updated_at: str
    """ISO 8601, as sent: with the comment's id it says which wording of the comment this is."""
    thread_id: int = 0
    """First comment of the review's thread that it was written in; 0: in the conversation."""
    branch: str = ""
    """Branch of the pull request, where that is told: in reviews."""
    title: str = ""
    """Of the issue or the pull request."""

    @property
    def is_review_of_own(self) -> bool:
        """Whether it stands in a review of a branch that is named as the bot's own are."""
        return self.thread_id != 0 and self.branch.startswith(OWN_BRANCHES)


@dataclass(frozen=True, slots=True)
class ReviewSubmitted:
    """Somebody submitted a review of a pull request; its comments are events of their own."""

    origin: Origin
    number: int
    branch: str
    is_from_fork: bool
    review_id: int
    state: str
    """The forge's word: `commented`, `changes_requested`, `approved`."""
    body: str
    sender: Actor
    submitted_at: str

    @property
    def may_ask(self) -> bool:
        """Whether it may ask for something: it is of an own branch, and says more than yes."""
        is_own = self.branch.startswith(OWN_BRANCHES) and not self.is_from_fork
        return is_own and (self.state == "changes_requested" or (self.state == "commented" and bool(self.body.strip())))


@dataclass(frozen=True, slots=True)
class IssueLabelled:
    """A label was put on an issue."""

    origin: Origin
    issue_number: int
    is_pull_request: bool
    label: str
    sender: Actor
    updated_at: str


@dataclass(frozen=True, slots=True)
class IssueClosed:
    """An issue was closed."""

    origin: Origin
    issue_number: int
    is_pull_request: bool
    sender: Actor
    updated_at: str


@dataclass(frozen=True, slots=True)
class PullRequestChanged:
    """A pull request was opened, closed, got new commits, or is to be checked again."""

    origin: Origin
    number: int
    action: str
    head_sha: str
    head_branch: str
    is_merged: bool
    is_from_fork: bool
    sender: Actor
    updated_at: str = ""
    """ISO 8601, as sent: tells closing it a second time from hearing of the first closing twice."""
    is_draft: bool = False
    merge_commit: str = ""
    """What it became on its base branch; empty where it was not merged."""

    @property
    def is_asked(self) -> bool:
        """Whether somebody pressed the button that runs its check again."""
        return self.action == "rerequested"

    @property
    def is_over(self) -> bool:
        """Whether it was closed or merged."""
        return self.action == "closed"


@dataclass(frozen=True, slots=True)
class Pushed:
    """Commits arrived on a branch or a tag. `after` is 40 zeros when it was deleted."""

    origin: Origin
    ref: str
    before: str
    after: str
    sender: Actor
    pushed_at: int = 0
    """Unix time in seconds: tells a branch forced back and forth from one push heard of twice."""
    default_branch: str = ""
    """The repository's, as the push tells it."""
    is_archived: bool = False
    reverts: tuple[Revert, ...] = ()
    """Commits of it that take others back, the oldest first."""

    @property
    def is_to_default_branch(self) -> bool:
        """Whether the default branch has a new head: not another branch, no tag of its name, and no deletion."""
        is_deleted = not self.after.strip("0")
        return bool(self.default_branch) and self.ref == f"refs/heads/{self.default_branch}" and not is_deleted


@dataclass(frozen=True, slots=True)
class CheckFinished:
    """A check run or suite ended."""

    origin: Origin
    head_sha: str
    name: str
    conclusion: str
    check_id: int = 0
    """The forge's number of the run or the suite: running it again gives another one, or another time."""
    finished_at: str = ""
    branches: tuple[str, ...] = ()
    """Branches that the commit is the head of, as told; none where that is not told."""
    app: str = ""
    """Number of the App that reports it; empty where none is told."""

    @property
    def has_failed(self) -> bool:
        """Whether it says that something is wrong with the commit: not that somebody ended or skipped it."""
        return self.conclusion in FAILING


FAILING: Final = frozenset({"failure", "timed_out", "startup_failure", "error"})
"""Conclusions of checks, and states of commits, that speak against a commit."""


class InstallationChange(StrEnum):
    """What happened to an installation of the app."""

    ADDED = "added"
    REMOVED = "removed"
    SUSPENDED = "suspended"
    UNSUSPENDED = "unsuspended"


@dataclass(frozen=True, slots=True)
class InstallationChanged:
    """The app was installed, removed or suspended, for a whole account or for some repositories."""

    installation_id: int
    change: InstallationChange
    repositories: tuple[Repository, ...]
    """The repositories concerned; empty means every repository of the installation."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event that this product has no use for. It is acknowledged, and `reason` is logged."""

    reason: str


Event = (
    CommentPosted
    | ReviewSubmitted
    | IssueLabelled
    | IssueClosed
    | PullRequestChanged
    | Pushed
    | CheckFinished
    | InstallationChanged
    | Ignored
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One stored row of the inbox: the bytes of an accepted request, verified, and not yet acted on."""

    sequence: int
    """Position in the inbox, rising; assigned by it."""
    delivery_id: str
    content_key: str
    """Hash of what the event says, so that the same event under another delivery id is the same row."""
    source: str
    """`github`, later `slack` and `alerts`."""
    event: str
    """The sender's name for the kind of event, such as `issue_comment`."""
    body: bytes
    received_at: float
    """Unix time in seconds."""
