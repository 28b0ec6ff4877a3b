"""Reads panics and compilers' errors of Rust and Go. Pure.

What is looked through was written by strangers: at the beginning of a line no pattern reads on over blank lines, or a
text of nothing else would be read once for each of them.
"""

import re
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.validation.faults.places import make_frame, put_at

_RUST_PANIC = re.compile(
    r"^thread '[^'\n]{0,200}'(?: \(\d+\))? panicked at (?:'(?P<old>.{0,600})', )?"
    r"(?P<path>[^\s:']{1,400}\.rs):(?P<line>\d{1,9}):\d{1,9}:?\s*$"
    r"(?:\n(?P<new>.{0,600}))?",
    re.MULTILINE,
)
_RUST_ERROR = re.compile(
    r"^error(?:\[(?P<code>E\d{4})\])?: (?P<said>.{1,600})\n(?:.*\n)?"
    r"[ \t]*--> (?P<path>[^\s:]{1,400}\.rs):(?P<line>\d{1,9}):\d{1,9}",
    re.MULTILINE,
)
_RUST_CODES: Final = {
    **dict.fromkeys(("E0432", "E0433", "E0463", "E0583"), FaultKind.IMPORT),
    **dict.fromkeys(("E0425", "E0412", "E0423", "E0599", "E0609", "E0560"), FaultKind.ATTRIBUTE),
    **dict.fromkeys(("E0308", "E0277", "E0061", "E0106", "E0369"), FaultKind.TYPE),
}
_RUST_SAID: Final = (
    (re.compile(r"assertion .*failed|^assertion"), FaultKind.ASSERTION),
    (
        re.compile(r"index out of bounds|unwrap\(\)|expect\(\)|attempt to|out of range|utf-?8", re.IGNORECASE),
        FaultKind.VALUE,
    ),
    (re.compile(r"[Pp]ermission denied"), FaultKind.PERMISSION),
    (re.compile(r"memory allocation"), FaultKind.MEMORY),
)
_RUST_FRAME = re.compile(
    r"^\s{1,9}\d{1,4}: +(?P<function>\S.{0,300})\n[ \t]+at (?P<path>\S{1,400}\.rs):(?P<line>\d{1,9})", re.MULTILINE
)
"""Of a backtrace, as RUST_BACKTRACE=1 prints it."""
_GO_PANIC = re.compile(
    r"^(?:.{0,60}http: panic serving \S{1,100}: |[ \t]*panic: )(?P<said>.{1,600}?)(?: \[recovered\])?$", re.MULTILINE
)
_GO_FRAME = re.compile(
    r"^(?:(?P<function>[^\s(][^\n]{0,300}?)\([^()\n]{0,400}\)\n)?"
    r"[ \t]+(?P<path>\S{1,400}\.go):(?P<line>\d{1,9})(?: \+0x[0-9a-f]+)?$",
    re.MULTILINE,
)
_GO_ERROR = re.compile(
    r"^(?:vet: )?(?P<path>[^\s:]{1,400}\.go):(?P<line>\d{1,9})(?::\d{1,9})?: (?P<said>.{1,600})$", re.MULTILINE
)
_GO_TEST = re.compile(r"^ {4,}(?P<path>[^\s:]{1,200}_test\.go):(?P<line>\d{1,9}): (?P<said>.{1,600})$", re.MULTILINE)
_GO_SAID: Final = (
    (re.compile(r"test timed out|all goroutines are asleep"), FaultKind.TIMEOUT),
    (re.compile(r"no required module provides|is not in (std|GOROOT)|cannot find (package|module)"), FaultKind.IMPORT),
    (re.compile(r"^undefined: |undefined \(|has no field or method"), FaultKind.ATTRIBUTE),
    (re.compile(r"^syntax error|expected .*, found"), FaultKind.SYNTAX),
    (
        re.compile(r"cannot use|mismatched types|interface conversion|not enough arguments|too many arguments"),
        FaultKind.TYPE,
    ),
    (re.compile(r"out of range|nil pointer|divide by zero|nil map"), FaultKind.VALUE),
    (re.compile(r"permission denied"), FaultKind.PERMISSION),
    (re.compile(r"out of memory"), FaultKind.MEMORY),
)


def find_rust(text: str) -> Fault | None:
    """Return the first panic of a text, else the compiler's first error; None where it has neither."""
    if found := _RUST_PANIC.search(text):
        said = found["old"] or found["new"] or ""
        kind = _choose(_RUST_SAID, said)
        site = make_frame(found["path"], found["line"])
        frames = [make_frame(*one.group("path", "line", "function")) for one in _RUST_FRAME.finditer(text, found.end())]
        at_site = next((at for at, one in enumerate(frames) if (one.path, one.line) == (site.path, site.line)), None)
        # Before the site stands what Rust does to panic, which is nobody's code.
        return put_at(Fault(kind, "panic", said), [site] if at_site is None else frames[at_site:], deepest_first=True)
    if found := _RUST_ERROR.search(text):
        code = found["code"] or "error"
        kind = _RUST_CODES.get(code, FaultKind.SYNTAX if code == "error" else FaultKind.RUN_TIME)
        return put_at(Fault(kind, code, found["said"]), [make_frame(found["path"], found["line"])])
    return None


def find_go(text: str) -> Fault | None:
    """Return the first panic of a text, else the compiler's first error or a test's; None where it has none."""
    if found := _GO_PANIC.search(text):
        frames = [make_frame(*one.group("path", "line", "function")) for one in _GO_FRAME.finditer(text, found.end())]
        return put_at(Fault(_choose(_GO_SAID, found["said"]), "panic", found["said"]), frames, deepest_first=True)
    if found := _GO_ERROR.search(text):
        frame = make_frame(found["path"], found["line"])
        return put_at(Fault(_choose(_GO_SAID, found["said"]), "error", found["said"]), [frame])
    if found := _GO_TEST.search(text):
        frame = make_frame(found["path"], found["line"])
        return put_at(Fault(FaultKind.ASSERTION, "test", found["said"]), [frame])
    return None


def _choose(table: tuple[tuple[re.Pattern[str], FaultKind], ...], said: str) -> FaultKind:
    return next((kind for pattern, kind in table if pattern.search(said)), FaultKind.RUN_TIME)
