"""The commits that came into production last, each as the functions that it changed, with the lines. Reads only.

A commit is one of the first parents' line: a merged pull request counts as one, since that is what is taken back.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.graph import Language, NodeKind, Problem
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, ReviewRules, SymbolChange, SymbolChangeKind
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.discovery import check_source
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.lowering import lower
from yantra_bot.review.changes.diff import Limits, compare_trees
from yantra_bot.review.changes.files import read_changes
from yantra_bot.review.changes.outline import Outline
from yantra_bot.review.changes.symbols import compare_symbols
from yantra_bot.review.subject import LOOKED_INTO
from yantra_bot.review.trees import Tree, Trees

MOST_TEXT: Final = 40_000
"""Characters of the changed lines of one function that are looked at."""
_LIMITS: Final = Limits(files=400, lines=30_000, file_lines=10_000)
_FORMAT: Final = "%H%x00%P%x00%aN%x00%at%x00%s"
_PULL: Final = re.compile(r"\(#(\d{1,9})\)\s*$|^Merge pull request #(\d{1,9}) ")
_QUIET: Final = frozenset({FileKind.DOCUMENT, FileKind.TEST, FileKind.VENDORED, FileKind.GENERATED, FileKind.BINARY})
_ALL: Final = ReviewRules()


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. Texts are a stranger's."""

    id: str
    parent: str
    author: str
    at: int
    title: str
    is_new: bool = True
    """Whether it came after what served well before."""

    @property
    def pull_request(self) -> int:
        """Return the number of the pull request that its title names; 0: none."""
        found = _PULL.search(self.title)
        return int(found[1] or found[2]) if found else 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One function, type, variable or file as one commit changed it."""

    commit: Commit
    name: str
    """Qualified; empty for a file that no graph reads."""
    key: str
    path: str
    line: int
    added: str
    removed: str
    is_code: float
    """1 for code, less for settings, 0 for tests, pages and layout."""
    kind: NodeKind | None = None
    lines: int = 0
    language: Language | None = None


@dataclass
class Past:
    """Reads commits; what two of them share is parsed once."""

    trees: Trees
    _facts: dict[tuple[str, str], FileFacts | None] = field(default_factory=dict)

    def commits(self, serves: str, good: str, *, most: int) -> tuple[tuple[Commit, ...], list[str]]:
        """Return the commits, newest first, and what is to be said of them. Raises UserError, Transient, Permanent."""
        gaps: list[str] = []
        if good == serves:
            gaps.append("What serves is what served well before: older commits are looked at.")
        news = self._list(serves, good, most) if good and good != serves else None
        if good and news is None and good != serves:
            gaps.append(f"What served before ({good[:12]}) is not in the past that could be read.")
        if news:
            return news, gaps
        older = self._list(serves, "", min(most, 20)) or ()
        if not good:
            gaps.append(f"Which commit served well before is unknown: the newest {len(older)} are looked at.")
        return older, gaps

    def _list(self, serves: str, good: str, most: int) -> tuple[Commit, ...] | None:
        without = (f"^{good}",) if good else ()
        words = ("--no-pager", "log", "--first-parent", f"--max-count={most}", f"--format={_FORMAT}")
        try:
            told = b"".join(self.trees.ask(*words, "--end-of-options", serves, *without, "--"))
        except UserError:
            if not good:
                raise
            return None
        return tuple(
            commit for line in told.decode("utf-8", "replace").split("\n") if (commit := _read_commit(line)) is not None
        )

    def wrote(self, serves: str, path: str, line: int) -> str:
        """Return the commit that wrote a line of what serves; empty where git cannot tell."""
        words = ("blame", "--porcelain", "--first-parent", "-L", f"{line},{line}", serves, "--", path)
        try:
            return b"".join(self.trees.ask(*words))[:64].decode("ascii", "replace").partition(" ")[0]
        except YantraError:
            return ""

    def pieces(self, commit: Commit) -> list[Piece]:
        """Return what a commit changed. Raises UserError, Permanent."""
        base, head = self.trees.open(commit.parent), self.trees.open(commit.id)
        raw = compare_trees(self.trees, commit.parent, commit.id, _LIMITS)
        files = read_changes(raw, base, head, _ALL, _LIMITS).files
        sides = _Side(base, self), _Side(head, self)
        for file in files:
            if file.kind in LOOKED_INTO and not file.skipped:
                sides[0].take(file.base_path)
                sides[1].take(file.path)
        made = _Pieces(commit, *sides)
        symbols = compare_symbols(files, *sides)
        return [*made.of_symbols(files, symbols), *made.of_files(files, {one.path or one.old_path for one in symbols})]

    def facts(self, tree: Tree, path: str) -> FileFacts | None:
        """Return what a file of a version says; None where no graph reads it."""
        entry = tree.entries.get(path)
        if entry is None:
            return None
        key = (path, entry.object_id)
        if key not in self._facts:
            data = tree.read(path)
            source = None if data is None else check_source(path, data)
            self._facts[key] = None if source is None or isinstance(source, Problem) else lower(source)
        return self._facts[key]


class _Side:
    """One version, as far as it is compared."""

    def __init__(self, tree: Tree, past: Past) -> None:
        self._tree, self._past = tree, past
        self.facts: dict[str, FileFacts] = {}
        self.read: Callable[[str], bytes | None] = tree.read

    def take(self, path: str) -> None:
        found = self._past.facts(self._tree, path)
        if found is not None:
            self.facts[path] = found

    def lines(self, path: str) -> list[str]:
        return (self.read(path) or b"").decode("utf-8", "replace").split("\n")

    def owners(self, path: str) -> list[str]:
        """Return the key of the innermost symbol of each line; none where the file was not read."""
        facts, data = self.facts.get(path), self.read(path)
        if facts is None or data is None:
            return []
        return [item.symbol.key for item in Outline(facts, data).lines]


class _Pieces:
    """Makes the pieces of one commit."""

    def __init__(self, commit: Commit, base: _Side, head: _Side) -> None:
        self._commit, self._base, self._head = commit, base, head

    def of_symbols(self, files: Sequence[ChangedFile], symbols: Iterable[SymbolChange]) -> Iterable[Piece]:
        """Yield one piece for each changed symbol."""
        added: dict[str, list[str]] = {}
        removed: dict[str, list[str]] = {}
        for file in files:
            if file.kind in LOOKED_INTO and not file.skipped:
                new = [(hunk.new_start, hunk.new_lines) for hunk in file.hunks]
                old = [(hunk.old_start, hunk.old_lines) for hunk in file.hunks]
                _share(added, self._head.lines(file.path), self._head.owners(file.path), new)
                _share(removed, self._base.lines(file.base_path), self._base.owners(file.base_path), old)
        for change in symbols:
            news, olds = added.get(change.key, []), removed.get(change.old_key, [])
            yield Piece(
                self._commit,
                change.name or change.old_name,
                change.key or change.old_key,
                change.path or change.old_path,
                change.line or change.old_line,
                "\n".join(news)[:MOST_TEXT],
                "\n".join(olds)[:MOST_TEXT],
                _worth(change),
                change.symbol_kind,
                len(news) + len(olds),
                change.language,
            )

    def of_files(self, files: Sequence[ChangedFile], told: set[str]) -> Iterable[Piece]:
        """Yield one piece for each changed file of which no symbol was told."""
        for file in files:
            if file.path in told or file.kind in _QUIET:
                continue
            new = _pick(self._head.lines(file.path), [(hunk.new_start, hunk.new_lines) for hunk in file.hunks])
            old = (
                []
                if file.status is FileStatus.ADDED
                else _pick(self._base.lines(file.base_path), [(hunk.old_start, hunk.old_lines) for hunk in file.hunks])
            )
            line = file.hunks[0].new_start if file.hunks else 1
            text = "\n".join(new)[:MOST_TEXT], "\n".join(old)[:MOST_TEXT]
            yield Piece(self._commit, "", "", file.path, line, *text, 0.5, None, len(new) + len(old))


def _read_commit(line: str) -> Commit | None:
    parts = line.split("\0")
    if len(parts) != 5 or not parts[1]:  # the first one that is known: what it changed cannot be told
        return None
    return Commit(parts[0], parts[1].split()[0], parts[2][:100], int(parts[3] or 0), parts[4][:300])


def _worth(change: SymbolChange) -> float:
    return 0.0 if change.is_test or change.kind is SymbolChangeKind.FORMAT else 1.0


def _share(found: dict[str, list[str]], lines: list[str], owners: list[str], hunks: list[tuple[int, int]]) -> None:
    """Give each changed line to the symbol that it belongs to."""
    for start, count in hunks:
        for at in range(start - 1, min(start - 1 + count, len(lines), len(owners))):
            found.setdefault(owners[at], []).append(lines[at])


def _pick(lines: list[str], hunks: list[tuple[int, int]]) -> list[str]:
    return [line for start, count in hunks for line in lines[max(start - 1, 0) : start - 1 + count]]
