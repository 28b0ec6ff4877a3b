"""Which symbols a file's hunks touch, by their places in the graphs of both versions. Pure."""

from dataclasses import dataclass, field

from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ChangedFile, Hunk
from yantra_bot.graphdb.queries import find_at
from yantra_bot.graphdb.view import GraphView

_OUTSIDE = frozenset(
    {NodeKind.MODULE, NodeKind.FILE, NodeKind.CLASS, NodeKind.TYPE, NodeKind.VARIABLE, NodeKind.IMPORT}
)
MOST_LINES = 2_000
"""Lines of a hunk that are looked up one by one; of more, all of the file counts as touched."""


@dataclass(slots=True)
class Touched:
    """Rows of the head, and whether anything outside of functions is touched."""

    rows: set[int] = field(default_factory=set)
    is_outside: bool = False


def touched_rows(file: ChangedFile, base: GraphView, head: GraphView) -> Touched:
    """Return what a file's hunks touch. A symbol that is gone is looked for by its key in the head."""
    touched = Touched()
    if not file.hunks or sum(hunk.old_lines + hunk.new_lines for hunk in file.hunks) > MOST_LINES:
        touched.rows.update(head.in_file(file.path))
        touched.is_outside = True
        return touched
    for hunk in file.hunks:
        for line in _old(hunk):
            for row in find_at(base, file.base_path, line):
                _take(touched, head, head.index_of(base.key(row)))
        for line in range(hunk.new_start, hunk.new_start + hunk.new_lines):
            for row in find_at(head, file.path, line):
                _take(touched, head, row)
    return touched


def _old(hunk: Hunk) -> range:
    return range(hunk.old_start, hunk.old_start + hunk.old_lines)


def _take(touched: Touched, view: GraphView, row: int | None) -> None:
    """Add a symbol with the functions around it."""
    if row is None:
        touched.is_outside = True
        return
    touched.rows.add(row)
    symbol = view.symbol(row)
    touched.is_outside |= symbol.kind in _OUTSIDE
    while symbol.parent is not None and symbol.kind not in _OUTSIDE:
        found = view.index_of(symbol.parent)
        if found is None:
            return
        symbol = view.symbol(found)
        if symbol.kind not in _OUTSIDE:
            touched.rows.add(found)
