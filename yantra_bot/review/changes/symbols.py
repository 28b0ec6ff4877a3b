"""What happened to each symbol of the changed files, by their facts and text alone: no graph is resolved for it.

Functions and types inside of an added or a removed symbol are named as well, variables of it are not. A symbol whose
inner symbols alone have changed is not named, nor is what is inside of a moved or a renamed one and is as it was. A
renamed file is a module that moved.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.domain.review import ChangedFile, FileStatus, SymbolChange, SymbolChangeKind
from yantra_bot.graphdb.api_diff import find_differences, is_test_path
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.review.changes.outline import CALLABLES, Item, Outline
from yantra_bot.review.changes.pairing import Pairing, pair_symbols
from yantra_bot.review.changes.tokens import Tokens, body_of, without_glue, without_names
from yantra_bot.review.subject import LOOKED_INTO

_CLOSED: Final = frozenset({Visibility.PRIVATE, Visibility.PROTECTED})


class Readable(Protocol):
    """One version, as far as it is needed here."""

    @property
    def facts(self) -> Mapping[str, FileFacts]:
        """By path."""

    @property
    def read(self) -> Callable[[str], bytes | None]:
        """Returns the content of a file."""


def compare_symbols(files: Sequence[ChangedFile], base: Readable, head: Readable) -> tuple[SymbolChange, ...]:
    """Return the changes of all symbols of changed files, in the order of the files and of their lines in the head."""
    opened = [_open(file, base, head) for file in files if file.kind in LOOKED_INTO and not file.skipped]
    counts = _Counts()
    for file, before, after in opened:
        counts.add(file, before, after)
    found = pair_symbols((_module(before), _module(after)) for _, before, after in opened)
    return _Changes(found, counts).describe()


def _open(file: ChangedFile, base: Readable, head: Readable) -> tuple[ChangedFile, Outline | None, Outline | None]:
    before = None if file.status is FileStatus.ADDED else _outline(base, file.base_path)
    after = None if file.status is FileStatus.REMOVED else _outline(head, file.path)
    return file, before, after


def _outline(version: Readable, path: str) -> Outline | None:
    facts, data = version.facts.get(path), version.read(path)
    return None if facts is None or data is None else Outline(facts, data)


def _module(outline: Outline | None) -> Item | None:
    return None if outline is None else outline.module


class _Counts:
    """How many changed lines belong to each symbol."""

    def __init__(self) -> None:
        self.removed: dict[Item, int] = {}
        self.added: dict[Item, int] = {}

    def add(self, file: ChangedFile, before: Outline | None, after: Outline | None) -> None:
        for hunk in file.hunks:
            _count(self.removed, before, hunk.old_start, hunk.old_lines)
            _count(self.added, after, hunk.new_start, hunk.new_lines)


def _count(counts: dict[Item, int], outline: Outline | None, start: int, number: int) -> None:
    if outline is not None and number:
        for item in outline.lines[start - 1 : start - 1 + number]:
            counts[item] = counts.get(item, 0) + 1


class _Changes:
    """Makes the changes of what was paired."""

    def __init__(self, found: Pairing, counts: _Counts) -> None:
        self._found, self._counts = found, counts
        self._partners = dict(found.pairs)
        self._restless = {item.parent for item in (*found.removed, *found.added)}
        """Those that something was taken from, or put into."""
        for one, other in found.pairs:
            if one.symbol.name != other.symbol.name or self._is_moved(one, other):
                self._restless |= {one.parent, other.parent}

    def describe(self) -> tuple[SymbolChange, ...]:
        made = [change for pair in self._found.pairs if (change := self._compare(*pair)) is not None]
        made += [self._make(SymbolChangeKind.REMOVED, one, None) for one in _tellable(self._found.removed)]
        made += [
            self._make(SymbolChangeKind.ADDED, None, one) for one in _tellable(self._found.added) if not one.is_remote
        ]
        return tuple(sorted(made, key=_place))

    def _compare(self, before: Item, after: Item) -> SymbolChange | None:
        is_edited = self._is_edited(before, after)
        if before.symbol.kind is after.symbol.kind is NodeKind.MODULE:
            return self._compare_modules(before, after, is_edited=is_edited)
        breaking = tuple(find_differences(before.symbol, after.symbol)[0]) if is_edited else ()
        kind = self._kind(before, after, is_edited=is_edited, is_breaking=bool(breaking))
        if kind is None:
            return None
        is_body = is_edited and _body(before) != _body(after)
        return self._make(kind, before, after, is_body=is_body, breaking=breaking)

    def _kind(self, before: Item, after: Item, *, is_edited: bool, is_breaking: bool) -> SymbolChangeKind | None:
        if before.symbol.name != after.symbol.name and not self._is_moved(before, after):
            return SymbolChangeKind.RENAMED
        if self._is_moved(before, after):
            return SymbolChangeKind.MOVED
        if is_edited:
            is_of_head = is_breaking or (not _is_value(after) and _head(before) != _head(after))
            return SymbolChangeKind.SIGNATURE if is_of_head else SymbolChangeKind.BODY
        return SymbolChangeKind.FORMAT if self._is_laid_out_anew(before, after) else None

    def _compare_modules(self, before: Item, after: Item, *, is_edited: bool) -> SymbolChange | None:
        if before.symbol.qualified_name != after.symbol.qualified_name:
            return self._make(SymbolChangeKind.MOVED, before, after, is_body=is_edited)
        if is_edited:
            return self._make(SymbolChangeKind.BODY, before, after)
        is_format = self._is_laid_out_anew(before, after)
        return self._make(SymbolChangeKind.FORMAT, before, after) if is_format else None

    def _is_moved(self, before: Item, after: Item) -> bool:
        """Tell whether it stands in another scope now; what went along with what is around it has not moved."""
        if before.parent is None or after.parent is None:
            return before.parent is not after.parent
        return self._partners.get(before.parent) is not after.parent

    def _is_edited(self, before: Item, after: Item) -> bool:
        """Tell whether its own text says something else."""
        if before.is_remote or after.is_remote or before.own_text == after.own_text:
            return False
        old, new = (_nameless(item, item.own_tokens) for item in (before, after))
        if old == new:
            return False
        if self._restless.isdisjoint((before, after)):
            return True
        return without_glue(old) != without_glue(new)

    def _is_laid_out_anew(self, before: Item, after: Item) -> bool:
        """Tell whether comments or layout differ; blank lines, and the ends of lines, do not count."""
        if before.is_remote or after.is_remote or not self._restless.isdisjoint((before, after)):
            return False
        if before.own_text == after.own_text:
            return False
        if before.own_tokens != after.own_tokens:  # what is around it was renamed
            return False
        old, new = ([line.rstrip() for line in item.own_text.split(b"\n") if line.strip()] for item in (before, after))
        return old != new

    def _make(
        self,
        kind: SymbolChangeKind,
        before: Item | None,
        after: Item | None,
        *,
        is_body: bool = False,
        breaking: tuple[str, ...] = (),
    ) -> SymbolChange:
        item = after or before
        if item is None:
            raise AssertionError("a change is of something")
        symbol = item.symbol
        return SymbolChange(
            kind,
            symbol.kind,
            *_told(after),
            *_told(before),
            language=symbol.language,
            is_body_changed=is_body or kind is SymbolChangeKind.BODY,
            is_public=any(_is_public(one) for one in (before, after) if one is not None),
            is_test=symbol.kind is NodeKind.TEST or is_test_path(symbol.path),
            breaking=breaking,
            added=self._counts.added.get(after, 0) if after is not None else 0,
            removed=self._counts.removed.get(before, 0) if before is not None else 0,
        )


def _tellable(items: Sequence[Item]) -> list[Item]:
    """Leave out variables of what came or went itself, such as the fields of a new class."""
    known = set(items)
    return [item for item in items if not (_is_value(item) and item.parent in known)]


def _told(item: Item | None) -> tuple[str, str, int, int, str, str]:
    if item is None:
        return "", "", 0, 0, "", ""
    symbol, span = item.symbol, item.symbol.span
    return symbol.qualified_name, symbol.path, span.line, span.end_line, symbol.signature, symbol.key


def _place(change: SymbolChange) -> tuple[str, int, str]:
    return change.path or change.old_path, change.line or change.old_line, change.name or change.old_name


def _is_public(item: Item) -> bool:
    around = [item, *item.around()]
    if any(one.symbol.kind in CALLABLES for one in around[1:]):
        return False
    return not any(one.symbol.visibility in _CLOSED for one in around) and not item.symbol.name.startswith("_")


def _is_value(item: Item) -> bool:
    return item.symbol.kind is NodeKind.VARIABLE


def _head(item: Item) -> Tokens:
    return tuple(token for token in _nameless(item, item.signature) if token != b",")


def _body(item: Item) -> Tokens:
    return _nameless(item, body_of(item.own_tokens, item.signature))


def _nameless(item: Item, tokens: Tokens) -> Tokens:
    """Return tokens without the item's name and the names of those around it, each of which may have been renamed."""
    return without_names(tokens, [item.symbol.name, *(above.symbol.name for above in item.around())])
