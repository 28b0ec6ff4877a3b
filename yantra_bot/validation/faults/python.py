"""Reads Python's tracebacks, and what pytest makes of them. Pure."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind, Frame
from yantra_bot.validation.faults.places import make_frame, put_at

_FILE = re.compile(r'^\s*(?:\|\s*)*File "([^"\n]{1,500})", line (\d{1,9})(?:, in (.{1,200}))?\s*$')
_NOTEBOOK = re.compile(r"^(?:File )?([^\s:(][^:\n(]{0,400}\.pyx?)(?::(\d{1,9}),)? in ([A-Za-z_<][\w.<>]{0,200})\(")
"""A frame as IPython prints it; versions before 8.0 tell the line by an arrow below it alone."""
_ARROW = re.compile(r"^-{1,9}>\s{0,9}(\d{1,9})(?:\s|$)")
_SHORT = re.compile(r"^([^\s:][^:\n]{0,400}\.pyx?):(\d{1,9}): (?:in (\S{1,200})|([A-Za-z_][\w.]*))\s*$")
_RAISED = re.compile(r"^\s*(?:[|+-]\s*)*([A-Za-z_][\w.]{0,200}?)(?:: (.*))?$")
_NAME = re.compile(r"(?:Error|Exception|Exit|Interrupt|Warning|Timeout|TimeoutExpired|Failed|Iteration|Group)$")
_START = "Traceback (most recent call last):"

_KINDS: Final = {
    **dict.fromkeys(("ImportError", "ModuleNotFoundError", "PackageNotFoundError"), FaultKind.IMPORT),
    **dict.fromkeys(("AttributeError", "NameError", "UnboundLocalError"), FaultKind.ATTRIBUTE),
    "TypeError": FaultKind.TYPE,
    **dict.fromkeys(("SyntaxError", "IndentationError", "TabError"), FaultKind.SYNTAX),
    **dict.fromkeys(("ValueError", "KeyError", "IndexError", "LookupError", "JSONDecodeError"), FaultKind.VALUE),
    **dict.fromkeys(("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError"), FaultKind.VALUE),
    **dict.fromkeys(("ZeroDivisionError", "OverflowError", "ArithmeticError", "ValidationError"), FaultKind.VALUE),
    "PermissionError": FaultKind.PERMISSION,
    "MemoryError": FaultKind.MEMORY,
    **dict.fromkeys(("AssertionError", "Failed", "ComparisonFailure"), FaultKind.ASSERTION),
}


@dataclass(slots=True)
class _Seen:
    """What was read since the last error, and the last error itself."""

    frames: list[Frame] = field(default_factory=list)
    error: str = ""
    message: str = ""
    error_frames: list[Frame] = field(default_factory=list)
    in_trace: bool = False

    def raised(self, error: str, message: str) -> None:
        self.error, self.message = error, message
        self.error_frames, self.frames, self.in_trace = self.frames, [], False


def find_python(text: str) -> Fault | None:
    """Return the last error of a text, which is the outermost one of a chain; None where it is none of Python's."""
    seen, marked = _Seen(), list[str]()
    for line in [*text.splitlines(), ""]:
        if line.startswith("E   ") or (marked and line.rstrip() == "E"):
            marked.append(line[1:])
            continue
        if marked:
            _read_marked(seen, marked)
            marked = []
        _read_line(seen, line)
    if not seen.error:
        return None
    name = seen.error.rpartition(".")[2]
    return put_at(Fault(_find_kind(name, seen.message), name, seen.message), seen.error_frames or seen.frames)


def _read_line(seen: _Seen, line: str) -> None:
    if _START in line:
        seen.in_trace, seen.frames = True, []
    elif found := _FILE.match(line):
        seen.frames.append(make_frame(found[1], found[2], found[3]))
        seen.in_trace = True
    elif found := _NOTEBOOK.match(line):
        seen.frames.append(make_frame(found[1], found[2] or "1", found[3]))
        seen.in_trace = True
    elif seen.in_trace and seen.frames and (found := _ARROW.match(line)):
        last = seen.frames[-1]
        seen.frames[-1] = replace(last, line=int(found[1]))
    elif found := _SHORT.match(line):
        frame = make_frame(found[1], found[2], found[3])
        if found[4] and seen.error and not seen.frames:
            seen.error_frames.append(frame)  # pytest's long form names the place after the error
        else:
            seen.frames.append(frame)
    elif seen.in_trace and not line.startswith("    ") and (found := _RAISED.match(line)) and _is_error(found):
        seen.raised(found[1], found[2] or "")


def _is_error(raised: re.Match[str]) -> bool:
    """Say whether a name after a trace is an error's; those of strangers need not end as ours do."""
    name = raised[1]
    last = name.rpartition(".")[2]
    return bool(_NAME.search(name)) or (last[:1].isupper() and (raised[2] is not None or "." in name))


def _read_marked(seen: _Seen, lines: list[str]) -> None:
    """Read the lines that pytest marks: an error with what belongs to it, or what an assertion compared."""
    lines = [line for line in lines if line.strip()] or [""]
    for line in lines:
        if found := _FILE.match(line):
            seen.frames.append(make_frame(found[1], found[2], found[3]))
    for line in lines:
        found = _RAISED.match(line)
        if found and _NAME.search(found[1]):
            seen.raised(found[1], found[2] or "")
            return
    first = lines[0].strip()
    found = _RAISED.match(first)
    if first.startswith("assert"):
        seen.raised("AssertionError", first)
    elif found and (found[1][:1].isupper() or "." in found[1]) and found[2] is not None:
        seen.raised(found[1], found[2])
    else:
        seen.raised("AssertionError", first)


def _find_kind(name: str, message: str) -> FaultKind:
    if name == "Failed" and message.startswith("Timeout"):
        return FaultKind.TIMEOUT
    if name in _KINDS:
        return _KINDS[name]
    if name.endswith(("Timeout", "TimeoutError", "TimeoutExpired")):
        return FaultKind.TIMEOUT
    if name == "OSError" and "Permission denied" in message:
        return FaultKind.PERMISSION
    return FaultKind.RUN_TIME
