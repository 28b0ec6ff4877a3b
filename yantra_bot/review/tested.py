"""The part of a review about tests: which the change calls for, what none reaches, what one has stopped testing.

It chooses and compares; running is another part's (`trying`).
"""

import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.findings import Evidence, Finding, RuleInfo, Severity, Side
from yantra_bot.domain.graph import EdgeKind, NodeKind, Symbol
from yantra_bot.domain.review import ChangedFile, FileKind, Gap, SymbolChange, SymbolChangeKind
from yantra_bot.errors import UserError
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import LOOKED_INTO, Subject
from yantra_bot.validation.selection import Recording, load_recording
from yantra_bot.validation.selection.choose import Choice, choose_tests

UNTESTED: Final = "tests/untested"
NO_LONGER: Final = "tests/no-longer-covers"
MAX_UNTESTED: Final = 10
CONFIDENCE: Final = 0.7
RULES: Final = (
    RuleInfo(
        UNTESTED,
        "New public function that no test reaches",
        Severity.INFO,
        "No known test reaches it, over calls, fixtures or names. A test that calls it would tell when it breaks.",
        ("tests",),
    ),
    RuleInfo(
        NO_LONGER,
        "Test that no longer reaches what it is named after",
        Severity.WARNING,
        "Before the change this test called what its name speaks of; now no path leads there. It may pass whatever "
        "happens to that code. Call it again, or rename the test.",
        ("tests",),
    ),
)
_WORDS = re.compile(r"[a-z0-9]+|[A-Z][a-z0-9]*")
_COVERED = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS})


def report_tests(draft: Draft) -> None:
    """Leave in the draft which tests the change calls for, and add what is wrong with tests."""
    subject = draft.subject
    if not subject.files:
        return
    choice = choose_tests(
        subject.base, subject.head, subject.files, symbols=subject.symbols, recording=_find_recording(draft)
    )
    draft.tests = choice.selection
    if any(file.kind in LOOKED_INTO for file in subject.files):
        draft.add(_find_uncovered(subject, choice))
    if choice.selection.known:
        draft.add(_find_untested(subject, frozenset(choice.selection.untested)))


def _find_recording(draft: Draft) -> Recording | None:
    """Return what tests were seen to run; None, with a gap, where what is kept cannot be read."""
    try:
        return load_recording(draft.means.store)
    except UserError as problem:
        draft.gaps.append(Gap("what tests ran", str(problem)))
        return None


def _find_untested(subject: Subject, names: frozenset[str]) -> Iterator[Finding]:
    """Yield the new public functions that no test reaches, at most so many."""
    found = [symbol for symbol in subject.symbols if symbol.name in names and _is_worth_a_test(symbol, subject)]
    for symbol in found[:MAX_UNTESTED]:
        more = len(found) - MAX_UNTESTED
        rest = f" The same is true of {more} more." if more > 0 and symbol is found[MAX_UNTESTED - 1] else ""
        yield Finding(
            UNTESTED,
            Severity.INFO,
            CONFIDENCE,
            f"No known test reaches the new {symbol.symbol_kind} {symbol.name}.{rest}",
            symbol.path,
            symbol.line,
            anchor=subject.anchor(symbol.path, symbol.line),
            symbol=symbol.name,
        )


def _is_worth_a_test(symbol: SymbolChange, subject: Subject) -> bool:
    file: ChangedFile | None = subject.by_path.get(symbol.path)
    last = symbol.name.rpartition(".")[2]
    is_new = symbol.kind is SymbolChangeKind.ADDED and symbol.is_public and not last.startswith("_")
    is_code = file is not None and file.kind is FileKind.SOURCE
    return is_new and is_code and last != "main" and symbol.end_line - symbol.line >= 2


def _find_uncovered(subject: Subject, choice: Choice) -> Iterator[Finding]:
    """Yield the tests that called what they are named after, and now reach it no more."""
    base, head = subject.base.view, subject.head.view
    moved = {change.old_key: change.key for change in subject.symbols if change.old_key and change.key}
    changed = {change.old_key for change in subject.symbols} | {change.key for change in subject.symbols}
    edges = base.all_edges(frozenset({EdgeKind.TESTS}))
    pairs = sorted(set(zip(base.sources(edges).tolist(), base.targets(edges).tolist(), strict=True)))
    for source, target in pairs:
        test_key, key = base.key(source), base.key(target)
        if not changed & {test_key, key} or not _is_named_after(_last(test_key), _last(key)):
            continue
        test, covered = (head.index_of(moved.get(one, one)) for one in (test_key, key))
        if test is None or covered is None or not {base.symbol(target).kind, head.symbol(covered).kind} <= _COVERED:
            continue
        if choice.knows(test) and not choice.reaches(test, covered):
            yield _uncovered(subject, head.symbol(test), head.symbol(covered), base.symbol(source))


def _uncovered(subject: Subject, test: Symbol, covered: Symbol, before: Symbol) -> Finding:
    line = test.span.line
    return Finding(
        NO_LONGER,
        Severity.WARNING,
        CONFIDENCE,
        f"{test.name} is named after {covered.name} and called it before; no known path leads from it to "
        f"{covered.qualified_name} any more.",
        test.path,
        line,
        anchor=subject.anchor(test.path, line),
        symbol=covered.qualified_name,
        evidence=(
            Evidence("the test before the change", before.path, before.span.line, Side.BASE),
            Evidence(covered.qualified_name, covered.path, covered.span.line),
        ),
    )


def _is_named_after(test: str, name: str) -> bool:
    """Tell whether all words of a name stand in a row in the name of a test; one short word says nothing."""
    words, own = _split(name), _split(test)
    if not words or (len(words) == 1 and len(words[0]) < 4):
        return False
    return any(own[at : at + len(words)] == words for at in range(len(own) - len(words) + 1))


def _split(name: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(name)]


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2].partition("#")[0]
