"""What the test GitHub knows, in memory: accounts, repositories, and all that hangs on them. No HTTP, no JSON."""

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.fakes.github.state_commits import Deployment, Status
from tests.fakes.github.state_reviews import Talk, Upload

APP_PERMISSIONS = {
    "actions": "read",
    "checks": "write",
    "contents": "write",
    "deployments": "write",
    "issues": "write",
    "metadata": "read",
    "pull_requests": "write",
    "statuses": "read",
}
APP_EVENTS = (
    *("check_run", "check_suite", "issue_comment", "issues"),
    *("pull_request", "pull_request_review", "pull_request_review_comment", "push", "status", "workflow_run"),
)


@dataclass(eq=False)
class User:
    """An account. `kind` is GitHub's `type`: User, Bot or Organization."""

    id: int
    login: str
    kind: str = "User"


@dataclass(eq=False)
class Label:
    """A label of a repository."""

    id: int
    name: str


@dataclass(eq=False)
class Reaction:
    """One person's reaction to an issue or a comment."""

    id: int
    user: User
    content: str
    created_at: str


@dataclass(eq=False)
class Comment:
    """A comment on an issue or a pull request."""

    id: int
    user: User
    body: str
    created_at: str
    updated_at: str
    issue_number: int
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(eq=False)
class PullRequest:
    """What an issue has beyond an issue when it is a pull request. `head_owner` differs for a fork."""

    id: int
    head_owner: User
    head_repository: "Repository"
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    is_draft: bool
    merged_at: str | None = None
    merge_commit_sha: str | None = None
    talk: Talk = field(default_factory=Talk)


@dataclass(eq=False)
class Issue:
    """An issue, or a pull request seen as one. `is_deleted` answers 410, as GitHub does."""

    id: int
    number: int
    title: str
    body: str
    user: User
    created_at: str
    updated_at: str
    repository: "Repository"
    state: str = "open"
    is_locked: bool = False
    is_deleted: bool = False
    closed_at: str | None = None
    labels: list[Label] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    pull: PullRequest | None = None


@dataclass(eq=False)
class CheckRun:
    """A check run at a commit."""

    id: int
    suite_id: int
    head_sha: str
    name: str
    external_id: str
    status: str
    conclusion: str | None
    started_at: str
    completed_at: str | None
    details_url: str | None
    output: dict[str, object]
    annotations: list[dict[str, Any]] = field(default_factory=list)
    """All that were added; each request adds to them."""
    app_slug: str = ""
    """The App that reports it; empty: this world's own."""
    log: str | None = None
    """The log of its job, where it is one of GitHub's own runner."""


@dataclass(eq=False)
class Repository:
    """A repository. `git_dir` is a real bare repository; `permissions` is by login, in GitHub's five words."""

    id: int
    owner: User
    name: str
    git_dir: Path
    default_branch: str = "main"
    is_private: bool = True
    is_archived: bool = False
    is_fork: bool = False
    size_kb: int | None = None
    """What the API says of its size; None: what it really has on disk."""
    allows_drafts: bool = True
    merge_methods: tuple[str, ...] = ("merge", "squash", "rebase")
    merge_rule: str = ""  # what a rule of the branch says against a merge
    created_at: str = "2024-01-01T00:00:00Z"
    permissions: dict[str, str] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    check_runs: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    protected_branches: set[str] = field(default_factory=set)
    """Branches that no push may move."""
    former_names: set[str] = field(default_factory=set)
    """Full names that answer with a redirect after a rename, in lower case."""
    has_code_scanning: bool = True
    uploads: list[Upload] = field(default_factory=list)
    """What was handed to code scanning."""
    deployments: list[Deployment] = field(default_factory=list)
    waiting_suites: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Suites without a run yet: commit and App by number."""

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    def permission_of(self, login: str) -> str:
        """Return admin, maintain, write, triage, read or none."""
        if login.lower() == self.owner.login.lower():
            return "admin"
        mine = {name.lower(): word for name, word in self.permissions.items()}
        return mine.get(login.lower(), "none" if self.is_private else "read")


@dataclass(eq=False)
class Installation:
    """The app on an account. `repositories` None means all of the account's."""

    id: int
    account: User
    repositories: list[Repository] | None
    permissions: dict[str, str]
    is_suspended: bool = False
    is_deleted: bool = False

    def covers(self, repository: Repository) -> bool:
        if self.repositories is None:
            return repository.owner is self.account
        return repository in self.repositories


@dataclass(eq=False)
class Token:
    """An installation token, or a person's (`user` set, then it may what that person may)."""

    value: str
    installation: Installation | None
    repositories: list[Repository] | None
    permissions: dict[str, str]
    expires_at: float
    user: User | None = None


@dataclass(eq=False)
class State:
    """Everything, with the counters that make ids. Ids of comments are beyond 32 bits, as they are on GitHub."""

    git_root: Path
    now: Callable[[], float] = time.time
    users: dict[str, User] = field(default_factory=dict)
    repositories: list[Repository] = field(default_factory=list)
    installations: dict[int, Installation] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    long_tokens: bool = False
    """Whether installation tokens have GitHub's newer, longer form."""
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(101))
    _large_ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(5_000_000_101))

    def new_id(self) -> int:
        return next(self._ids)

    def new_large_id(self) -> int:
        return next(self._large_ids)

    def timestamp(self, at: float | None = None) -> str:
        """Return a time (now, unless given in Unix seconds) as GitHub writes it."""
        return datetime.fromtimestamp(self.now() if at is None else at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def add_user(self, login: str, kind: str = "User") -> User:
        """Return the account of this name, new or known."""
        return self.users.setdefault(login.lower(), User(self.new_id(), login, kind))

    def find_user(self, login: str) -> User | None:
        return self.users.get(login.lower())

    def find_repository(self, owner: str, name: str) -> Repository | None:
        wanted = f"{owner}/{name}".lower()
        return next((one for one in self.repositories if one.full_name.lower() == wanted), None)

    def find_repository_by_id(self, number: int) -> Repository | None:
        return next((one for one in self.repositories if one.id == number), None)

    def find_renamed(self, owner: str, name: str) -> Repository | None:
        wanted = f"{owner}/{name}".lower()
        return next((one for one in self.repositories if wanted in one.former_names), None)

    def add_issue(self, repository: Repository, *, title: str, body: str, user: User) -> Issue:
        """Add an issue with the repository's next number."""
        at, number = self.timestamp(), max(repository.issues, default=0) + 1
        issue = Issue(self.new_large_id(), number, title, body, user, at, at, repository)
        repository.issues[number] = issue
        return issue

    def add_comment(self, issue: Issue, *, user: User, body: str) -> Comment:
        at = self.timestamp()
        comment = Comment(self.new_large_id(), user, body, at, at, issue.number)
        issue.comments.append(comment)
        issue.updated_at = at
        return comment

    def label_of(self, repository: Repository, name: str) -> Label:
        """Return the repository's label of this name, new or known."""
        return repository.labels.setdefault(name.lower(), Label(self.new_large_id(), name))

    def add_reaction(self, reactions: list[Reaction], *, user: User, content: str) -> tuple[Reaction, bool]:
        """Return the reaction and whether it is new."""
        for reaction in reactions:
            if reaction.user is user and reaction.content == content:
                return reaction, False
        reaction = Reaction(self.new_id(), user, content, self.timestamp())
        reactions.append(reaction)
        return reaction, True

    def add_token(
        self,
        installation: Installation,
        *,
        repositories: list[Repository] | None,
        permissions: dict[str, str],
        lifetime: float = 3600,
    ) -> Token:
        value = "ghs_" + secrets.token_hex(18)
        if self.long_tokens:
            value = f"ghs_{installation.id}_eyJhbGciOiJSUzI1NiJ9.{secrets.token_hex(90)}.{secrets.token_hex(170)}"
        token = Token(value, installation, repositories, permissions, self.now() + lifetime)
        self.tokens[value] = token
        return token

    def add_user_token(self, user: User) -> Token:
        value = "ghp_" + secrets.token_hex(18)
        token = Token(value, None, None, {}, self.now() + 1e9, user)
        self.tokens[value] = token
        return token
