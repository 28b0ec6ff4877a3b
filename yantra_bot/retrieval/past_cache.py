"""Keeps commits that were read, so that only newer ones are asked of git. A damaged file is read as none.

What is kept is data of the repository: it is checked as it is read, and never more than text and numbers.
"""

import json
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from yantra_bot.graphdb.history.gitlog import GitRunner
from yantra_bot.retrieval.git_trees import read_commits
from yantra_bot.retrieval.past import PastCommit, ancestors

VERSION: Final = 1
"""Raised when what is kept of a commit changes."""
MAX_BYTES: Final = 64 * 1024**2


class PastCache:
    """The kept commits of one repository. `folder` is the caller's own; `repository` tells repositories apart."""

    def __init__(self, folder: Path, repository: str) -> None:
        self._path = folder / f"{blake2b(repository.encode('utf-8', 'replace'), digest_size=16).hexdigest()}.json"

    def read(self, git: GitRunner, commit: str, *, max_commits: int) -> list[PastCommit]:
        """Return the commits that lead to one, newest first; git is asked for those alone that are not kept."""
        kept_to, kept = self._load()
        if kept_to == commit:
            return kept[:max_commits]
        newer = read_commits(git, (commit,), max_commits=max_commits, since=kept_to) if kept_to else []
        known = [*newer, *kept]
        before = ancestors(known, commit)
        found = [one for one in known if one.sha in before]
        # A past that was rewritten, or that git has no more, is read anew.
        if not kept_to or not any(one.sha == kept_to for one in found):
            found = read_commits(git, (commit,), max_commits=max_commits)
        # What git was ended in the middle of is used, and asked for again the next time.
        if len(found) >= max_commits or _is_whole(found):
            self._save(commit, found[:max_commits])
        return found[:max_commits]

    def _load(self) -> tuple[str, list[PastCommit]]:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                return "", []
            said = json.loads(self._path.read_bytes())
            if said["version"] != VERSION:
                return "", []
            return str(said["to"]), [_read(one) for one in said["commits"]]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return "", []

    def _save(self, commit: str, commits: Sequence[PastCommit]) -> None:
        data = json.dumps({"version": VERSION, "to": commit, "commits": [asdict(one) for one in commits]}).encode()
        if len(data) > MAX_BYTES:
            return
        # What cannot be kept is read again the next time.
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
                try:
                    file.write(data)
                    file.close()
                    Path(file.name).replace(self._path)
                except OSError:
                    Path(file.name).unlink(missing_ok=True)


def _is_whole(commits: Sequence[PastCommit]) -> bool:
    """Tell whether every commit's parents are there too, back to the first."""
    known = {one.sha for one in commits}
    return bool(commits) and all(parent in known for one in commits for parent in one.parents)


def _read(said: dict[str, Any]) -> PastCommit:
    return PastCommit(
        str(said["sha"]),
        tuple(str(one) for one in said["parents"]),
        int(said["time"]),
        str(said["message"]),
        tuple((str(path), str(name)) for path, name in said["touched"]),
    )
