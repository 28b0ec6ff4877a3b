"""Reads stack traces of Java, with what caused them. Pure.

The innermost cause is what went wrong: what wraps it only tells where that was noticed. A trace leaves out the frames
that a cause shares with what it caused (`... 3 more`); they are put back.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind, Frame
from yantra_bot.validation.faults.places import put_at

_RAISED = re.compile(
    r"^\s*(?P<cause>Caused by: )?(?:Exception in thread \"[^\"\n]{0,200}\" )?"
    r"(?P<name>(?:[a-z_][\w]{0,80}\.){1,12}[A-Z][\w$]{0,120}(?:Exception|Error|Throwable|Failure)?)(?:: (?P<said>.*))?$"
)
_AT = re.compile(
    r"^\s+at (?:[\w.$@-]{0,200}/){0,2}(?P<scope>[\w.$]{1,300})\.(?P<function>[\w$<>]{1,200})"
    r"\((?:(?P<file>[\w$]{1,200}\.(?:java|kt|scala|groovy)):(?P<line>\d{1,9})|[^()\n]{1,200})\)"
)
_MORE = re.compile(r"^\s+\.\.\. (\d{1,5}) (?:more|common frames omitted)")
_LIBRARIES: Final = (
    *("java.", "javax.", "jdk.", "sun.", "com.sun.", "jakarta.", "kotlin.", "scala.", "groovy."),
    *(
        "org.springframework.",
        "org.apache.",
        "org.hibernate.",
        "org.junit.",
        "io.netty.",
        "reactor.",
        "com.google.common.",
    ),
)
_LAMBDA = re.compile(r"^lambda\$(\w+)\$\d+$")
_KINDS: Final = (
    (re.compile(r"ClassNotFound|NoClassDefFound"), FaultKind.IMPORT),
    (re.compile(r"NoSuchMethod|NoSuchField|AbstractMethod"), FaultKind.ATTRIBUTE),
    (re.compile(r"ClassCast|ArrayStore"), FaultKind.TYPE),
    (
        re.compile(
            r"NullPointer|IndexOutOfBounds|IllegalArgument|NumberFormat|Arithmetic|NoSuchElement|InputMismatch|"
            r"NegativeArraySize|DateTime"
        ),
        FaultKind.VALUE,
    ),
    (re.compile(r"OutOfMemory"), FaultKind.MEMORY),
    (re.compile(r"Timeout"), FaultKind.TIMEOUT),
    (re.compile(r"AccessDenied|Security|AccessControl"), FaultKind.PERMISSION),
    (re.compile(r"AssertionError|AssertionFailed|ComparisonFailure"), FaultKind.ASSERTION),
)


@dataclass(slots=True)
class _Part:
    """One exception of a chain, its frames innermost first."""

    name: str
    said: str
    frames: list[Frame] = field(default_factory=list)


def find_java(text: str) -> Fault | None:
    """Return the innermost cause of the first trace of a text; None where it has none."""
    parts: list[_Part] = []
    for line in text.splitlines():
        if found := _AT.match(line):
            if parts:
                parts[-1].frames.append(_frame(found))
        elif (found := _MORE.match(line)) and len(parts) > 1:
            shared = int(found[1])
            parts[-1].frames += parts[-2].frames[len(parts[-2].frames) - shared :] if shared else []
        elif found := _RAISED.match(line):
            if parts and parts[-1].frames and not found["cause"]:
                break
            if not found["cause"]:
                parts.clear()
            parts.append(_Part(found["name"], found["said"] or ""))
    told = [part for part in parts if part.frames]
    if not told:
        return None
    last = told[-1]
    name = last.name.rpartition(".")[2]
    return put_at(Fault(_kind(name), name, last.said), last.frames, deepest_first=True)


def _frame(found: re.Match[str]) -> Frame:
    scope, function = found["scope"], found["function"]
    folder = scope.rpartition(".")[0].replace(".", "/")
    path = f"{folder}/{found['file']}" if folder and found["file"] else found["file"] or scope
    lambda_of = _LAMBDA.match(function)
    is_ours = found["file"] is not None and not scope.startswith(_LIBRARIES)
    return Frame(path[:500], int(found["line"] or 0), lambda_of[1] if lambda_of else function, is_ours)


def _kind(name: str) -> FaultKind:
    return next((kind for pattern, kind in _KINDS if pattern.search(name)), FaultKind.RUN_TIME)
