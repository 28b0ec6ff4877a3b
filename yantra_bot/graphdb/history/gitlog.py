"""Asks git for the past and reads its answer, as a stream with limits. It starts no process itself.

Whoever runs git passes a callable: the person's own checkout in the command line, a bare mirror in the worker. The
answer is not trusted: the lines of a hunk are counted, so that no content of a file can pose as a commit.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

GitRunner = Callable[[Sequence[str]], Iterable[bytes]]
"""Runs git with these arguments and yields its output in parts; closing the iteration ends the process.

It raises a YantraError where git fails or takes too long; what was yielded before is used all the same.
"""

MAX_LINE = 16_384
MAX_MESSAGE = 65_536
MAX_HUNKS = 5_000
"""Of one file in one commit; the lines of the others are counted all the same."""
_FIELDS = 7
_INNER = frozenset({b"", b" ", b"\t", b"\r", b"}", b")", b"]", b"#"})
"""What a line inside of a function begins with, or one that says nothing."""

CONFIG = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.quotePath=true",
    "diff.external=",
    "diff.renameLimit=400",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.orderFile=/dev/null",
    "log.showSignature=false",
    "log.showRoot=true",
    "mailmap.file=",
    "protocol.allow=never",
    "safe.directory=*",
)
"""Overrides what a repository's own configuration could make git run, or could change about its answer."""
OPTIONS = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes", "--no-relative"),
    *("--submodule=short", "--src-prefix=a/", "--dst-prefix=b/", "--encoding=UTF-8", "--topo-order"),
    *("-p", "-U0", "--inter-hunk-context=0", "-M", "--diff-algorithm=myers"),
    "--format=%x00%H%x00%P%x00%aN%x00%aE%x00%at%x00%B%x00",
)

_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@ ?(.{0,200})", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def log_arguments(
    revision: str,
    *,
    max_commits: int,
    since: str = "",
    without: Sequence[str] = (),
    more: Sequence[str] = (),
    settings: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the arguments after `git` that tell the past of a revision, newest first; only what `since` has not.

    `without` are commits that are left out, with all before them; `more` are further revisions; `settings` are of git,
    as `name=value`.
    """
    left_out = (f"^{one}" for one in (since, *without) if one)
    count, revisions = f"--max-count={max_commits}", (revision, *more, *left_out)
    config = configure(f"mailmap.blob={revision}:.mailmap", *settings)
    return (*config, "--no-pager", "log", *OPTIONS, count, "--end-of-options", *revisions, "--")


def configure(*more: str) -> tuple[str, ...]:
    """Return the arguments after `git` that override a repository's own configuration."""
    return tuple(word for setting in (*CONFIG, *more) for word in ("-c", setting))


@dataclass(slots=True)
class Hunk:
    """Changed lines: `old_count` from `old_start` became `new_count` from `new_start`. `header` stands beside it."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    header: str = ""
    is_flush: bool = False
    """Whether one of its lines begins something at the left margin: then it is not inside of what the header names."""
    defined: list[str] = field(default_factory=list)
    """Names that its lines define, where that was asked for."""


@dataclass(slots=True)
class FileDiff:
    """What a commit did to one file. The old path is None where it was added, the new one where it was deleted."""

    old_path: str | None
    new_path: str | None
    hunks: list[Hunk] = field(default_factory=list)
    added: int = 0
    removed: int = 0
    is_cut: bool = False


@dataclass(slots=True)
class RawCommit:
    """One commit as git tells it, with the address of its author."""

    sha: str
    parents: tuple[str, ...]
    name: str
    mail: str
    time: int
    message: str
    files: list[FileDiff] = field(default_factory=list)


def parse_log(parts: Iterable[bytes], *, definition: re.Pattern[bytes] | None = None) -> Iterator[RawCommit]:
    """Yield the commits of git's answer. A last one that is cut off is left out; what makes no sense is skipped.

    `definition` matches a line that defines something, the name being its last group that took part.
    """
    parser = _Parser(definition)
    for line in split_lines(parts):
        finished = parser.take(line)
        if finished is not None:
            yield finished
    if parser.commit is not None and parser.left == 0:
        yield parser.commit


def split_lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines without their line feed, each cut at the limit, however long it is."""
    kept = b""
    is_skipping = False
    for part in parts:
        lines = part.split(b"\n")
        for line in lines[:-1]:
            if not is_skipping:
                yield (kept + line)[:MAX_LINE] if kept else line[:MAX_LINE]
            kept, is_skipping = b"", False
        if is_skipping:
            continue
        kept += lines[-1]
        if len(kept) > MAX_LINE:
            yield kept[:MAX_LINE]
            kept, is_skipping = b"", True
    if kept:
        yield kept


class _Parser:
    """The state between two lines of the answer."""

    def __init__(self, definition: re.Pattern[bytes] | None = None) -> None:
        self._definition = definition
        self.commit: RawCommit | None = None
        self.left = 0
        """Lines that still belong to the open hunk."""
        self._head: bytearray | None = None
        self._file: FileDiff | None = None

    def take(self, line: bytes) -> RawCommit | None:
        """Take a line; return the commit before when this one begins another."""
        if self._head is not None:
            self._continue_head(line)
            return None
        if self.left > 0:
            self.left -= not line.startswith(b"\\")
            if self._file is not None and self._file.hunks:
                self._take_line(self._file.hunks[-1], line)
            return None
        if line.startswith(b"\0"):
            finished, self.commit, self._file = self.commit, None, None
            self._head = bytearray()
            self._continue_head(line)
            return finished
        if self.commit is not None:
            self._take_diff(line)
        return None

    def _take_line(self, hunk: Hunk, line: bytes) -> None:
        if line[1:2] not in _INNER:
            hunk.is_flush = True
        if self._definition is not None and (found := self._definition.match(line, 1)) is not None:
            hunk.defined.append(found[found.lastindex or 0].decode("utf-8", "replace"))

    def _continue_head(self, line: bytes) -> None:
        head = self._head
        if head is None:
            raise AssertionError("a head is open")
        if len(head) < MAX_MESSAGE or b"\0" in line:
            head += line + b"\n"
        if head.count(b"\0") >= _FIELDS:
            self.commit, self._head = _read_head(bytes(head)), None

    def _take_diff(self, line: bytes) -> None:
        commit, file = self.commit, self._file
        if commit is None:
            return
        if line.startswith(b"diff --git "):
            path = _same_path(line[11:])
            self._file = FileDiff(path, path)
            commit.files.append(self._file)
        elif file is not None and line.startswith(b"@@ "):
            self._take_hunk(file, line)
        elif file is not None:
            _take_extended(file, line)

    def _take_hunk(self, file: FileDiff, line: bytes) -> None:
        found = _HUNK.match(line)
        if found is None:
            return
        numbers = (found[1], found[2] or b"1", found[3], found[4] or b"1")
        old_start, old_count, new_start, new_count = (int(number) for number in numbers)
        self.left = old_count + new_count
        file.added += new_count
        file.removed += old_count
        if len(file.hunks) < MAX_HUNKS:
            header = found[5].decode("utf-8", "replace").strip()
            file.hunks.append(Hunk(old_start, old_count, new_start, new_count, header))
        else:
            file.is_cut = True


def _read_head(head: bytes) -> RawCommit | None:
    _, sha, parents, name, mail, time, message, *_ = head.decode("utf-8", "replace").split("\0")
    if not sha or not time.lstrip("-").isdigit():
        return None
    return RawCommit(sha, tuple(parents.split()), name, mail, int(time), message.strip())


def _take_extended(file: FileDiff, line: bytes) -> None:
    """Read a line between the head of a file and its hunks."""
    if line.startswith(b"--- "):
        file.old_path = _path_of(line[4:], b"a/")
    elif line.startswith(b"+++ "):
        file.new_path = _path_of(line[4:], b"b/")
    elif line.startswith(b"rename from "):
        file.old_path = _path_of(line[12:], b"")
    elif line.startswith(b"rename to "):
        file.new_path = _path_of(line[10:], b"")
    elif line.startswith(b"new file mode"):
        file.old_path = None
    elif line.startswith(b"deleted file mode"):
        file.new_path = None


def _path_of(text: bytes, prefix: bytes) -> str | None:
    text = text.rstrip(b"\r\t")
    if text == b"/dev/null":
        return None
    if text.startswith(b'"') and text.endswith(b'"'):
        text = _ESCAPE.sub(_unescape, text[1:-1])
    return text.removeprefix(prefix).decode("utf-8", "replace")


def _unescape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _ESCAPED.get(code, code)


def _same_path(text: bytes) -> str | None:
    """Return the path of `a/x b/x`, where both are the same; renames and oddities tell it on later lines."""
    half = (len(text) - 1) // 2
    old, new = text[:half], text[half + 1 :]
    if old.startswith(b'"'):
        return _path_of(old, b"a/") if _path_of(old, b"a/") == _path_of(new, b"b/") else None
    return old[2:].decode("utf-8", "replace") if old[2:] == new[2:] and old.startswith(b"a/") else None
