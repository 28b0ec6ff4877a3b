"""The difference of a change by symbol: what is the same is left out, what only moved or was reformatted says so. Pure.

The sentences quote names as `quoting` says; the summary, the terminal and pages lay them out.
"""

from dataclasses import dataclass, field

from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Review, SymbolChange, SymbolChangeKind
from yantra_bot.replies.review.quoting import count, names, quote

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
    changes = sorted(found.changes, key=lambda one: (_ORDER.index(one.kind), one.line or one.old_line))
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
    text = {
        SymbolChangeKind.ADDED: f"new {kind} {name}",
        SymbolChangeKind.REMOVED: f"removed {kind} {quote(_short(change.old_key, change.old_name))}",
        SymbolChangeKind.RENAMED: f"{quote(_short(change.old_key, change.old_name))} is now {name}, {_rest(change)}",
        SymbolChangeKind.MOVED: f"{name} moved from {quote(change.old_path)}, {_rest(change)}",
        SymbolChangeKind.SIGNATURE: f"{name}: signature changed" + (", body too" if change.is_body_changed else ""),
        SymbolChangeKind.BODY: f"{name}: body changed",
        SymbolChangeKind.FORMAT: f"{name}: only comments or formatting",
    }[change.kind]
    size = f" (+{change.added} −{change.removed})" if change.added or change.removed else ""
    line = change.line or change.old_line
    return Row(SIGNS[change.kind], text + size, line, bool(change.breaking), tuple(_more(change)))


def _rest(change: SymbolChange) -> str:
    return "and was edited" if change.is_body_changed else "otherwise unchanged"


def _more(change: SymbolChange) -> list[str]:
    said = []
    before, after = change.old_signature, change.signature
    if change.kind is not SymbolChangeKind.REMOVED and before and after and before != after:
        said.append(f"was {quote(before, MAX_SIGNATURE)}")
        said.append(f"now {quote(after, MAX_SIGNATURE)}")
    if change.breaking:
        said.append(f"breaks callers: {'; '.join(change.breaking[:3])}")
    return said


def short_name(change: SymbolChange) -> str:
    """Return what a symbol is called inside of its file."""
    return _short(change.key, change.name) if change.name else _short(change.old_key, change.old_name)


def _short(key: str, name: str) -> str:
    return key.partition("::")[2] or name


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
