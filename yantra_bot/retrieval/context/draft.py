"""A context while it is made: the parts so far, what was left out, and which lines of which file are shown already."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.retrieval.context.parts import HEADINGS, LeftOut, Level, Part, PartKind
from yantra_bot.retrieval.context.purse import Purse, Scale
from yantra_bot.retrieval.context.source import Piece, Sources, Wanted, cut_piece

MOST_CHARACTERS: Final = 300
"""Of a title or a reason."""
MOST_LEFT_OUT: Final = 60
"""Things left out that are named; there may be many more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file that are to be shown, and why."""

    path: str
    name: str
    first: int
    last: int
    reason: str

    @property
    def title(self) -> str:
        """The place and the name, as people read it."""
        return f"{self.path}:{self.first}-{self.last}{f' {self.name}' if self.name else ''}"


@dataclass(slots=True)
class Draft:
    """What a context has so far."""

    scale: Scale
    sources: Sources
    task: str = ""
    parts: list[Part] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shown: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """First and last line of each piece of code by path."""

    def open_purse(self, tokens: int, *levels: Level) -> Purse:
        """Return a purse for levels: a share of tokens without what their headings cost."""
        return Purse(self.scale, tokens - sum(self.scale.weigh(HEADINGS[level]) for level in levels))

    def add(self, purse: Purse, part: Part) -> bool:
        """Add a part that the purse can pay; False, and nothing changes, where it cannot."""
        if not purse.pay(part.tokens, f"{part.text}{part.title}{part.reason}"):
            return False
        self.parts.append(part)
        return True

    def make(self, kind: PartKind, level: Level, *, title: str, text: str, reason: str, path: str = "") -> Part:
        """Return a part of text that is to be read only; with the file that it is all of, where there is one."""
        return Part(kind, level, clip(title), text, self.scale.weigh(text), clip(reason), path=path)

    def add_code(self, purse: Purse, kind: PartKind, level: Level, place: Place, *, limit: int) -> bool:
        """Add lines of a file, at most `limit` tokens of them, cut behind a statement; False where that cannot be."""
        room = min(limit, purse.left)
        wanted = Wanted(place.path, place.name, place.first, place.last, self.task)
        piece = cut_piece(self.sources, self.scale.counter, wanted, room - 1)
        if piece is None or not self.add(purse, self._part(kind, level, place, piece)):
            return False
        self.shown.setdefault(place.path, []).append((place.first, place.last))
        return True

    def _part(self, kind: PartKind, level: Level, place: Place, piece: Piece) -> Part:
        cut = f"; {piece.rest:,} lines of it did not fit" if piece.rest else ""
        return Part(
            kind,
            level,
            clip(f"{place.path}:{piece.first}-{piece.last}{f' {place.name}' if place.name else ''}"),
            piece.text,
            self.scale.weigh(piece.text),
            clip(f"{place.reason}{cut}"),
            piece.is_exact,
            place.path,
            piece.first,
            piece.last,
        )

    def overlaps(self, path: str, first: int, last: int) -> bool:
        """Tell whether any of the lines is shown already."""
        return any(one <= last and first <= other for one, other in self.shown.get(path, ()))

    def leave_out(self, kind: PartKind, title: str, reason: str, tokens: int = 0) -> None:
        """Note what is not shown, and why."""
        self.left_out.append(LeftOut(kind, clip(title), clip(reason), tokens))

    def leave_out_all(self, found: list[LeftOut]) -> None:
        """Note several."""
        self.left_out += [replace(one, title=clip(one.title), reason=clip(one.reason)) for one in found]

    def named_left_out(self) -> tuple[LeftOut, ...]:
        """Return what was left out and is not there in another way, the first of many and a line for the rest."""
        there = {part.title for part in self.parts if part.level is Level.CODE}
        left_out = [one for one in self.left_out if one.title not in there]
        rest = left_out[MOST_LEFT_OUT:]
        if not rest:
            return tuple(left_out)
        more = LeftOut(rest[0].kind, f"{len(rest):,} more", "for the same reasons", sum(one.tokens for one in rest))
        return (*left_out[:MOST_LEFT_OUT], more)


def clip(text: str) -> str:
    """Return a title or a reason, cut where it is far too long to be read."""
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


Weights = Mapping[str, float]
"""How much each key counts for the task, 0 to 1."""
