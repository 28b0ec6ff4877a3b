"""The instructions of a folder's repository as its default branch has them, whatever is checked out. It only reads."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from yantra_bot.domain.quiet_git import SEARCHED
from yantra_bot.errors import Transient, UserError
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.retrieval.context.conventions import NO_INSTRUCTIONS, Instructions
from yantra_bot.retrieval.context.rules import FOLDER
from yantra_bot.sandbox.output import escape

CANDIDATES: Final = ("refs/heads/main", "refs/heads/master", "HEAD")
"""Asked in this order where the repository does not know its origin's default branch."""
_QUIET: Final = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SECONDS: Final = 20.0


def find_instructions(folder: Path, *, searched: str = SEARCHED) -> tuple[Instructions, str]:
    """Return what instructions are read from, and a sentence that says where that is.

    A folder that is no repository, or has no commit, is read as it is: nobody else can have proposed what is in it.
    """
    branch = _Branch(folder, searched)
    found = branch.find()
    if found is None and not branch.is_known() and _is_inside_repository(folder):
        return NO_INSTRUCTIONS, "No instructions are used: git cannot be asked what the default branch has."
    if found is None:
        rules = sorted(f"{FOLDER}/{path.name}" for path in (folder / FOLDER).glob("*.md"))
        return Instructions(Reader(folder), rules), "Instructions are the folder's own: it has no git branch."
    commit, name = found
    instructions = Instructions(lambda path: branch.read(commit, path), branch.list(commit, FOLDER))
    return instructions, f"Instructions are those of {escape(name)} at {commit[:12]}, the default branch."


def find_default_branch(folder: Path, *, searched: str = SEARCHED) -> tuple[str, str] | None:
    """Return the commit of the default branch and the branch's name; None where there is no commit."""
    return _Branch(folder, searched).find()


def _is_inside_repository(folder: Path) -> bool:
    return any((above / ".git").exists() for above in (folder, *folder.resolve().parents))


class _Branch:
    """Git on the folder's repository; paths are relative to the folder."""

    def __init__(self, folder: Path, searched: str) -> None:
        self._folder, self._searched = folder, searched

    def find(self) -> tuple[str, str] | None:
        """Return the commit of the default branch and the branch's name, None where there is no commit."""
        origin = self._say("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").strip()
        for name in (origin, *CANDIDATES) if origin.startswith("refs/remotes/") else CANDIDATES:
            words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            commit = self._say(*words).strip()
            if _COMMIT.fullmatch(commit):
                return commit, re.sub(r"^refs/(?:heads|remotes)/", "", name)
        return None

    def is_known(self) -> bool:
        """Tell whether git answers here."""
        return bool(self._say("rev-parse", "--git-dir"))

    def list(self, commit: str, folder: str) -> Sequence[str]:
        """Return the paths of a folder's own files."""
        found = self._say("ls-tree", "-z", "--name-only", commit, f"{folder}/")
        return [path for path in found.split("\0") if path]

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file; None where there is none."""
        return self._ask("cat-file", "blob", f"{commit}:./{path}")

    def _say(self, *words: str) -> str:
        return (self._ask(*words) or b"").decode("utf-8", "replace")

    def _ask(self, *words: str) -> bytes | None:
        try:
            return b"".join(HostGit(self._folder, seconds=_SECONDS, searched=self._searched)((*_QUIET, *words)))
        except (UserError, Transient):
            return None
