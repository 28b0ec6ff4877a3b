"""Pieces of files as they are shown: lines cut out of a tree's own text, whole or up to the end of a statement.

It reads files through what it is given, each once, and never writes.
"""

from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.paths import protection
from yantra_bot.retrieval.chunking import MAX_BYTES, cut_file
from yantra_bot.retrieval.chunking.grammars import grammar_of
from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.context.parts import Read
from yantra_bot.retrieval.context.purse import TokenCounter
from yantra_bot.sandbox.output import escape

LEAST_CUT: Final = 3
"""Lines that have to be left of a piece that is cut; fewer tell nothing."""
_NOTE: Final = 40
"""Tokens for the line that says what is left out."""
_BLOCKS: Final = ("block", "body", "suite", "module", "program", "source_file", "declaration_list")


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file, with the line of their place above. Lines count from 1, the last one included."""

    text: str
    first: int
    last: int
    is_exact: bool
    """Whether what is shown is the file's own text and may be edited."""
    rest: int = 0
    """Lines at its end that are left out."""


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


def cut_piece(
    sources: Sources, counter: TokenCounter, path: str, first: int, last: int, *, name: str, limit: int
) -> Piece | None:
    """Return lines of a file that have at most `limit` tokens with their heading.

    What is too long is cut behind a statement, and says so. None where the file is not there, has no such lines, or
    where too little would be left.
    """
    lines = sources.lines(path)
    if lines is None or not 1 <= first <= last or first > len(lines):
        return None
    last = min(last, len(lines))
    is_exact = sources.is_utf8(path) and protection(path) is None
    whole = _show(path, lines, first, last, last, name, is_exact=is_exact)
    if counter.count(whole.text) <= limit:
        return whole
    beginning = counter.truncate(whole.text, limit - _NOTE)
    end = first + beginning.count("\n") - 2  # one line is the heading's, and the last one may be cut
    end = _statement_end(sources, path, first, end)
    while end - first + 1 >= LEAST_CUT:
        piece = _show(path, lines, first, end, last, name, is_exact=is_exact)
        if counter.count(piece.text) <= limit:
            return piece
        end = _statement_end(sources, path, first, end - 1)
    return None


def _show(path: str, lines: list[str], first: int, end: int, last: int, name: str, *, is_exact: bool) -> Piece:
    own = "\n".join(lines[first - 1 : end])
    shown = escape(own)
    is_exact = is_exact and shown == own
    cut = f" of {first}-{last}" if end < last else ""
    note = "" if is_exact else _why_not(path, is_escaped=shown != own)
    heading = f"{escape(path)}, {range_of(first, end)}{cut}{f': {escape(name)}' if name else ''}{note}"
    more = f"\n[… lines {end + 1}-{last} are left out: read them in the file …]" if end < last else ""
    return Piece(f"{heading}\n{shown}{more}", first, end, is_exact, last - end)


def range_of(first: int, last: int) -> str:
    """Return lines as they are said: `line 7`, `lines 7-9`."""
    return f"line {first}" if first == last else f"lines {first}-{last}"


def _why_not(path: str, *, is_escaped: bool) -> str:
    reason = protection(path)
    if reason is not None:
        return f" (not for a change: {reason})"
    return " (invisible characters are shown as escapes)" if is_escaped else " (not all of it is UTF-8)"


def _statement_end(sources: Sources, path: str, first: int, last: int) -> int:
    """Return the last line, at most `last`, that ends a statement of what begins at `first`; else `last`."""
    root = sources.root(path)
    if root is None or last < first:
        return last
    best, node = 0, root
    waiting = [node]
    while waiting:
        node = waiting.pop()
        for child in node.named_children:
            if child.end_point[0] + 1 < first or child.start_point[0] + 1 > last:
                continue
            end = child.end_point[0] + (child.end_point[1] > 0)
            if child.start_point[0] + 1 > first and end <= last and any(mark in node.type for mark in _BLOCKS):
                best = max(best, end)
            if end > last:
                waiting.append(child)
    return best or last
