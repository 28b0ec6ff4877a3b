"""Calls of Java that the change edited and that no method takes any more.

The graph finds methods of Java by how many arguments they take, so that of such a call it knows nothing in the head:
what the edited lines called by that name in the base is what is meant, where it is declared once.
"""

from collections.abc import Iterator

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import Language, NodeKind, Symbol
from yantra_bot.domain.review import ChangedFile
from yantra_bot.review.breaks.calls import Shape, call_at
from yantra_bot.review.breaks.definitions import define
from yantra_bot.review.breaks.fitting import misfit
from yantra_bot.review.breaks.references import LEAST, Context
from yantra_bot.review.breaks.syntax import descend, text

Refused = tuple[Shape, tuple[str, int, int], Symbol, str]


def find_refused_calls(context: Context, file: ChangedFile) -> Iterator[Refused]:
    """Yield the calls in edited lines of a Java file with where they stand, what they meant, and why it refuses."""
    root = context.head.root(file.path) if file.language is Language.JAVA and file.hunks else None
    meant = _meant(context, file) if root is not None else {}
    for call in descend(root, "method_invocation") if root is not None and meant else ():
        name = call.child_by_field_name("name")
        symbol = None if name is None else meant.get(text(name))
        if name is None or symbol is None or not context.subject.is_added(file.path, name.start_point[0] + 1):
            continue
        place = (file.path, name.start_point[0] + 1, name.start_point[1])
        shape, definition = call_at(name, Language.JAVA), define(context.head, symbol)
        others = context.targets_at(Side.HEAD, place)
        if shape is None or definition is None or any(one is not None for one in others):
            continue
        if others and not context.is_own(symbol, file.path):
            continue
        why = misfit(shape, definition.parameters)
        if why:
            yield shape, place, symbol, why


def _meant(context: Context, file: ChangedFile) -> dict[str, Symbol]:
    """Return by their names the methods, declared once in the head, that the edited lines called in the base."""
    found: dict[str, Symbol] = {}
    head = context.subject.head.view
    for hunk in file.hunks:
        for (_, line, _), edges in context.calls_of(Side.BASE, file.base_path).items():
            if not hunk.old_start <= line < hunk.old_start + hunk.old_lines:
                continue
            rows = [head.index_of(edge.target) for edge in edges if edge.confidence >= LEAST]
            symbols = [head.symbol(row) for row in rows if row is not None]
            for symbol in symbols:
                is_only = sum(head.symbol(row).kind is NodeKind.METHOD for row in head.find(symbol.name)) == 1
                if symbol.kind is NodeKind.METHOD and is_only:
                    found[symbol.name] = symbol
    return found
