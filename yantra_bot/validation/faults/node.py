"""Reads what Node and its test runners print of errors. Pure."""

import re
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind, Frame
from yantra_bot.validation.faults.places import make_frame, put_at

_AT = re.compile(
    r"^\s+at (?:async )?(?:(?P<function>[^(\n]{1,200}?) \()?(?P<path>(?:file://)?[^()\s:]{1,400}|node:[\w/]+)"
    r":(?P<line>\d{1,9}):\d{1,9}\)?,?\s*$"
)
_RAISED = re.compile(
    r"^\s*\[?(?:Uncaught |(?P<cause>\[?cause\]?: ))?(?P<name>(?:[A-Z]\w{0,80})?(?:Error|Exception))"
    r"(?: \[(?P<code>\w+)\])?(?:: (?P<said>.*))?$"
)
_EXPECT = re.compile(r"^\s*(expect\(.{1,200}\).{0,200})$")
_HEAD = re.compile(r"^((?:file://)?[^\s:]{1,400}\.[cm]?[jt]sx?):(\d{1,9})(?::\d{1,9})?\s*$")
_KINDS: Final = (
    (re.compile(r"Cannot find (module|package)|ERR_MODULE_NOT_FOUND|does not provide an export"), FaultKind.IMPORT),
    (re.compile(r"EACCES|EPERM|permission denied", re.IGNORECASE), FaultKind.PERMISSION),
    (re.compile(r"[Ee]xceeded timeout|timed out|ETIMEDOUT"), FaultKind.TIMEOUT),
    (re.compile(r"heap out of memory|Array buffer allocation failed"), FaultKind.MEMORY),
    (re.compile(r"is not a function|Cannot read propert|Cannot set propert|is not defined"), FaultKind.ATTRIBUTE),
)
_BY_NAME: Final = {
    "SyntaxError": FaultKind.SYNTAX,
    "ReferenceError": FaultKind.ATTRIBUTE,
    "TypeError": FaultKind.TYPE,
    "RangeError": FaultKind.VALUE,
    "AssertionError": FaultKind.ASSERTION,
    "JestAssertionError": FaultKind.ASSERTION,
}


def find_node(text: str) -> Fault | None:
    """Return the first error of a text that has frames of Node; None where it is none of JavaScript's."""
    lines = text.splitlines()
    name = said = code = ""
    head: list[Frame] = []
    frames: list[Frame] = []
    for line in lines:
        found = _RAISED.match(line)
        if found and (not name or found["cause"]):
            # What a test runner wraps is what went wrong.
            name, said, code, frames = found["name"], (found["said"] or "").rstrip("'\""), found["code"] or "", []
        elif found := _AT.match(line):
            frames.append(make_frame(found["path"], found["line"], found["function"]))
        elif found := _HEAD.match(line):
            head = [make_frame(found[1], found[2])]
        elif not name and (found := _EXPECT.match(line)):
            name, said = "AssertionError", found[1]
    if not name or not (frames or head):
        return None
    kind = _find_kind(name, f"{code} {said}")
    # Of a file that cannot be read there is no frame: its place stands in the first line.
    places = head if kind is FaultKind.SYNTAX and head else frames or head
    return put_at(Fault(kind, name, said), places, deepest_first=True)


def _find_kind(name: str, said: str) -> FaultKind:
    if name in {"SyntaxError", "AssertionError"} and "does not provide an export" not in said:
        return _BY_NAME[name]
    return next((kind for pattern, kind in _KINDS if pattern.search(said)), _BY_NAME.get(name, FaultKind.RUN_TIME))
