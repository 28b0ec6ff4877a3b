"""Tells errors by their kind, with file, line and message, out of what tests and commands print. Pure.

What is read was printed by strangers' code: it decides nothing by itself, and every pattern is bounded.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.domain.proof import TestReport, TestStatus, Verdict
from yantra_bot.validation.faults.hints import give_hint
from yantra_bot.validation.faults.java import find_java
from yantra_bot.validation.faults.limits import find_limit
from yantra_bot.validation.faults.native import find_go, find_rust
from yantra_bot.validation.faults.node import find_node
from yantra_bot.validation.faults.python import find_python

MAX_TEXT: Final = 60_000
"""Of a longer text the end is read: that is where an error stands."""
MAX_FAULTS: Final = 20
_READERS: Final[tuple[Callable[[str], Fault | None], ...]] = (
    find_python,
    find_node,
    find_java,
    find_rust,
    find_go,
    find_limit,
)


def find_fault(text: str, *, test: str = "") -> Fault | None:
    """Return the error that a text ends with, None where it shows none."""
    text = text[-MAX_TEXT:]
    for read in _READERS:
        found = read(text)
        if found is not None:
            return replace(found, test=test, hint=give_hint(found))
    return None


def find_faults(report: TestReport, *, known: frozenset[str] = frozenset()) -> tuple[Fault, ...]:
    """Return what stopped the tests of a report, each error once; `known` are tests that failed before any change."""
    found: dict[str, Fault] = {}
    failing = [one for one in report.outcomes if one.status in {TestStatus.FAILED, TestStatus.ERROR}]
    news = [one for one in failing if one.name not in known]
    for outcome in news:
        fault = find_fault(outcome.message, test=outcome.name)
        if fault is not None:
            found.setdefault(fault.fingerprint, fault)
    is_explained = bool(found) or (bool(failing) and not news)  # the output's end is then about those alone
    if not is_explained and report.verdict in {Verdict.FAIL, Verdict.ERROR}:
        fault = find_limit(report.reason) or find_fault(report.output_tail)
        if fault is not None:
            fault = replace(fault, hint=give_hint(fault))
            found[fault.fingerprint] = fault
    return tuple(found.values())[:MAX_FAULTS]


__all__ = ["Fault", "FaultKind", "find_fault", "find_faults"]
