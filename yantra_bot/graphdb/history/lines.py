"""Follows the lines of a file back through its past: where today's lines stood in an older version. Pure.

A map of lines is exact where the past is one line of commits. Where branches were merged, the order of git's answer
mixes their shifts; who uses it says so with a lower confidence.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yantra_bot.domain.graph import NodeKind, Symbol
from yantra_bot.graphdb.history.gitlog import Hunk

ENDLESS = 1 << 40
MAX_SEGMENTS = 4_000

_WHOLE = frozenset({NodeKind.CLASS, NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})


class LineMap:
    """Which of today's lines each line of an older version is. It starts as today's version itself."""

    def __init__(self) -> None:
        self._segments: list[tuple[int, int, int]] = [(1, ENDLESS, 1)]
        """First line in the version, number of lines, first line today; rising, without overlap."""
        self.is_lost = False

    def today(self, first: int, count: int) -> list[tuple[int, int]]:
        """Return today's lines of `count` lines from `first`, as ranges that include their ends; gone ones left out."""
        found = []
        end = first + count
        place = max(bisect_right(self._segments, (first, ENDLESS, ENDLESS)) - 1, 0)
        for start, length, now in self._segments[place:]:
            if start >= end:
                break
            low, high = max(first, start), min(end, start + length)
            if low < high:
                found.append((now + low - start, now + high - 1 - start))
        return found

    def gaps(self, first: int, count: int) -> list[tuple[int, int]]:
        """Return those of `count` lines from `first` that are gone, as ranges of the version with both ends."""
        found, line, end = [], first, first + count
        place = max(bisect_right(self._segments, (first, ENDLESS, ENDLESS)) - 1, 0)
        for start, length, _ in self._segments[place:]:
            if start >= end:
                break
            if start > line:
                found.append((line, start - 1))
            line = max(line, start + length)
        return [*found, (line, end - 1)] if line < end else found

    def before(self, line: int) -> int | None:
        """Return today's line of the nearest line above `line` that is still there."""
        for start, length, now in reversed(self._segments[: bisect_left(self._segments, (line, 0, 0))]):
            return now + min(line - 1, start + length - 1) - start
        return None

    def after(self, line: int) -> int | None:
        """Return today's line of the nearest line below `line` that is still there."""
        place = max(bisect_right(self._segments, (line, ENDLESS, ENDLESS)) - 1, 0)
        for start, length, now in self._segments[place:]:
            if start + length > line + 1:
                return now + max(line + 1, start) - start
        return None

    def undo(self, hunks: Iterable[Hunk]) -> None:
        """Go back over one commit: from here on the lines are those of the version before it."""
        cuts = [(hunk.new_start + (hunk.new_count == 0), hunk.new_count, hunk.old_count) for hunk in hunks]
        result: list[tuple[int, int, int]] = []
        pending, shift = list(reversed(self._segments)), 0
        for start, new_count, old_count in sorted(cuts):
            while pending and pending[-1][0] < start:
                first, length, now = pending.pop()
                kept = min(length, start - first)
                result.append((first + shift, kept, now))
                if kept < length:
                    pending.append((first + kept, length - kept, now + kept))
            end = start + new_count
            while pending and pending[-1][0] < end:
                first, length, now = pending.pop()
                gone = end - first
                if gone < length:
                    pending.append((end, length - gone, now + gone))
            shift += old_count - new_count
        result += [(first + shift, length, now) for first, length, now in reversed(pending)]
        self._segments = result
        if len(result) > MAX_SEGMENTS:
            self._segments, self.is_lost = [], True


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines whose innermost symbol is the same."""

    first: int
    last: int
    symbol: Symbol


class FileSymbols:
    """The symbols of one file of today, found by line."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self._whole = sorted(
            (symbol for symbol in symbols if symbol.kind in _WHOLE),
            key=lambda one: (one.span.line, -one.span.end_line, one.key),
        )
        self._pieces = self._cut(self._whole)
        self._starts = [piece.first for piece in self._pieces]
        variables = [symbol for symbol in symbols if symbol.kind in {NodeKind.VARIABLE, NodeKind.ROUTE}]
        self._variables = self._cut([one for one in variables if self._may_hold(one)])
        self._variable_starts = [piece.first for piece in self._variables]
        self.by_name: dict[str, list[Symbol]] = {}
        for symbol in self._whole:
            self.by_name.setdefault(symbol.name, []).append(symbol)

    def split(self, first: int, last: int) -> dict[str | None, int]:
        """Return how many of the lines `first` to `last` belong to which symbol, None for those of no symbol."""
        counts: dict[str | None, int] = {}
        line = first
        while line <= last:
            piece = self._piece_at(self._variables, self._variable_starts, line)
            if piece is None:
                piece = self._piece_at(self._pieces, self._starts, line)
            end = min(last, self._end_at(line))
            key = piece.symbol.key if piece else None
            counts[key] = counts.get(key, 0) + end - line + 1
            line = end + 1
        return counts

    def around(self, before: int | None, after: int | None) -> Symbol | None:
        """Return the innermost function or class that holds both lines."""
        if before is None or after is None:
            return None
        holding = [one for one in self._whole if one.span.line <= before and one.span.end_line >= after]
        return holding[-1] if holding and before <= after else None

    def beside(self, before: int | None, after: int | None) -> Symbol | None:
        """Return the only function whose head ends before `after`, or whose tail begins after `before`.

        Its other lines there were written since: such as another decorator, or another last statement.
        """
        below = [one for one in self._whole if after and one.span.line < after <= one.span.end_line]
        above = [one for one in self._whole if before and one.span.line <= before < one.span.end_line]
        heads = [one for one in below[-1:] if before is None or before < one.span.line]
        tails = [one for one in above[-1:] if after is None or after > one.span.end_line]
        found = heads + tails
        return found[0] if len(found) == 1 else None

    def named(self, header: str, words: Sequence[str]) -> Symbol | None:
        """Return the only symbol that one of the words names, the last word that names any first."""
        for word in reversed(words):
            found = self.by_name.get(word, [])
            if len(found) == 1 and word in header:
                return found[0]
        return None

    def _may_hold(self, symbol: Symbol) -> bool:
        piece = self._piece_at(self._pieces, self._starts, symbol.span.line)
        return piece is None or piece.symbol.kind in {NodeKind.CLASS, NodeKind.TYPE}

    def _cut(self, symbols: Sequence[Symbol]) -> list[_Piece]:
        """Return pieces without overlap, in order, for symbols sorted from the outside in."""
        pieces: list[_Piece] = []
        stack: list[Symbol] = []
        line = 0
        for symbol in sorted(symbols, key=lambda one: (one.span.line, -one.span.end_line, one.key)):
            line = self._close(pieces, stack, line, symbol.span.line)
            if stack and line < symbol.span.line:
                pieces.append(_Piece(line, symbol.span.line - 1, stack[-1]))
            line = max(line, symbol.span.line)
            stack.append(symbol)
        self._close(pieces, stack, line, ENDLESS)
        return pieces

    @staticmethod
    def _close(pieces: list[_Piece], stack: list[Symbol], line: int, until: int) -> int:
        while stack and stack[-1].span.end_line < until:
            symbol = stack.pop()
            if line <= symbol.span.end_line:
                pieces.append(_Piece(line, symbol.span.end_line, symbol))
                line = symbol.span.end_line + 1
        return line

    @staticmethod
    def _piece_at(pieces: Sequence[_Piece], starts: Sequence[int], line: int) -> _Piece | None:
        place = bisect_right(starts, line) - 1
        return pieces[place] if place >= 0 and pieces[place].last >= line else None

    def _end_at(self, line: int) -> int:
        """Return the last line from `line` on that belongs to the same symbol."""
        end = ENDLESS
        for pieces, starts in ((self._pieces, self._starts), (self._variables, self._variable_starts)):
            place = bisect_right(starts, line)
            if place < len(starts):
                end = min(end, starts[place] - 1)
            if place and pieces[place - 1].last >= line:
                end = min(end, pieces[place - 1].last)
        return end
