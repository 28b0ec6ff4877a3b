"""Who and where: repositories, people, issues and what the forge says of them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_CALLED: Final = re.compile(r"@?([A-Za-z0-9](?:-?[A-Za-z0-9_]){0,38}(?:/[A-Za-z0-9._-]{1,99})?)", re.ASCII)


def called_name(text: str) -> str:
    """Return the login or `org/team` that `@login`, or the same without its sign, calls; empty where it calls nobody.

    An e-mail address calls nobody: what stands before its sign, or behind it, is somebody else's login.
    """
    found = _CALLED.fullmatch(text)
    return "" if found is None else found[1]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on the forge. `id` is the forge's number, which survives a rename; 0 for a local folder."""

    id: int
    owner: str
    name: str

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a bot, as the forge names them. Compare by `id`: a login can be taken over."""

    id: int
    login: str
    is_bot: bool


class Permission(StrEnum):
    """What a person may do in a repository, read live, weakest first."""

    NONE = "none"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def may_write(self) -> bool:
        return self in (Permission.WRITE, Permission.ADMIN)


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What has to be known before anything is cloned. `size_kb` is the forge's own estimate, in kB."""

    repository: Repository
    default_branch: str
    size_kb: int
    is_private: bool
    is_archived: bool
    head: str | None
    """Commit id of the default branch; None when the repository is empty."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment of an issue or a pull request."""

    id: int
    author: Actor
    body: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's reaction to a comment; `content` is the forge's word, such as `+1`."""

    by: Actor
    content: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue, or a pull request seen as one."""

    number: int
    title: str
    body: str
    author: Actor
    is_open: bool
    is_locked: bool
    is_pull_request: bool
    labels: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it was read back from the forge."""

    number: int
    url: str
    title: str
    head_branch: str
    head_sha: str
    base_branch: str
    is_draft: bool
    is_open: bool
    is_from_fork: bool = False
    """Its branch lives in another repository, or in one that is gone."""
    author: Actor | None = None
    is_merged: bool = False
