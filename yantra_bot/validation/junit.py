"""Reads a JUnit report that untrusted code may have written: no entity, no document type, bounded in every direction.

A report is never a proof by itself: `test_run` holds it against the exit code. Nothing here touches a file.
"""

import io
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from yantra_bot.domain.proof import TestOutcome, TestStatus
from yantra_bot.errors import UserError

MAX_BYTES = 32 * 1024 * 1024
MAX_TESTS = 50_000
MAX_DEPTH = 30
MAX_NAME = 300
MAX_MESSAGE = 4_000
MAX_MESSAGES = 200
"""Failures that keep their text; more would make a report too large to hand on."""

_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_STATUSES = {"failure": TestStatus.FAILED, "error": TestStatus.ERROR, "skipped": TestStatus.SKIPPED}


def parse_junit(data: bytes) -> tuple[TestOutcome, ...]:
    """Return the tests of a report in its order, with unique names; UserError when it is none that is safe to read."""
    if len(data) > MAX_BYTES:
        raise UserError(f"The test report has more than {MAX_BYTES // 1024**2} MiB.")
    outcomes: list[TestOutcome] = []
    messages = 0
    try:
        for case in _read_cases(data):
            outcome = _read_outcome(case, keep_message=messages < MAX_MESSAGES)
            messages += bool(outcome.message)
            outcomes.append(outcome)
            if len(outcomes) > MAX_TESTS:
                raise UserError(f"The test report has more than {MAX_TESTS} tests.")
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UserError("The test report is no XML that is safe to read.") from error
    return _make_unique(outcomes)


def _read_cases(data: bytes) -> Iterator[Any]:
    depth = 0
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise UserError("The test report is nested too deeply.")
        if event == "end" and element.tag in {"testcase", "testsuite"}:
            if element.tag == "testcase":
                yield element
            element.clear()


def _read_outcome(case: Any, *, keep_message: bool) -> TestOutcome:
    status, message = TestStatus.PASSED, ""
    for child in case:
        found = _STATUSES.get(child.tag)
        # A test can fail and then break in its clean-up: the first of them is what it ended with.
        if found is not None and status is TestStatus.PASSED:
            status, message = found, _read_message(child)
    is_kept = keep_message and status in {TestStatus.FAILED, TestStatus.ERROR}
    return TestOutcome(_read_name(case), status, _read_seconds(case), message[-MAX_MESSAGE:] if is_kept else "")


def _read_message(child: Any) -> str:
    said, text = child.get("message", ""), (child.text or "").strip()
    return text if said.split("\n", 1)[0] in text else f"{said}\n{text}".strip()


def _read_seconds(case: Any) -> float:
    try:
        seconds = float(case.get("time", "0"))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds >= 0 else 0.0


def _read_name(case: Any) -> str:
    """Return pytest's node id where it can be told, so that the name can be given back to pytest; else class::name."""
    name, owner, file = case.get("name", ""), case.get("classname", ""), case.get("file", "")
    module = file.removesuffix(".py").replace("/", ".")
    if file and (owner == module or owner.startswith(f"{module}.")):
        classes = [part for part in owner[len(module) :].split(".") if part]
        return "::".join([file, *classes, name])[:MAX_NAME]
    if not owner and _is_collection(case) and _DOTTED.fullmatch(name):
        return f"{name.replace('.', '/')}.py"[:MAX_NAME]
    return "::".join(part for part in (owner, name) if part)[:MAX_NAME] or "unnamed"


def _is_collection(case: Any) -> bool:
    """Say whether this is a file that pytest could not collect: it has no test's name, but its module's."""
    return any(child.tag == "error" and child.get("message", "").startswith("collection failure") for child in case)


def _make_unique(outcomes: list[TestOutcome]) -> tuple[TestOutcome, ...]:
    seen: Counter[str] = Counter()
    unique = []
    for outcome in outcomes:
        seen[outcome.name] += 1
        count = seen[outcome.name]
        name = outcome.name if count == 1 else f"{outcome.name} #{count}"
        unique.append(TestOutcome(name, outcome.status, outcome.seconds, outcome.message))
    return tuple(unique)
