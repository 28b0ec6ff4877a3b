"""The difference of a change by symbol: what is the same is left out, what only moved or was reformatted says so. Pure.

The sentences quote names as `quoting` says; the summary, the terminal and pages lay them out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Review, SymbolChange, SymbolChangeKind
from yantra_bot.replies.review.quoting import count, listed, names, quote
from yantra_bot.replies.review.signatures import narrow

SIGNS = {
    SymbolChangeKind.ADDED: "+",
    SymbolChangeKind.REMOVED: "−",
    SymbolChangeKind.RENAMED: "→",
    SymbolChangeKind.MOVED: "→",
    SymbolChangeKind.SIGNATURE: "!",
    SymbolChangeKind.BODY: "~",
    SymbolChangeKind.FORMAT: "·",
}
MAX_SIGNATURE = 110
_SORTS = {
    FileKind.SOURCE: "source file",
    FileKind.TEST: "test file",
    FileKind.CONFIGURATION: "configuration file",
    FileKind.DEPENDENCIES: "dependency file",
    FileKind.DOCUMENT: "document",
    FileKind.GENERATED: "generated file",
    FileKind.VENDORED: "vendored file",
    FileKind.BINARY: "binary file",
    FileKind.SYMLINK: "symbolic link",
    FileKind.SUBMODULE: "submodule",
}
_ORDER = (
    SymbolChangeKind.SIGNATURE,
    SymbolChangeKind.REMOVED,
    SymbolChangeKind.RENAMED,
    SymbolChangeKind.BODY,
    SymbolChangeKind.ADDED,
    SymbolChangeKind.MOVED,
)
_KINDS = (
    FileKind.SOURCE,
    FileKind.DEPENDENCIES,
    FileKind.CONFIGURATION,
    FileKind.OTHER,
    FileKind.DOCUMENT,
    FileKind.TEST,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One symbol that is not as it was."""

    sign: str
    text: str
    """A sentence without its end."""
    line: int
    """In the head; in the base for a removed one."""
    is_breaking: bool = False
    more: tuple[str, ...] = ()
    """Sentences that belong below it: the signature before and after, how callers break."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """One changed file with its symbols, the weightiest first."""

    file: ChangedFile
    note: str
    """What happened to the file as a whole, a sentence without its end; may be empty."""
    rows: tuple[Row, ...] = ()
    quiet: str = ""
    """The symbols of which only comments or formatting changed, in one sentence; empty where there is none."""

    @property
    def is_telling(self) -> bool:
        """Whether there is more to say of it than its size."""
        return bool(self.rows or self.quiet or self.file.skipped or self.file.old_path)


@dataclass(slots=True)
class _Found:
    changes: list[SymbolChange] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)


def diff_by_symbol(review: Review) -> tuple[FileRows, ...]:
    """Return every changed file: code first, tests last, each with its symbols."""
    found: dict[str, _Found] = {file.path: _Found() for file in review.files}
    files = {file.path: file for file in review.files}
    for change in review.symbols:
        path = change.path or change.old_path
        place = found.get(path) or found.get(_new_path(review, path))
        if place is None:
            continue
        if change.kind is SymbolChangeKind.FORMAT:
            place.quiet.append(short_name(change))
        else:
            place.changes.append(change)
    rows = [_describe_file(files[path], one) for path, one in found.items()]
    return tuple(sorted(rows, key=lambda one: (_rank(one.file.kind), not one.rows, one.file.path)))


def _new_path(review: Review, path: str) -> str:
    return next((file.path for file in review.files if file.old_path == path), "")


def _rank(kind: FileKind) -> int:
    return _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


def _describe_file(file: ChangedFile, found: _Found) -> FileRows:
    of_file = {FileStatus.ADDED: SymbolChangeKind.ADDED, FileStatus.REMOVED: SymbolChangeKind.REMOVED}.get(file.status)
    told = [one for one in found.changes if one.symbol_kind is not NodeKind.MODULE or one.kind is not of_file]
    changes = sorted(told, key=lambda one: (_ORDER.index(one.kind), one.line or one.old_line))
    quiet = f"only comments or formatting: {names(found.quiet)}" if found.quiet else ""
    return FileRows(file, _note(file, is_quiet=bool(quiet) and not changes), tuple(map(describe, changes)), quiet)


def _note(file: ChangedFile, *, is_quiet: bool) -> str:
    said = []
    if file.status is FileStatus.RENAMED or file.old_path:
        same = ", unchanged" if not file.added + file.removed and not file.skipped else ""
        said.append(f"renamed from {quote(file.old_path)}{same}")
    elif file.status is not FileStatus.MODIFIED:
        said.append({FileStatus.ADDED: "new", FileStatus.REMOVED: "removed"}.get(file.status, str(file.status)))
    if file.kind not in (FileKind.SOURCE, FileKind.OTHER) and str(file.kind) != file.skipped:
        said.append(str(file.kind))
    if file.skipped:
        said.append(f"not looked into: {file.skipped}")
    if is_quiet:
        said.append("nothing else changed")
    return ", ".join(said)


def describe(change: SymbolChange) -> Row:
    """Return one change in words."""
    name, kind = quote(short_name(change)), str(change.symbol_kind)
    if change.symbol_kind is NodeKind.MODULE and change.kind is SymbolChangeKind.BODY:
        return Row(SIGNS[change.kind], f"code outside of functions and classes changed{_size(change)}", change.line)
    text = {
        SymbolChangeKind.ADDED: f"new {kind} {name}",
        SymbolChangeKind.REMOVED: f"removed {kind} {quote(_short(change.old_key, change.old_name))}",
        SymbolChangeKind.RENAMED: f"{quote(_short(change.old_key, change.old_name))} is now {name}, {_rest(change)}",
        SymbolChangeKind.MOVED: f"{name} moved from {quote(change.old_path)}, {_rest(change)}",
        SymbolChangeKind.SIGNATURE: f"{name}: signature changed" + (", body too" if change.is_body_changed else ""),
        SymbolChangeKind.BODY: f"{name}: {'value' if change.symbol_kind is NodeKind.VARIABLE else 'body'} changed",
        SymbolChangeKind.FORMAT: f"{name}: only comments or formatting",
    }[change.kind]
    line = change.line or change.old_line
    return Row(SIGNS[change.kind], text + _size(change), line, bool(change.breaking), tuple(_more(change)))


def _size(change: SymbolChange) -> str:
    return f" (+{change.added} −{change.removed})" if change.added or change.removed else ""


def _rest(change: SymbolChange) -> str:
    return "and was edited" if change.is_body_changed else "otherwise unchanged"


def _more(change: SymbolChange) -> list[str]:
    said = []
    before, after = change.old_signature, change.signature
    if change.kind is not SymbolChangeKind.REMOVED and before and after and before != after:
        was, now = narrow(before, after, MAX_SIGNATURE)
        said += [f"was {quote(was, MAX_SIGNATURE)}", f"now {quote(now, MAX_SIGNATURE)}"]
    if change.breaking:
        said.append(f"callers have to follow: {listed(change.breaking, 3)}")
    return said


def short_name(change: SymbolChange) -> str:
    """Return what a symbol is called inside of its file."""
    return _short(change.key, change.name) if change.name else _short(change.old_key, change.old_name)


def _short(key: str, name: str) -> str:
    return key.partition("::")[2] or name


def gather(files: Sequence[FileRows]) -> list[str]:
    """Return files without symbols to tell, a sentence for each sort of file, such as `3 documents`."""
    found: dict[str, list[str]] = {}
    for one in files:
        found.setdefault(_SORTS.get(one.file.kind, "other file"), []).append(one.file.path)
    return [f"{count(len(paths), sort)}: {names(paths, 4)}" for sort, paths in found.items()]


def sum_up(rows: Sequence[Row]) -> str:
    """Return rows in numbers, such as `14 new, 8 edited`."""
    words = {"!": "with another signature", "−": "removed", "~": "edited", "+": "new", "→": "moved or renamed"}
    found = Counter(row.sign for row in rows)
    return ", ".join(f"{found[sign]:,} {word}" for sign, word in words.items() if found[sign])


def count_kinds(review: Review) -> str:
    """Return the change of symbols in numbers, such as `2 signatures changed, 1 new, 4 only reformatted`."""
    words = {
        SymbolChangeKind.SIGNATURE: "with another signature",
        SymbolChangeKind.REMOVED: "removed",
        SymbolChangeKind.RENAMED: "renamed",
        SymbolChangeKind.BODY: "edited",
        SymbolChangeKind.ADDED: "new",
        SymbolChangeKind.MOVED: "moved",
        SymbolChangeKind.FORMAT: "only reformatted",
    }
    numbers = {kind: sum(change.kind is kind for change in review.symbols) for kind in words}
    told = [f"{number:,} {words[kind]}" for kind, number in numbers.items() if number]
    return ", ".join(told) or count(0, "symbol")
