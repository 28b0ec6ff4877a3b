"""What stands around a change, for a model: what its lines use, who calls what it changed, and tests that do.

It picks by the code graph and cuts, and every excerpt has the numbers of its lines. It judges nothing.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import Edge, EdgeKind, NodeKind, Symbol
from yantra_bot.domain.observations import Excerpt
from yantra_bot.domain.review import ChangedFile, SymbolChange, SymbolChangeKind
from yantra_bot.graphdb.api_diff import is_test_path
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.subject import Subject

MAX_LINE: Final = 400
MAX_USED: Final = 8
MAX_CALLERS: Final = 4
MAX_TESTS: Final = 2
MAX_BODY: Final = 24
"""Lines of a definition that are shown."""
MAX_CLASS: Final = 16
MAX_TEST: Final = 16
MAX_DOCSTRING: Final = 3
BEFORE_CALL: Final = 2
AFTER_CALL: Final = 5
MAX_HEAD: Final = 12
"""Lines of a function's beginning: its parameters, and what it promises."""
MAX_AROUND: Final = 6_000
"""Characters of all that is shown around one stretch."""
LEAST_CONFIDENCE: Final = 0.5
"""An edge that is less sure shows a model what has nothing to do with the change."""
CALLABLE: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST, NodeKind.ROUTE})
HOLDING: Final = CALLABLE | {NodeKind.CLASS, NodeKind.TYPE}
_NAMED: Final = HOLDING | {NodeKind.VARIABLE}
_USES: Final = frozenset({EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS})
_CALLS: Final = frozenset({EdgeKind.CALLS})
_WORD: Final = re.compile(r"[A-Za-z]{3,}")
_DOCSTRING_MARKS: Final = ('"""', "'''")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of one changed file: `first` to `last` of the head are shown, `written` and `removed` are the change."""

    file: ChangedFile
    first: int
    last: int
    written: frozenset[int]
    """Lines of the head."""
    removed: frozenset[int]
    """Lines of the base."""
    changes: tuple[SymbolChange, ...] = ()
    """The symbols that it changes."""


def show_line(line: int, sign: str, lines: Sequence[str]) -> str:
    """Return a line as a model sees it: its number, a sign (a blank for one that did not change) and its text."""
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    cut = f"{text[:MAX_LINE]}…" if len(text) > MAX_LINE else text
    return f"{line:>5} {sign} {cut}".rstrip()


def look_around(subject: Subject, stretch: Stretch) -> tuple[Excerpt, ...]:
    """Return what a model needs beside a stretch, the most telling first, nothing that the stretch shows itself."""
    found: list[Excerpt] = []
    shown: dict[str, set[int]] = {stretch.file.path: set(range(stretch.first, stretch.last + 1))}
    left = MAX_AROUND
    for one in _all_around(subject, stretch):
        lines = set(range(one.line, one.line + one.text.count("\n") + 1))
        known = shown.setdefault(one.path, set())
        if one.line in known or len(one.text) > left:
            continue
        known |= lines
        left -= len(one.text)
        found.append(one)
    return tuple(found)


def _all_around(subject: Subject, stretch: Stretch) -> Iterator[Excerpt]:
    head, base = subject.head.view, subject.base.view
    yield from _heads(subject, stretch)
    for symbol in _used(head, stretch.file.path, stretch.written):
        yield _define(subject, symbol, f"{symbol.kind} that the change uses")
    for symbol in _used(base, stretch.file.base_path, stretch.removed):
        row = head.index_of(symbol.key)
        if row is not None:
            yield _define(subject, head.symbol(row), f"{symbol.kind} that a removed line used")
    yield from _callers(subject, stretch)


def _heads(subject: Subject, stretch: Stretch) -> Iterator[Excerpt]:
    """Yield how the function begins, and the class, that the stretch shows only a part of."""
    view = subject.head.view
    at = min(stretch.written, default=stretch.last)
    for symbol in map(view.symbol, view.in_file(stretch.file.path)):
        if symbol.kind not in HOLDING or not symbol.span.line < stretch.first <= at <= last_line(symbol):
            continue
        first = symbol.span.line
        last = min(first + MAX_HEAD, stretch.first) - 1 if symbol.kind in CALLABLE else first
        yield _excerpt(subject, symbol.path, first, last, f"where {own_name(symbol)} begins", is_whole=True)


def _used(view: GraphView, path: str, lines: Collection[int]) -> list[Symbol]:
    """Return what the lines use by the graph, in the order of the lines."""
    if not lines:
        return []
    targets: list[tuple[int, int]] = []
    for row in view.in_file(path):
        edges = view.edges_out(row, _USES)
        columns = (view.lines(edges).tolist(), view.targets(edges).tolist(), view.confidences(edges).tolist())
        targets += [(at, to) for at, to, sure in zip(*columns, strict=True) if at in lines and sure >= LEAST_CONFIDENCE]
    symbols = [view.symbol(target) for target in dict.fromkeys(target for _, target in sorted(targets))]
    return [symbol for symbol in symbols if symbol.path and symbol.kind in _NAMED][:MAX_USED]


def _define(subject: Subject, symbol: Symbol, why: str) -> Excerpt:
    most = MAX_BODY if symbol.kind in CALLABLE else MAX_CLASS
    return _excerpt(subject, symbol.path, symbol.span.line, last_line(symbol), why, most=most)


def _callers(subject: Subject, stretch: Stretch) -> Iterator[Excerpt]:
    """Yield who calls what is changed: code first, then tests; where no test does, tests that call those callers."""
    view = subject.head.view
    changed = [
        one.key for one in stretch.changes if one.kind is not SymbolChangeKind.FORMAT and not one.is_test and one.key
    ]
    calls = list(_calls(view, changed))
    code = [call for call in calls if not is_test_path(call.path)]
    tests = [call for call in calls if is_test_path(call.path)]
    if not tests:
        around = dict.fromkeys(call.source for call in code[:MAX_CALLERS])
        tests = [call for call in _calls(view, around) if is_test_path(call.path)]
    words = _words(subject, stretch)
    tests.sort(key=lambda call: -len(words & set(_name(call.source).lower().split("_"))))
    own = range(stretch.first, stretch.last + 1)
    code = [call for call in code if call.path != stretch.file.path or call.line not in own]
    for call in (*code[:MAX_CALLERS], *tests[:MAX_TESTS]):
        source = view.index_of(call.source)
        if source is not None:
            yield _call(subject, view.symbol(source), call)


def _words(subject: Subject, stretch: Stretch) -> set[str]:
    """Return the words of the changed lines: a test that has one in its name is likelier to be about them."""
    new, old = subject.lines(stretch.file.path), subject.lines(stretch.file.base_path, Side.BASE)
    texts = [new[line - 1] for line in stretch.written] + [old[line - 1] for line in stretch.removed]
    return {word.lower() for text in texts for word in _WORD.findall(text)}


def _calls(view: GraphView, keys: Iterable[str]) -> Iterator[Edge]:
    """Yield the surest call in each caller of some symbols."""
    callers: set[str] = set()
    for row in (view.index_of(key) for key in keys):
        if row is None:
            continue
        edges = view.make_edges(view.edges_in(row, _CALLS))
        for edge in sorted(edges, key=lambda edge: (-edge.confidence, edge.path, edge.line)):
            if edge.confidence >= LEAST_CONFIDENCE and edge.source not in callers:
                callers.add(edge.source)
                yield edge


def _call(subject: Subject, caller: Symbol, call: Edge) -> Excerpt:
    """Return the lines around a call inside of its function; a short test whole."""
    first, last = (caller.span.line, last_line(caller)) if caller.kind in CALLABLE else (1, call.line + AFTER_CALL)
    is_test = is_test_path(call.path)
    if not (is_test and last - first < MAX_TEST):
        first, last = max(first, call.line - BEFORE_CALL), min(last, call.line + AFTER_CALL)
    what = "test" if is_test else "code"
    inside = f", in {own_name(caller)}" if caller.kind in CALLABLE else ""
    return _excerpt(
        subject, call.path, first, last, f"{what} that calls {short(_name(call.target))} in line {call.line}{inside}"
    )


def _name(key: str) -> str:
    """Return the qualified name in a symbol's key."""
    return key.rsplit("::", 1)[-1].split("#", maxsplit=1)[0]


def _excerpt(
    subject: Subject, path: str, first: int, last: int, why: str, *, most: int = MAX_BODY, is_whole: bool = False
) -> Excerpt:
    """Return at most `most` numbered lines, without those of a long docstring if not `is_whole`."""
    lines = subject.lines(path, Side.HEAD)
    last = min(last, len(lines))
    numbers = list(range(first, last + 1) if is_whole else _without_docstrings(lines, first, last))
    rows = [show_line(number, " ", lines) for number in numbers[:most]]
    if len(numbers) > most:
        rows.append(f"      … {len(numbers) - most} more lines")
    return Excerpt(path, first, "\n".join(rows), why)


def _without_docstrings(lines: Sequence[str], first: int, last: int) -> Iterator[int]:
    """Yield the numbers of the lines but for those of a docstring after its first ones."""
    mark, inside = "", 0
    for number in range(first, last + 1):
        text = lines[number - 1].strip()
        if mark:
            inside += 1
            if inside < MAX_DOCSTRING:
                yield number
            mark = "" if mark in text else mark
            continue
        opened = text.lstrip("rRuUbB")[:3]
        mark = opened if opened in _DOCSTRING_MARKS and text.count(opened) == 1 else ""
        inside = 0
        yield number


def last_line(symbol: Symbol) -> int:
    """Return the last line of a symbol: a span's end is exclusive."""
    return symbol.span.end_line - (symbol.span.end_column == 0 and symbol.span.end_line > symbol.span.line)


def own_name(symbol: Symbol) -> str:
    """Return a symbol's name with that of its class."""
    return short(symbol.qualified_name)


def short(name: str) -> str:
    """Return the last two parts of a qualified name: the path beside it says the rest."""
    return ".".join(name.split(".")[-2:])
