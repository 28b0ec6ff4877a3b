"""Reads the files of a folder for searching: what git would track where it is a repository, a careful walk where not.

No symbolic link is followed, and nothing of the folder runs.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from yantra_bot.domain.paths import check_path
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.discovery import Source, read_source
from yantra_bot.graphdb.history.gitlog import GitRunner, configure
from yantra_bot.retrieval.chunking import is_cut
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.terms import Counting

MAX_FILES: Final = 60_000
_SKIPPED: Final = frozenset(
    {"node_modules", "bower_components", "__pycache__", "site-packages", "venv", "env", "target", "build", "dist"}
)


def read_folder(root: Path, git: GitRunner | None, counting: Counting | None = None) -> tuple[Corpus, list[str]]:
    """Return the files of a folder, cut and counted, and notes on what was left out."""
    corpus, notes = Corpus(counting), []
    paths = sorted(path for path in _list(root, git) if is_cut(path))
    if len(paths) > MAX_FILES:
        notes.append(f"Only the first {MAX_FILES:,} of {len(paths):,} files are searched.")
    for path in paths[:MAX_FILES]:
        source = read_source(root, path)
        if isinstance(source, Source):
            corpus.put(path, source.data)
    return corpus, notes


def _list(root: Path, git: GitRunner | None) -> Iterator[str]:
    if git is None:
        yield from _walk(root)
        return
    asked = (*configure(), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
    try:
        listed = b"".join(git(asked))
    except YantraError:
        yield from _walk(root)
        return
    for name in listed.split(b"\0"):
        path = name.decode("utf-8", "replace")
        if path and _may_be_named(path):
            yield path


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(files):
            path = os.path.relpath(os.path.join(folder, name), root)  # noqa: PTH118 (no object for each file)
            if _may_be_named(path):
                yield path


def _may_be_named(path: str) -> bool:
    try:
        return check_path(path) == path
    except UserError:
        return False
