"""What a commit's message says that it takes back: by git's own words, and by GitHub's for pull requests. Pure."""

import re
from dataclasses import dataclass
from typing import Final

_COMMITS: Final = re.compile(r"\bThis reverts commit ([0-9a-f]{40})\b")
_PULLS: Final = re.compile(r"\bReverts (?:([\w.-]{1,100}/[\w.-]{1,100}))?#([0-9]{1,9})\b", re.ASCII)
MOST: Final = 50
"""Things that one commit is believed to take back."""


@dataclass(frozen=True, slots=True)
class Revert:
    """A commit that takes others back."""

    by: str
    commits: tuple[str, ...] = ()
    pulls: tuple[int, ...] = ()
    """Numbers of pull requests of the same repository."""


def find_reverted(message: str) -> tuple[str, ...]:
    """Return the commits that a message says are taken back, in its order."""
    return tuple(_COMMITS.findall(message)[:MOST])


def read_revert(commit: str, message: str, *, repository: str) -> Revert | None:
    """Return what a commit of `repository` (owner/name) says that it takes back; None where it says nothing of it."""
    named = [(name, int(number)) for name, number in _PULLS.findall(message)[:MOST]]
    pulls = tuple(number for name, number in named if name.casefold() in ("", repository.casefold()))
    found = Revert(commit, find_reverted(message), pulls)
    return found if found.commits or found.pulls else None
