"""Texts made to keep whoever reads them busy: four times the text takes about four times the work, never sixteen."""

import re
import time
from collections.abc import Callable, Iterator
from re import _constants as names  # type: ignore[attr-defined] (typeshed names no parser of patterns)
from re import _parser as parser  # type: ignore[attr-defined] (as above)
from typing import Any, Final

import pytest

from tests.unit.monitor.alerts import NOW, make_alert
from yantra_bot.monitor import log_groups, log_records, shown_trace
from yantra_bot.monitor.bounds import bound, without_gaps
from yantra_bot.monitor.grouping import cause_of, likeness
from yantra_bot.monitor.shown_trace import show_trace
from yantra_bot.monitor.traces import find_traces, unfold
from yantra_bot.validation.faults import native

PIECES: Final = (
    *("\n", " ", "\t", " \n", "a\n", "\r", "a", "0", "_", "$", "a.", "a/", "/", "'", '"', "`", "(", "a(", "{", "::"),
    *("| ", "+ ", "Error", "f(0)\n", "error: x\n", " --> ", "\nat ", "panic: a\n", "  1: f\n", "\\n", '{"a":"b\\n"}\n'),
    *("http: panic serving ", "thread 'a' panicked at ", "Caused by: ", "Traceback (most recent call last):\n"),
)
HEADS: Final = ("", "panic: x\n", "error: x\n", "thread 'a' panicked at a.rs:1:1", "  1: f\n", "E   x\n")
SMALL: Final = 8_000
LEAST_SECONDS: Final = 0.004
TRIES: Final = 5

READERS: Final[dict[str, Callable[[str], object]]] = {
    "traces": find_traces,
    "unfold": unfold,
    "rust": native.find_rust,
    "go": native.find_go,
    "shown": show_trace,
    "bound": lambda text: bound(make_alert(text=text, summary=text, name=text), now=NOW),
    "cause": lambda text: cause_of(make_alert(text=text, summary=text)),
    "likeness": lambda text: likeness(make_alert(text=text), make_alert(text=f"{text} ")),
}


def spent(read: Callable[[str], object], text: str) -> float:
    """Return this process's own seconds, so that a machine that others keep busy changes little."""
    began = time.process_time()
    read(text)
    return time.process_time() - began


def growth(read: Callable[[str], object], head: str, piece: str) -> float:
    """Return how much more work four times the text is; 0 where the whole is next to nothing."""
    small, large = (head + piece * (size // len(piece)) for size in (SMALL, 4 * SMALL))
    most = spent(read, large)
    return 0.0 if most < LEAST_SECONDS else most / max(spent(read, small), LEAST_SECONDS / 16)


@pytest.mark.parametrize("name", READERS)
def test_work_grows_as_the_text_does(name: str) -> None:
    """Each is tried again before it is believed: only what is slow every time is slow."""
    read = READERS[name]
    pairs = [(head, piece) for head in HEADS for piece in PIECES]
    assert [one for one in pairs if all(growth(read, *one) > 9 for _ in range(TRIES))] == []


PATTERNS: Final = {
    f"{module.__name__}.{name}": value
    for module in (native, shown_trace, log_groups, log_records)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern) and value.flags & re.MULTILINE
}


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_reads_on_from_the_beginning_of_a_line(name: str) -> None:
    """By construction: before the first word that has to stand there, nothing without a bound takes the next line too.

    Else a search would begin at each of many blank lines, and read all that follow.
    """
    found = [one for branch in branches(parser.parse(PATTERNS[name].pattern)) for one in leading(branch)]
    assert [one for one in found if one.search("\n")] == []


def test_the_check_by_construction_can_fail() -> None:
    pattern = parser.parse(r"^(?:x|\s*panic: )")
    assert [one for branch in branches(pattern) for one in leading(branch) if one.search("\n")] != []


def branches(items: Any) -> Iterator[list[Any]]:
    """Return the ways through a pattern's beginning, its groups opened."""
    todo: list[tuple[list[Any], list[Any]]] = [([], list(items))]
    while todo:
        done, rest = todo.pop()
        if not rest:
            yield done
            continue
        (kind, value), *after = rest
        if kind is names.BRANCH:
            todo += [(done, [*one, *after]) for one in value[1]]
        elif kind is names.SUBPATTERN:
            todo.append((done, [*value[3], *after]))
        elif kind is names.MAX_REPEAT and value[:2] == (0, 1):
            todo += [(done, [*value[2], *after]), (done, after)]
        else:
            todo.append(([*done, (kind, value)], after))


def leading(items: list[Any]) -> Iterator[re.Pattern[str]]:
    """Return what is repeated without a bound before anything that has to stand there."""
    for kind, value in items:
        if kind is names.AT:
            continue
        if kind not in (names.MAX_REPEAT, names.MIN_REPEAT):
            return
        if value[1] is names.MAXREPEAT:
            yield re.compile(_class(value[2]))


def _class(items: Any) -> str:
    """Return a pattern for what is repeated: a class of signs, or any."""
    (kind, value), *_ = items
    if kind is names.ANY:
        return "."
    if kind is names.LITERAL:
        return re.escape(chr(value))
    if kind is names.IN:
        known = {names.CATEGORY_SPACE: r"\s", names.CATEGORY_WORD: r"\w", names.CATEGORY_NOT_SPACE: r"\S"}
        signs = [
            known.get(one[1], r"\d") if one[0] is names.CATEGORY else re.escape(chr(one[1]))
            for one in value
            if one[0] in (names.CATEGORY, names.LITERAL)
        ]
        return f"[{''.join(signs)}]"
    return r"\n"


def test_gaps_are_one_blank_line() -> None:
    """Lines stay what they are, one blank line stays one, and no more."""
    assert without_gaps("a\n\n\n \t\n\nb\n\nc\n") == "a\n\nb\n\nc\n"
    assert without_gaps("\n" * 100_000) == "\n\n"
    assert unfold("Error: x\n\n\n\n    at f (a.js:1:2)") == "Error: x\n\n    at f (a.js:1:2)"
    assert bound(make_alert(text="a\n\n\n\nb"), now=NOW).text == "a\n\nb"
