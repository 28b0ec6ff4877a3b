"""Reads trees and the past out of git's objects for searching. Nothing is checked out, and nothing of the tree runs.

A file is cut and counted once for its content, whichever commits have it.
"""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.history.gitlog import GitRunner, log_arguments, parse_log
from yantra_bot.retrieval.chunking import MAX_BYTES, cut_file, is_cut
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.past import Past, PastCommit, ancestors
from yantra_bot.retrieval.terms import Counting, FileTerms
from yantra_bot.sandbox.mirror import Mirror

MAX_FILES: Final = 500_000
MAX_CUT: Final = 60_000
"""Files that are cut; the others are named in a note."""
MAX_COMMITS: Final = 5_000
_REGULAR: Final = frozenset({"100644", "100755"})
_ATTRIBUTES: Final = "".join(
    f"*.{suffix} diff={driver}\n"
    for driver, suffixes in {
        "python": ("py", "pyi"),
        "golang": ("go",),
        "rust": ("rs",),
        "java": ("java",),
        "yantrascript": ("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts"),
    }.items()
    for suffix in suffixes
)
"""Which definitions git names beside a change, by suffix."""
_SCRIPT: Final = (
    r"^[ \t]*((export[ \t]+)?(default[ \t]+)?(async[ \t]+)?(function|class|interface)[ \t*]+.*"
    r"|(static[ \t]+|async[ \t]+|get[ \t]+|set[ \t]+)*[A-Za-z_$][A-Za-z0-9_$]*[ \t]*\(.*\)[ \t]*\{"
    r"|(export[ \t]+)?(const|let|var)[ \t]+[A-Za-z_$][A-Za-z0-9_$]*[ \t]*=[ \t]*(async[ \t]*)?(function|\().*)$"
)
_DEFINITION: Final = re.compile(
    rb"\s*(?:export\s+|default\s+|async\s+|pub(?:\([a-z]+\))?\s+|static\s+|abstract\s+|const\s+|unsafe\s+)*"
    rb"(?:def|class|fn|func(?:\s*\([^)]{0,200}\))?|function\*?|interface|trait|struct|enum)\s+([A-Za-z_$][\w$]*)"
)


class GitTrees:
    """The trees of one repository."""

    def __init__(self, mirror: Mirror, git: GitRunner, counting: Counting | None = None) -> None:
        """`git` runs git in the repository, for the past."""
        self.counting = counting or Counting()
        self._mirror, self._git = mirror, git
        self._read: dict[tuple[str, str], FileTerms] = {}
        self.notes: list[str] = []
        """What the last corpus had to leave out."""

    def corpus(self, commit: str, *, prefix: str = "", most: int = MAX_CUT) -> Corpus:
        """Return the files of a commit below `prefix` (a folder with a slash at its end), cut and counted.

        Beyond `most` files the others are left out.

        Raises Permanent where the repository does not have it, UserError where it has too many files.
        """
        self.notes = []
        lost = 0
        wanted = list(self._wanted(commit, prefix))
        if len(wanted) > most:
            self.notes.append(f"Only the first {most:,} of {len(wanted):,} files are searched.")
            wanted = wanted[:most]
        unread = [(path, one) for path, one in wanted if (path, one) not in self._read]
        contents = self._mirror.read_objects(commit, [one for _, one in unread])
        for (path, one), found in zip(unread, contents, strict=True):
            if found is None:
                lost += 1
                continue
            self._read[path, one] = self.counting.read(path, cut_file(path, b"".join(found[1])))
        if lost:
            self.notes.append(f"{lost:,} files are not searched: the repository does not have their content.")
        corpus = Corpus(self.counting)
        for path, one in wanted:
            if (path, one) in self._read:
                corpus.place(self._read[path, one])
        return corpus

    def past(self, commit: str, *, max_commits: int = MAX_COMMITS) -> Past:
        """Return what led to a commit, newest first; what git cannot tell is missing, never raised."""
        return Past(read_commits(self._git, (commit,), max_commits=max_commits), self.counting)

    def _wanted(self, commit: str, prefix: str) -> Iterator[tuple[str, str]]:
        below = os.fsencode(prefix)
        for entry in self._mirror.list_tree(commit, max_entries=MAX_FILES):
            if entry.mode not in _REGULAR or (entry.size or 0) > MAX_BYTES or not entry.path.startswith(below):
                continue
            try:
                path = entry.path.decode()
                if is_cut(path):
                    yield check_path(path).removeprefix(prefix), entry.object_id
            except (UnicodeDecodeError, UserError):
                continue


class Pasts:
    """The pasts of several commits of one repository, read from git once."""

    def __init__(self, git: GitRunner, commits: Sequence[str], counting: Counting, *, max_commits: int) -> None:
        self._all = read_commits(git, commits, max_commits=max_commits * max(1, min(4, len(commits))))
        self._git, self._counting, self._most = git, counting, max_commits

    def of(self, commit: str) -> Past:
        """Return what led to a commit: nothing that is newer or beside it."""
        found, is_whole = self._find(commit)
        if len(found) < self._most // 2 and not is_whole:
            # What was read for all ends before this one's past does. Twice as much serves those a little older, too.
            known = {one.sha for one in self._all}
            more = read_commits(self._git, (commit,), max_commits=2 * self._most)
            self._all += [one for one in more if one.sha not in known]
            found, _ = self._find(commit)
        return Past(found[: self._most], self._counting)

    def _find(self, commit: str) -> tuple[list[PastCommit], bool]:
        """Return what was read of a commit's past, and whether that is all of it."""
        before = ancestors(self._all, commit)
        found = [one for one in self._all if one.sha in before]
        return found, len(found) == len(before)


def read_commits(git: GitRunner, commits: Sequence[str], *, max_commits: int, since: str = "") -> list[PastCommit]:
    """Return the commits that lead to others, newest first; with `since` (a commit) only what that has not."""
    found: list[PastCommit] = []
    with tempfile.NamedTemporaryFile("w", prefix="yantra-attributes-") as attributes:
        attributes.write(_ATTRIBUTES)
        attributes.flush()
        settings = (f"core.attributesFile={attributes.name}", f"diff.yantrascript.xfuncname={_SCRIPT}")
        asked = log_arguments(commits[0], max_commits=max_commits, since=since, settings=settings, more=commits[1:])
        try:
            found.extend(PastCommit.of(raw) for raw in parse_log(git(asked), definition=_DEFINITION))
        except (YantraError, OSError):
            return found
    return found


def open_scratch() -> tempfile.TemporaryDirectory[str]:
    """Return a private folder for git's own files."""
    return tempfile.TemporaryDirectory(prefix="yantra-search-")


def scratch_of(folder: str) -> Path:
    """Return the folder in a scratch that a Mirror takes."""
    own = Path(folder) / "git"
    own.mkdir(exist_ok=True)
    return own
