"""Ties each commit to today's symbols: whose lines it changed, followed through later changes and renames. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from yantra_bot.domain.graph import NodeKind, Symbol
from yantra_bot.domain.history import Touch, TouchEvidence
from yantra_bot.graphdb.history.gitlog import FileDiff, Hunk, RawCommit
from yantra_bot.graphdb.history.lines import FileSymbols, LineMap

MAX_FILES = 200
"""A commit of more files than this is tied to files alone: it moves or reformats, and says little about symbols."""

MAX_GAPS = 100
LINEAR = 0.95
MERGED = 0.8
"""Where branches were merged after the commit, its lines are found less surely."""
AROUND = 0.7
HEADER = 0.5

_CONTAINERS = frozenset({NodeKind.CLASS, NodeKind.TYPE})
"""What was removed from between its members was a member, and is gone."""
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


class Toucher:
    """Takes commits newest first, each with its files, and ties them to symbols."""

    def __init__(self, symbols: Iterable[Symbol]) -> None:
        by_path: defaultdict[str, list[Symbol]] = defaultdict(list)
        for symbol in symbols:
            if symbol.path:
                by_path[symbol.path].append(symbol)
        self._symbols: Mapping[str, list[Symbol]] = by_path
        self._files: dict[str, FileSymbols] = {}
        self._maps: dict[str, LineMap] = {}
        self._names: dict[str, str | None] = {}
        """What files of the version in hand are called today; None for one that is gone. Others kept their name."""
        self._is_linear = True
        self._next: str | None = None

    def take(self, commit: RawCommit) -> list[Touch]:
        """Return what the commit touched, and go back over it."""
        self._is_linear = self._is_linear and self._next in {None, commit.sha} and len(commit.parents) < 2
        self._next = commit.parents[0] if commit.parents else None
        touches: list[Touch] = []
        for file in commit.files:
            name = self._name_today(file)
            if name is not None:
                touches += self._touch_file(commit, file, name)
            elif file.new_path or file.old_path:
                path = file.new_path or file.old_path or ""
                touches.append(_file_touch(commit, path, file.added, file.removed))
        for file in commit.files:
            self._go_back(file)
        return touches

    def _name_today(self, file: FileDiff) -> str | None:
        path = file.new_path
        if path is None:
            return None
        return self._names.get(path, path)

    def _touch_file(self, commit: RawCommit, file: FileDiff, name: str) -> list[Touch]:
        own = self._symbols.get(name)
        if not own or len(commit.files) > MAX_FILES:
            return [_file_touch(commit, name, file.added, file.removed)]
        if name not in self._files:
            self._files[name] = FileSymbols(own)
        symbols, lines = self._files[name], self._maps.get(name) or LineMap()
        counts: dict[tuple[str | None, TouchEvidence], list[int]] = {}
        for hunk in file.hunks:
            for key, evidence, added, removed in _attribute(symbols, lines, hunk):
                sums = counts.setdefault((key, evidence), [0, 0])
                sums[0] += added
                sums[1] += removed
        return self._as_touches(commit, name, counts) or [_file_touch(commit, name, file.added, file.removed)]

    def _as_touches(
        self, commit: RawCommit, path: str, counts: Mapping[tuple[str | None, TouchEvidence], Sequence[int]]
    ) -> list[Touch]:
        """Return one touch for each symbol, with its surest evidence."""
        merged: dict[str | None, tuple[TouchEvidence, int, int]] = {}
        order = list(TouchEvidence)
        for (key, evidence), (added, removed) in sorted(counts.items(), key=lambda one: order.index(one[0][1])):
            best, more, less = merged.get(key, (evidence, 0, 0))
            merged[key] = best, more + added, less + removed
        sure = LINEAR if self._is_linear else MERGED
        confidences = {TouchEvidence.LINES: sure, TouchEvidence.AROUND: AROUND, TouchEvidence.HEADER: HEADER}
        return [
            Touch(commit.sha, path, key, added, removed, confidences.get(evidence, 1.0), evidence)
            for key, (evidence, added, removed) in merged.items()
        ]

    def _go_back(self, file: FileDiff) -> None:
        """Let names and lines be those of the version before."""
        old, new = file.old_path, file.new_path
        today = self._name_today(file)
        if new is not None and new != old:
            self._names[new] = None
        if old is not None and new is None:
            self._names[old] = None
        if old is None or today is None:
            return
        if old != new:
            self._names[old] = today
        if today in self._symbols:
            lines = self._maps.setdefault(today, LineMap())
            lines.undo(file.hunks)
            if file.is_cut:
                self._names[old] = None


def _attribute(symbols: FileSymbols, lines: LineMap, hunk: Hunk) -> list[tuple[str | None, TouchEvidence, int, int]]:
    """Return symbol, evidence, added and removed lines of one hunk; the removed ones go to its main symbol."""
    counts: dict[str | None, int] = {}
    for first, last in lines.today(hunk.new_start, hunk.new_count):
        for key, count in symbols.split(first, last).items():
            counts[key] = counts.get(key, 0) + count
    found = [(key, TouchEvidence.LINES if key else TouchEvidence.FILE, count, 0) for key, count in counts.items()]
    gaps = lines.gaps(hunk.new_start, hunk.new_count)
    for first, last in gaps[:MAX_GAPS]:
        found.append((*_guess(symbols, lines, first - 1, last + 1, hunk), last - first + 1, 0))
    if not found:
        found.append((*_guess(symbols, lines, hunk.new_start, hunk.new_start + 1, hunk), 0, 0))
    main = max(range(len(found)), key=lambda place: (found[place][0] is not None, found[place][2]))
    key, evidence, added, _ = found[main]
    found[main] = key, evidence, added, hunk.old_count
    return found


def _guess(
    symbols: FileSymbols, lines: LineMap, above: int, below: int, hunk: Hunk
) -> tuple[str | None, TouchEvidence]:
    """Return the symbol of lines that are no more, between lines `above` and `below` of that version.

    It is the one that holds what is left around them, or the one of git's header.
    """
    before, after = lines.before(above + 1), lines.after(below - 1)
    around = symbols.around(before, after)
    has_header = bool(hunk.header) and not hunk.is_flush and above < hunk.new_start + (hunk.new_count == 0)
    named = symbols.named(hunk.header, _WORD.findall(hunk.header)) if has_header else None
    if around is not None and around.kind not in _CONTAINERS:
        return around.key, TouchEvidence.AROUND
    beside = symbols.beside(before, after)
    if beside is not None and beside.kind not in _CONTAINERS:
        return beside.key, TouchEvidence.AROUND
    if named is not None and named.kind not in _CONTAINERS:
        return named.key, TouchEvidence.HEADER
    return None, TouchEvidence.FILE


def _file_touch(commit: RawCommit, path: str, added: int, removed: int) -> Touch:
    return Touch(commit.sha, path, None, added, removed, 1.0, TouchEvidence.FILE)
