"""Calls that the change itself writes and that what they call does not take: to unchanged callees too."""

from collections.abc import Iterator

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.graph import Edge, EdgeKind, Language, NodeKind, Symbol
from yantra_bot.domain.graph import Evidence as How
from yantra_bot.domain.review import ChangedFile
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.review.breaks.calls import Shape, call_at
from yantra_bot.review.breaks.constructors import Constructors
from yantra_bot.review.breaks.definitions import Binding, Definition, define
from yantra_bot.review.breaks.guards import CALLING, is_guarded
from yantra_bot.review.breaks.overloaded import find_refused_calls
from yantra_bot.review.breaks.references import LEAST, Context
from yantra_bot.review.breaks.rules import ARGUMENTS
from yantra_bot.review.breaks.sites import refusal

NEAR = 60
"""A call whose name stands more lines above what was changed is not looked at."""
_UNNAMED = frozenset({"__init__", "__new__", "__call__", "constructor", "<init>"})
"""What a call does not name though it calls it."""
_INSIDE = "__post_init__"
"""Called by a constructor that was made for the class: the call's arguments do not reach it."""
_GUESSES = frozenset({How.NAME, How.LIBRARY})
Place = tuple[str, int, int]


def find_wrong_arguments(context: Context) -> Iterator[Finding]:
    """Yield a finding for each call in changed lines that nothing it may call would take."""
    constructors = Constructors(context.head)
    for file in context.subject.sources():
        for place, edges in context.calls_in(file.path).items():
            if is_near(file, place[1]):
                found = _judge(context, constructors, file, (place, edges))
                if found is not None:
                    yield found
        for _, place, symbol, why in find_refused_calls(context, file):
            yield _report(context, place, (symbol, why), LEAST)


def is_near(file: ChangedFile, line: int) -> bool:
    return any(hunk.new_start - NEAR <= line < hunk.new_start + hunk.new_lines for hunk in file.hunks)


def written_call(context: Context, file: ChangedFile, place: Place) -> Shape | None:
    """Return the call at a place, if the change wrote or edited it."""
    language, name = language_of(file.path), context.head.at(*place)
    shape = None if name is None or language is None else call_at(name, language)
    if shape is None or name is None:
        return None
    first, last = min(place[1], shape.node.start_point[0] + 1), shape.node.end_point[0] + 1
    starts = name.start_point[0] + 1
    lines = range(max(first, starts), last + 1)
    return shape if any(context.subject.is_added(file.path, line) for line in lines) else None


def certain_targets(
    context: Context, constructors: Constructors, place: Place, edges: list[Edge]
) -> list[Definition] | None:
    """Return all that a call may call; None where that is not known for certain."""
    if any(edge.evidence in _GUESSES or edge.confidence < LEAST for edge in edges):
        return None
    name = context.head.at(*place)
    called = "" if name is None or name.text is None else name.text.decode("utf-8", "replace")
    found = []
    for symbol in context.targets_at(Side.HEAD, place):
        if symbol is not None and symbol.name == _INSIDE:
            return None
        if symbol is None or context.is_declared_twice(symbol):
            return None
        is_named = called in (symbol.name.rpartition(".")[2], _owner(symbol))
        if not is_named and not _inherits(context.subject.head.view, called, symbol):
            return (
                None  # by another name it may be a `partial`, or a field's factory: those have arguments of their own
            )
        is_class = symbol.kind is NodeKind.CLASS and symbol.language is Language.PYTHON
        definition = constructors.of(symbol) if is_class else define(context.head, symbol)
        if definition is None or definition.binding is Binding.PROPERTY:
            return None
        found.append(definition)
    return found


def _owner(symbol: Symbol) -> str:
    """Return the name of the class that a constructor is called by; empty for anything else."""
    return symbol.qualified_name.split(".")[-2] if symbol.name in _UNNAMED and "." in symbol.qualified_name else ""


def _inherits(view: GraphView, called: str, symbol: Symbol) -> bool:
    """Tell whether a class of the called name has its constructor from the class of another one."""
    owner = view.index_of(symbol.parent or "")
    waiting, seen = view.find(called) if symbol.name in _UNNAMED else [], set[int]()
    while waiting and owner is not None:
        row = waiting.pop()
        if row == owner:
            return True
        if row not in seen:
            seen.add(row)
            waiting += view.neighbours(row, Direction.OUT, {EdgeKind.INHERITS})
    return False


def _judge(
    context: Context, constructors: Constructors, file: ChangedFile, call: tuple[Place, list[Edge]]
) -> Finding | None:
    place, edges = call
    shape = written_call(context, file, place)
    targets = None if shape is None else certain_targets(context, constructors, place, edges)
    if shape is None or not targets:
        return None
    told = [refusal(context, Side.HEAD, file.path, shape, one) for one in targets]
    if not all(told) or is_guarded(shape.node, CALLING):
        return None
    return _report(context, place, (targets[0].symbol, told[0]), max(edge.confidence for edge in edges))


def _report(context: Context, place: Place, what: tuple[Symbol, str], confidence: float) -> Finding:
    symbol, why = what
    path, line, _ = place
    return Finding(
        ARGUMENTS,
        Severity.ERROR,
        round(confidence, 3),
        f"This call of `{symbol.qualified_name}` {why}.",
        path,
        line,
        anchor=context.subject.anchor(path, line),
        symbol=symbol.qualified_name,
        evidence=(Evidence(f"`{symbol.signature}`", symbol.path, symbol.span.line),),
    )
