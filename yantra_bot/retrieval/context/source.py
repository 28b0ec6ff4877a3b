"""Pieces of files as they are shown: lines cut out of a tree's own text, whole or without some statements.

It reads files through what it is given, each once, and never writes.
"""

from dataclasses import dataclass, replace
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.paths import protection
from yantra_bot.retrieval.chunking import MAX_BYTES, cut_file
from yantra_bot.retrieval.chunking.grammars import grammar_of
from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.context.long_code import GAP_TOKENS, Lines, divide, pick
from yantra_bot.retrieval.context.parts import Read
from yantra_bot.retrieval.context.purse import TokenCounter
from yantra_bot.sandbox.output import escape

_MOST_PER_TOKEN: Final = 128
"""Characters of the longest token."""
_TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines of a file that are to be shown; of what is too long, what speaks of the task."""

    path: str
    name: str
    first: int
    last: int
    task: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file, with the line of their place above. Lines count from 1, the last one included."""

    text: str
    first: int
    last: int
    is_exact: bool
    """Whether what is shown is the file's own text and may be edited."""
    rest: int = 0
    """Lines between the first and the last wanted that are left out."""


class Sources:
    """The files of a tree, read once."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lines: dict[str, list[str] | None] = {}
        self._chunks: dict[str, list[Chunk]] = {}
        self._data: dict[str, bytes | None] = {}
        self._roots: dict[str, Node | None] = {}

    def lines(self, path: str) -> list[str] | None:
        """Return the lines of a file without their ends; None where it is not there or no text."""
        if path not in self._lines:
            data = self._bytes(path)
            is_text = data is not None and b"\0" not in data and len(data) <= MAX_BYTES
            self._lines[path] = _split(data) if data is not None and is_text else None
        return self._lines[path]

    def chunks(self, path: str) -> list[Chunk]:
        """Return the chunks of a file, none where it is not there."""
        if path not in self._chunks:
            data = self._bytes(path)
            self._chunks[path] = cut_file(path, data) if data is not None else []
        return self._chunks[path]

    def is_utf8(self, path: str) -> bool:
        """Tell whether a file is text in UTF-8, so that what is shown of it is what is in it."""
        data = self._bytes(path)
        try:
            return data is not None and bool(data.decode() or True)
        except UnicodeDecodeError:
            return False

    def root(self, path: str) -> Node | None:
        """Return the syntax tree of a file, None where it has none."""
        if path not in self._roots:
            grammar, data = grammar_of(path), self._bytes(path)
            text = None if grammar is None or data is None else data.decode("utf-8", "replace").encode()
            self._roots[path] = None if grammar is None or text is None else grammar.parser.parse(text).root_node
        return self._roots[path]

    def _bytes(self, path: str) -> bytes | None:
        if path not in self._data:
            self._data[path] = self._read(path)
        return self._data[path]


def _split(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    return [line.removesuffix("\r") for line in text.split("\n")]


def cut_piece(sources: Sources, counter: TokenCounter, wanted: Wanted, limit: int) -> Piece | None:
    """Return lines of a file that have at most `limit` tokens with their heading.

    Of what is too long whole statements are left out, and it says so. None where the file is not there, has no such
    lines, or where not even the beginning fits.
    """
    lines = sources.lines(wanted.path)
    if lines is None or not 1 <= wanted.first <= wanted.last or wanted.first > len(lines):
        return None
    wanted = replace(wanted, last=min(wanted.last, len(lines)))
    is_exact = sources.is_utf8(wanted.path) and protection(wanted.path) is None
    whole = _show(wanted, lines, [(wanted.first, wanted.last)], is_exact=is_exact)
    # No token has more characters than the longest; only what may fit is counted.
    if len(whole.text) <= limit * _MOST_PER_TOKEN and counter.count(whole.text) <= limit:
        return whole
    ranges = divide(sources.root(wanted.path), wanted.first, wanted.last)
    room = limit - counter.count(whole.text.partition("\n")[0]) - GAP_TOKENS
    for _ in range(_TRIES):
        picked = pick(lines, ranges, wanted.task, counter.count, room)
        piece = _show(wanted, lines, picked, is_exact=is_exact) if picked else None
        if piece is None or counter.count(piece.text) <= limit:
            return piece
        room -= limit // 8 + 1  # headings and marks cost more than was thought
    return None


def _show(wanted: Wanted, lines: list[str], ranges: list[Lines], *, is_exact: bool) -> Piece:
    own = ["\n".join(lines[first - 1 : last]) for first, last in ranges]
    shown = [escape(text) for text in own]
    is_exact = is_exact and shown == own
    note = "" if is_exact else _why_not(wanted.path, is_escaped=shown != own)
    ends = [*(last for _, last in ranges), wanted.last]
    parts = [f"{escape(wanted.path)}, {_said(ranges, wanted)}{f': {escape(wanted.name)}' if wanted.name else ''}{note}"]
    for place, text in enumerate(shown):
        following = ranges[place + 1][0] if place + 1 < len(ranges) else wanted.last + 1
        parts.append(text)
        if following > ends[place] + 1:
            parts.append(f"[… {range_of(ends[place] + 1, following - 1)} left out: read them in the file …]")
    rest = wanted.last - wanted.first + 1 - sum(last - first + 1 for first, last in ranges)
    return Piece("\n".join(parts), wanted.first, ends[-2], is_exact, rest)


def _said(ranges: list[Lines], wanted: Wanted) -> str:
    if ranges == [(wanted.first, wanted.last)]:
        return range_of(wanted.first, wanted.last)
    return f"parts of {range_of(wanted.first, wanted.last)}"


def range_of(first: int, last: int) -> str:
    """Return lines as they are said: `line 7`, `lines 7-9`."""
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _why_not(path: str, *, is_escaped: bool) -> str:
    reason = protection(path)
    if reason is not None:
        return f" (not for a change: {reason})"
    return " (invisible characters are shown as escapes)" if is_escaped else " (not all of it is UTF-8)"
