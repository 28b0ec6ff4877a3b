"""From git's comparison to the changed files of a review: kinds, languages, and why one was not looked into.

Whatever is left out is said: at the file (`skipped`), or as a gap where it was looked into less than others.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from yantra_bot.domain.graph import Problem
from yantra_bot.domain.paths import is_git_folder
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Gap, ReviewRules
from yantra_bot.graphdb.discovery import MAX_FILE_BYTES, check_source
from yantra_bot.graphdb.languages import language_of
from yantra_bot.review.changes.diff import LIMITS, Limits, RawChange
from yantra_bot.review.changes.kinds import is_generated, kind_of_name, read_attributes
from yantra_bot.review.subject import LOOKED_INTO
from yantra_bot.review.trees import MAX_READ, Tree

_MODES: Final = {"160000": FileKind.SUBMODULE, "120000": FileKind.SYMLINK}
_STATUS: Final = {
    "A": FileStatus.ADDED,
    "D": FileStatus.REMOVED,
    "R": FileStatus.RENAMED,
    "T": FileStatus.TYPE_CHANGED,
}
_SKIPPED: Final = {
    FileKind.SUBMODULE: "submodule",
    FileKind.SYMLINK: "symbolic link",
    FileKind.BINARY: "binary",
    FileKind.VENDORED: "code of others",
    FileKind.GENERATED: "generated",
}
_NO_UTF8: Final = "no UTF-8"
_UNKNOWN: Final = "language"
_NAMED: Final = 50
"""Paths that a gap names."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed files, and what was left out of them."""

    files: tuple[ChangedFile, ...]
    gaps: tuple[Gap, ...]


def read_changes(
    raw: Sequence[RawChange], base: Tree, head: Tree, rules: ReviewRules, limits: Limits = LIMITS
) -> Changes:
    """Return the changed files of a comparison, as far as the rules want them."""
    reader = _Reader(base, head)
    files: list[ChangedFile] = []
    unwanted: list[str] = []
    looked_into = 0
    for change in raw:
        path = printable(change.path)
        if not rules.wants(path):
            unwanted.append(path)
            continue
        file = reader.read(change)
        looked_into += not file.skipped
        if looked_into > limits.files and not file.skipped:
            file = replace(file, skipped=f"the change has over {limits.files:,} files")
        files.append(file)
    filtered = _gap("files that the rules leave out", "The repository's rules do not want them reviewed.", unwanted)
    return Changes(tuple(files), (*reader.gaps(), *filtered))


def printable(path: str) -> str:
    """Return a name as text that can be written anywhere; one that is UTF-8 as it is."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class _Reader:
    """Looks at one file after the other."""

    def __init__(self, base: Tree, head: Tree) -> None:
        self._base, self._head = base, head
        # The head's would be the author's of the change.
        self._attributes = read_attributes(base.read(".gitattributes"))
        self._notes: dict[str, list[str]] = defaultdict(list)

    def read(self, change: RawChange) -> ChangedFile:
        """Return one changed file."""
        kind, skipped = self._judge(change)
        path, old_path = printable(change.path), printable(change.old_path)
        return ChangedFile(
            path,
            _STATUS.get(change.status, FileStatus.MODIFIED),
            kind,
            old_path=old_path if old_path != path else "",
            language=language_of(path) if kind in LOOKED_INTO else None,
            added=sum(hunk.new_lines for hunk in change.hunks),
            removed=sum(hunk.old_lines for hunk in change.hunks),
            hunks=() if change.status == "T" else tuple(change.hunks),
            skipped=skipped,
        )

    def gaps(self) -> list[Gap]:
        """Return what is to be said of files that were looked into."""
        why = "They are no UTF-8 text: letters beyond ASCII are read as unknown."
        unknown = sorted({PurePosixPath(path).suffix or PurePosixPath(path).name for path in self._notes[_UNKNOWN]})
        in_none = f"The code graph does not read this language ({', '.join(unknown[:8])}): no symbols, no callers."
        return [
            *_gap("files in another encoding", why, self._notes[_NO_UTF8]),
            *_gap("files in an unknown language", in_none, self._notes[_UNKNOWN]),
        ]

    def _judge(self, change: RawChange) -> tuple[FileKind, str]:
        """Return the kind of a file, and why it is not looked into (empty: it is)."""
        gone = change.status == "D"
        kind = _MODES.get(change.old_mode if gone else change.new_mode) or kind_of_name(change.path, self._attributes)
        if _is_hostile(change.path):
            return kind, "its name is none that is safe to use"
        if change.status == "T":
            return kind, f"was a {_sort(change.old_mode)}, is a {_sort(change.new_mode)}"
        if kind in (FileKind.SUBMODULE, FileKind.SYMLINK):
            return kind, _SKIPPED[kind]
        if change.old_id == change.new_id and change.old_mode != change.new_mode:
            return kind, "only its mode changed"
        return self._judge_content(change, kind)

    def _judge_content(self, change: RawChange, kind: FileKind) -> tuple[FileKind, str]:
        tree, path = (self._base, change.old_path) if change.status == "D" else (self._head, change.path)
        if (tree.size(path) or 0) > MAX_READ:
            return kind, f"over {MAX_READ >> 20} MB"
        if change.is_binary:
            return FileKind.BINARY, _SKIPPED[FileKind.BINARY]
        if change.not_compared:
            return kind, change.not_compared
        if kind in LOOKED_INTO:
            kind, skipped = self._judge_source(change, kind, tree, path)
            return kind, skipped
        if kind is FileKind.OTHER:
            self._notes[_UNKNOWN].append(printable(path))
        return kind, _SKIPPED.get(kind, "")

    def _judge_source(self, change: RawChange, kind: FileKind, tree: Tree, path: str) -> tuple[FileKind, str]:
        if (tree.size(path) or 0) > MAX_FILE_BYTES:
            return kind, f"over {MAX_FILE_BYTES >> 20} MB"
        data = tree.read(path)
        if data is None:
            return kind, "the repository does not have its content"
        before = None if change.status in "AD" else self._base.read(change.old_path)
        if is_generated(path, before, data):
            return FileKind.GENERATED, _SKIPPED[FileKind.GENERATED]
        found = check_source(path, data)
        if isinstance(found, Problem):
            return kind, found.detail or found.kind
        if not _is_utf8(data):
            self._notes[_NO_UTF8].append(path)
        return kind, ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_hostile(path: str) -> bool:
    """Tell whether a name would lead elsewhere, or is no text."""
    names = path.split("/")
    if any(name in {"", ".", ".."} or is_git_folder(name) for name in names):
        return True
    return any("\ud800" <= letter <= "\udfff" for letter in path)


def _sort(mode: str) -> str:
    kind = _MODES.get(mode)
    return "file" if kind is None else str(kind)


def _gap(what: str, why: str, paths: Sequence[str]) -> list[Gap]:
    if not paths:
        return []
    left = len(paths) - _NAMED
    more = f" ({left} more are not named)" if left > 0 else ""
    return [Gap(what, f"{why}{more}", tuple(paths[:_NAMED]))]
