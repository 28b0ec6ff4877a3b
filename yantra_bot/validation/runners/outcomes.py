"""Builds lists of tests out of what reports say: unique names, no more text than can be handed on. Pure."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from yantra_bot.domain.proof import TestOutcome, TestStatus
from yantra_bot.errors import UserError
from yantra_bot.sandbox.output import escape

MAX_BYTES = 32 * 1024 * 1024
MAX_TESTS = 50_000
MAX_NAME = 300
MAX_MESSAGE = 4_000
MAX_MESSAGES = 200
"""Failures that keep their text; more would make a report too large to hand on."""
_BAD = frozenset({TestStatus.FAILED, TestStatus.ERROR})


def make_outcome(name: str, status: TestStatus, seconds: Any = 0.0, message: str = "") -> TestOutcome:
    """Return one test, cut to size, without characters that do harm. A message is kept only of what did not pass."""
    text = escape(message.strip()[:MAX_MESSAGE]) if status in _BAD else ""
    return TestOutcome(escape(name[:MAX_NAME]) or "unnamed", status, _read_seconds(seconds), text)


def collect(found: Iterable[TestOutcome]) -> tuple[TestOutcome, ...]:
    """Return the tests in their order, with unique names; UserError where there are too many."""
    seen: Counter[str] = Counter()
    messages = 0
    tests: list[TestOutcome] = []
    for test in found:
        if len(tests) >= MAX_TESTS:
            raise UserError(f"The test report has more than {MAX_TESTS} tests.")
        seen[test.name] += 1
        count = seen[test.name]
        messages += bool(test.message)
        tests.append(
            replace(
                test,
                name=test.name if count == 1 else f"{test.name} #{count}",
                message=test.message if messages <= MAX_MESSAGES else "",
            )
        )
    return tuple(tests)


def _read_seconds(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) and value >= 0 else 0.0
