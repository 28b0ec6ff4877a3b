"""A function cut out of its file, to be read alone: what stands around takes time to parse and says nothing of it."""

import re
from dataclasses import dataclass

from yantra_bot.domain.graph import Span
from yantra_bot.scoring.features import Piece
from yantra_bot.scoring.inner import Callees
from yantra_bot.training.faults import Module
from yantra_bot.training.samples.drawing import Variant

_NAME = re.compile(rb"[\w\x80-\xff]+")


@dataclass(frozen=True, slots=True)
class Cut:
    """A variant's function alone, in a block where its indent is a right one."""

    piece: Piece
    before: int
    """What is added to a line of the piece to get the line in the file."""
    callees: Callees
    """Those of the sound function where they stand in the piece."""


def cut_out(module: Module, variant: Variant, span: Span, callees: Callees) -> Cut:
    """Cut a variant of a function of `module` out; `span` and `callees` are those of the function as it was.

    Nothing may have been changed before and behind it. A call whose name was replaced has no callee any more.
    """
    begin, first = module.offset(span.line, 0), module.offset(span.line, span.column)
    end = len(variant.source) - len(module.source) + module.offset(span.end_line, span.end_column)
    indent = variant.source[begin:first]
    head = b"class _:\n" + indent + b"pass\n" if indent else b""
    source = head + variant.source[begin:end] + b"\n"
    start = len(head) + first - begin
    places = {}
    for (line, column), names in callees.items():
        at = _moved(module, variant, module.offset(line, column))
        if at is not None:
            before = source[: at - begin + len(head)]
            places[before.count(b"\n") + 1, len(before) - before.rfind(b"\n") - 1] = names
    return Cut(Piece(source, start, start + end - first), span.line - 1 - head.count(b"\n"), places)


def _moved(module: Module, variant: Variant, at: int) -> int | None:
    """Return where a name is that was at a byte; within a replaced text, the same name there, counted in order."""
    moved = 0
    for start, end, text in sorted(variant.edits):
        if end <= at:
            moved += len(text) - (end - start)
        elif start <= at:
            name = _NAME.match(module.source, at)
            before = [one.group() for one in _NAME.finditer(module.source, start, at)]
            places = [one.start() for one in _NAME.finditer(text) if name is not None and one.group() == name.group()]
            rank = before.count(name.group()) if name is not None else 0
            return start + moved + places[rank] if rank < len(places) else None
    return at + moved
