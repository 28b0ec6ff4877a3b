"""Makes what a review looks at out of two sets of files, with the real indexer: `subject_of(folder, before, after)`."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.changes.symbols import compare_symbols
from yantra_bot.review.subject import Subject, Version

Files = Mapping[str, str]


def subject_of(folder: Path, before: Files, after: Files) -> Subject:
    """Return the subject of a change; the files are written below `folder`."""
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    files = tuple(_changed(path, before.get(path), after.get(path)) for path in paths)
    base, head = _version(folder / "base", before), _version(folder / "head", after)
    return Subject(base, head, files, compare_symbols(files, base, head))


def _version(root: Path, files: Files) -> Version:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    root.mkdir(parents=True, exist_ok=True)
    indexer = Indexer(root, processes=1)
    indexer.refresh()
    view = GraphView.of(indexer.resolve())

    def read(path: str) -> bytes | None:
        return files[path].encode() if path in files else None

    return Version(view, indexer.facts, read, tuple(files))


def _changed(path: str, before: str | None, after: str | None) -> ChangedFile:
    old, new = (before or "").splitlines(), (after or "").splitlines()
    hunks = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            hunks.append(Hunk(i + (i < j), j - i, k + (k < m), m - k))
    status = FileStatus.ADDED if before is None else FileStatus.REMOVED if after is None else FileStatus.MODIFIED
    language = language_of(path)
    kind = FileKind.OTHER if language is None else FileKind.TEST if is_test_path(path) else FileKind.SOURCE
    return ChangedFile(
        path,
        status,
        kind,
        language=language,
        added=sum(hunk.new_lines for hunk in hunks),
        removed=sum(hunk.old_lines for hunk in hunks),
        hunks=tuple(hunks),
    )
