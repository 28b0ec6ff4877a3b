"""An answer while it arrives, and what may be made of it once it is whole.

Pure. Vendors' events are translated into the few calls of `Draft`; sealing it never fails, whatever was sent, since
by then the answer is paid for. A call that is not beyond doubt keeps `arguments` None and is thus never executed.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from yantra_bot.domain.conversation import Block, Opaque, StopReason, Text, ToolCall, Usage

MAX_CHARACTERS = 1_000_000
"""Of one answer, all blocks together; what follows is not read."""
MAX_TOOL_CALLS = 64
"""Of one answer; the rest is dropped, and the answer says so."""
BLOCK_OVERHEAD = 32
"""Characters that a block counts for besides its own, so that empty ones have an end too."""
MAX_NAME = 64
"""Both vendors refuse a history with a longer tool name."""
MAX_DEPTH = 64
"""Nesting of a tool call's arguments."""


@dataclass(slots=True)
class Piece:
    """One block in the making. `payload` is set for blocks that only their vendor understands."""

    kind: str
    id: str = ""
    name: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    grown: dict[str, list[str]] = field(default_factory=dict)
    """What was appended to text fields of the payload."""
    is_broken: bool = False

    @property
    def text(self) -> str:
        return "".join(self.fragments)

    @property
    def whole(self) -> dict[str, Any]:
        return {**self.payload, **{name: "".join(parts) for name, parts in self.grown.items()}}


class Draft:
    """Collects one answer of one vendor. Keys name blocks: any value that a vendor's events use consistently."""

    def __init__(self, vendor: str, requested: str, on_text: Callable[[str], None] | None = None) -> None:
        self.vendor = vendor
        self.requested = requested
        """The model as it was asked for: a vendor's own blocks are sent back to this one only."""
        self.model = ""
        """The model as the vendor names it."""
        self.request_id = ""
        self.usage: Usage | None = None
        self.stop: StopReason | None = None
        self.is_complete = False
        """The vendor said that it was done."""
        self.has_begun = False
        """Something arrived, so that the call is billed even when it is cut."""
        self.characters = 0
        self._on_text = on_text
        self._pieces: dict[object, Piece] = {}

    @property
    def is_full(self) -> bool:
        return self.characters >= MAX_CHARACTERS

    @property
    def pieces(self) -> list[Piece]:
        return list(self._pieces.values())

    def find(self, key: object) -> Piece | None:
        """Return the block with this key, None when it has not begun."""
        return self._pieces.get(key)

    def add_text(self, key: object, text: str) -> None:
        """Append words, and show them to whoever listens."""
        piece = self._begin(key, "text")
        room = self._take(text)
        piece.fragments.append(room)
        if room and self._on_text:
            self._on_text(room)

    def add_call(self, key: object, *, call_id: str = "", name: str = "", arguments: str = "") -> None:
        """Begin a tool call, or append to one; id and name are kept from whichever event has them."""
        piece = self._begin(key, "tool_call")
        piece.id = piece.id or call_id
        piece.name = piece.name or name
        self.characters += len(call_id) + len(name)
        room = self._take(arguments)
        piece.is_broken = piece.is_broken or room != arguments
        piece.fragments.append(room)

    def add_opaque(self, key: object, payload: dict[str, Any]) -> Piece:
        """Keep a vendor's own block."""
        piece = self._pieces[key] = Piece("opaque", payload=payload)
        size = len(json.dumps(payload, default=str))
        piece.is_broken = size > MAX_CHARACTERS - self.characters
        self.characters += size
        return piece

    def extend_opaque(self, key: object, field_name: str, text: str) -> None:
        """Append to a text field of a vendor's own block."""
        piece = self._pieces.get(key)
        if piece is None or piece.kind != "opaque":
            return
        room = self._take(text)
        piece.is_broken = piece.is_broken or room != text
        piece.grown.setdefault(field_name, [str(piece.payload.get(field_name) or "")]).append(room)

    def break_opaque(self, key: object) -> None:
        """Give up a vendor's own block, of which not everything could be kept."""
        if (piece := self._pieces.get(key)) is not None and piece.kind == "opaque":
            piece.is_broken = True

    def call_input(self, key: object, value: object) -> None:
        """Take arguments that came whole with the start of a tool call; an empty object announces fragments."""
        piece = self._pieces[key]
        if value and not piece.fragments[-1]:
            self.add_call(key, arguments=json.dumps(value))

    def has_calls(self) -> bool:
        return any(piece.kind == "tool_call" for piece in self._pieces.values())

    def seal(self) -> tuple[tuple[Block, ...], StopReason]:
        """Return the blocks in order and why the answer ended."""
        stop = StopReason.MAX_TOKENS if self.is_full else self.stop or StopReason.OTHER
        if stop is StopReason.END_TURN and self.has_calls():
            # Some compatible servers say "stop" and call tools all the same.
            stop = StopReason.TOOL_CALLS
        blocks = drop_surplus([block for piece in self.pieces if (block := self._finish(piece)) is not None])
        if stop is not StopReason.TOOL_CALLS:
            blocks = [replace(block, arguments=None) if isinstance(block, ToolCall) else block for block in blocks]
        return tuple(make_unique(blocks)), stop

    def _begin(self, key: object, kind: str) -> Piece:
        if key not in self._pieces:
            self.characters += BLOCK_OVERHEAD
        return self._pieces.setdefault(key, Piece(kind))

    def _take(self, text: str) -> str:
        room = text[: max(0, MAX_CHARACTERS - self.characters)]
        self.characters += len(text)
        self.has_begun = True
        return room

    def _finish(self, piece: Piece) -> Block | None:
        if piece.kind == "text":
            text = clean(piece.text)
            return Text(text) if text.strip() else None
        if piece.kind == "tool_call":
            arguments = None if piece.is_broken else parse_arguments(piece.text)
            return ToolCall(id=clean_id(piece.id), name=clean_name(piece.name), arguments=arguments)
        if piece.is_broken:
            return None
        return Opaque(self.vendor, {"model": self.requested, "block": piece.whole})


def read_count(value: object) -> int:
    """Return a number of tokens as a vendor sent it; whatever is no such number counts as not reported."""
    return value if isinstance(value, int) and value > 0 else 0


def clean(text: str) -> str:
    """Return text that can be stored as UTF-8: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clean_id(value: str) -> str:
    """Return an id that every vendor accepts."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", value)[:MAX_NAME]


def clean_name(value: str) -> str:
    """Return a tool name that every vendor accepts in a history, though there may be no such tool."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", value)[:MAX_NAME] or "unnamed"


def parse_arguments(text: str) -> dict[str, Any] | None:
    """Return the JSON object of a tool call, None when it is cut, no object, too deep or not storable.

    No text at all is an object without members: vendors send nothing for a tool that takes nothing.
    """
    if not text.strip():
        return {}
    try:
        value = json.loads(text, parse_constant=refuse_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and depth(value) <= MAX_DEPTH else None


def refuse_constant(name: str) -> None:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(f"{name} is no JSON")


def depth(value: object) -> int:
    """Return how deeply lists and objects are nested."""
    deepest, level = 0, [value]
    while level:
        nested = [item for item in level if isinstance(item, dict | list)]
        deepest += bool(nested)
        level = [child for item in nested for child in (item.values() if isinstance(item, dict) else item)]
    return deepest


def drop_surplus(blocks: list[Block]) -> list[Block]:
    """Drop tool calls beyond the limit, saying so before the first call."""
    calls = [index for index, block in enumerate(blocks) if isinstance(block, ToolCall)]
    surplus = set(calls[MAX_TOOL_CALLS:])
    if not surplus:
        return blocks
    notice = Text(f"[{len(surplus)} further tool calls of this answer were dropped: at most {MAX_TOOL_CALLS} are run.]")
    kept = [block for index, block in enumerate(blocks) if index not in surplus]
    return [*kept[: calls[0]], notice, *kept[calls[0] :]]


def make_unique(blocks: list[Block]) -> list[Block]:
    """Give every tool call its own id. A call that came under another's id is doubtful, and not executed."""
    seen: set[str] = set()
    result: list[Block] = []
    for number, block in enumerate(blocks):
        if not isinstance(block, ToolCall):
            result.append(block)
            continue
        call = replace(block, id=block.id or f"call_{number}")
        if call.id in seen:
            call = replace(call, id=find_free(call.id, seen), arguments=None if block.id else block.arguments)
        seen.add(call.id)
        result.append(call)
    return result


def find_free(taken: str, seen: set[str]) -> str:
    """Return an id like `taken` that is not in `seen`."""
    number = 2
    while f"{taken[: MAX_NAME - 6]}_{number}" in seen:
        number += 1
    return f"{taken[: MAX_NAME - 6]}_{number}"
