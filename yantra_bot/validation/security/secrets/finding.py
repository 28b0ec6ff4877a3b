"""Finds secrets in the lines that a change wrote. It says first characters and length at most."""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote

from yantra_bot.domain.findings import Finding, RuleInfo, Severity
from yantra_bot.domain.redaction import SHAPES, find_shapes, redact, shorten
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.secrets.assignments import find_assignments
from yantra_bot.validation.security.secrets.known import ask_detectors
from yantra_bot.validation.security.secrets.masking import mask_text
from yantra_bot.validation.security.secrets.placeholders import ALLOWED, ALLOWED_NEXT, is_random, stands_for_one

FAMILY = "secrets/"
MAX_BYTES = 5_000_000
MAX_LINE = 10_000
_TITLES = {shape.id: shape.title for shape in SHAPES}
_WORTH_A_LOOK = re.compile(
    r"[A-Za-z0-9_./+~=-]{16}|://|PRIVATE KEY|pass|pwd|secret|token|key|cred|xox|login|auth|connect", re.IGNORECASE
)
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----")
_BODY = re.compile(r"[A-Za-z0-9+/]{40}")
_JOINT = re.compile(r"[\"']\s*[+.]?\s*[\"']")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,2000}={0,2}")
_LOCAL = re.compile(
    r"^(?:localhost|127\.|\[?::1|0\.0\.0\.0|host\b|[^/:]*\bexample\b|[^/:]*\.(?:test|invalid|local)\b)", re.IGNORECASE
)
_DOCUMENTS = frozenset({".md", ".rst", ".txt", ".adoc"})
_MILD = {"url-password": Severity.ERROR, "signed-claims": Severity.ERROR, "aws-access-key": Severity.ERROR}
_HELP = (
    "Whoever reads the repository, now or in its past, can use it. Revoke it where it was given out, take it out of "
    "the code, and read it from the environment or a secret store."
)
SECRET_RULES: tuple[RuleInfo, ...] = tuple(
    RuleInfo(FAMILY + name, title, severity, _HELP, ("security", "cwe-798", "a07:2021"))
    for name, title, severity in (
        *((shape.id, shape.title, _MILD.get(shape.id, Severity.CRITICAL)) for shape in SHAPES),
        ("hard-coded", "value of a password, token or key in the code", Severity.ERROR),
        ("known-shape", "secret of a known shape", Severity.ERROR),
    )
)


@dataclass(frozen=True, slots=True)
class Leak:
    """A finding, and the secret itself, which never leaves this process: it serves to mend and to hide, not to show."""

    finding: Finding
    value: str
    name: str = ""
    """The name that is given the value, where it is one."""

    def __repr__(self) -> str:
        return f"Leak({self.finding.rule!r}, {self.finding.path!r}, {self.finding.line})"


@dataclass(frozen=True, slots=True)
class _Candidate:
    rule: str
    title: str
    value: str
    severity: Severity
    confidence: float
    shown: int = 4
    name: str = ""
    disguise: str = ""
    """What stands in the line in the secret's place, where that is another text; of one in pieces, the whole line."""


def find_secrets(changes: Sequence[Change]) -> list[Leak]:
    """Return the secrets in added lines that stood in no changed file of the base."""
    leaks: list[Leak] = []
    for change in changes:
        data = change.after
        if data is None or b"\0" in data[:8192] or len(data) > MAX_BYTES:
            continue
        lines = data.decode("utf-8", "replace").split("\n")
        leaks += _find_in(change, lines)
    old = [change.before for change in changes if change.before is not None] if leaks else []
    return [leak for leak in leaks if not any(leak.value.encode("utf-8", "replace") in data for data in old)]


def _find_in(change: Change, lines: list[str]) -> Iterator[Leak]:
    for part in change.added:
        for number in range(max(1, part.start), min(part.stop, len(lines) + 1)):
            line = lines[number - 1][:MAX_LINE]
            before = lines[number - 2] if number > 1 else ""
            if not _WORTH_A_LOOK.search(line) or ALLOWED.search(line) or ALLOWED_NEXT.search(before):
                continue
            candidates = list(_candidates(change, line, lines, number))
            hidden = mask_text(redact(line.strip()), [text for one in candidates for text in (one.disguise, one.value)])
            seen: list[str] = []
            for one in candidates:
                if not any(one.value in other or other in one.value for other in seen):
                    seen += filter(None, (one.value, one.disguise))
                    yield Leak(_make_finding(change, one, number, hidden[:200]), one.value, one.name)


def _candidates(change: Change, line: str, lines: list[str], number: int) -> Iterator[_Candidate]:
    if _PEM.search(line) and _has_body(lines, number):
        yield _Candidate("private-key", _TITLES["private-key"], _pem(lines, number), Severity.CRITICAL, 0.95, 0)
    is_sample = change.is_test or PurePosixPath(change.path).suffix.lower() in _DOCUMENTS
    for disguise, view in _views(line):
        for one in _by_shape(view):
            if one.rule != "url-password" or not is_sample or is_random(one.value):
                yield replace(one, disguise=disguise if one.value not in line else "")
    for kind, title, value in ask_detectors(line):
        if not stands_for_one(value) and is_random(value):
            yield _Candidate("known-shape", f"{title} ({kind})", value, Severity.ERROR, 0.7)
    if not change.is_test:
        for found in find_assignments(change.path, line):
            title = f"value for `{found.name[-60:]}`"
            yield _Candidate("hard-coded", title, found.value, Severity.ERROR, 0.6, 0, found.name)


def _views(line: str) -> Iterator[tuple[str, str]]:
    """Give the line, and what it says once pieces are joined and encodings undone, with the text that this was."""
    yield "", line
    joined = _JOINT.sub("", line)
    if joined != line:
        yield line.strip(), joined
    if "%" in line:
        yield line.strip(), unquote(line)
    for match in _BASE64.finditer(line):
        try:
            text = base64.b64decode(match.group() + "=" * (-len(match.group()) % 4), validate=True).decode("ascii")
        except ValueError:
            continue
        yield match.group(), text


def _by_shape(text: str) -> Iterator[_Candidate]:
    for seen in find_shapes(text):
        name, value = seen.shape.id, seen.value
        if name == "private-key" or (name == "url-password" and not _is_login(value, text[seen.end + 1 :])):
            continue
        if name != "url-password" and (stands_for_one(value) or stands_for_one(value[4:])):
            continue
        if name == "openai-key" and not (is_random(value, bits=3.5) and re.search(r"\d.*[A-Z]|[A-Z].*\d", value)):
            continue
        severity = Severity.WARNING if seen.shape.is_for_tests else _MILD.get(name, Severity.CRITICAL)
        if name == "url-password":
            yield _Candidate(name, seen.shape.title, value.partition(":")[2], severity, 0.7, 0)
        else:
            yield _Candidate(name, seen.shape.title, value, severity, 0.95 if severity is Severity.CRITICAL else 0.8)


def _is_login(value: str, rest: str) -> bool:
    """Tell whether `user:password` before an address is a real one: no placeholder, no machine of one's own."""
    user, _, password = value.partition(":")
    if (
        stands_for_one(password)
        or password == user
        or len(password) < 4
        or any(sign in value for sign in "{}$<>%*\\'\"`() ")
    ):
        return False
    return not _LOCAL.search(rest)


def _has_body(lines: list[str], number: int) -> bool:
    near = "\n".join(lines[number - 1 : number + 6])
    match = _BODY.search(near)
    return match is not None and not stands_for_one(match.group())


def _pem(lines: list[str], number: int) -> str:
    """Return the first line of the key's body: enough to find it again and to hide it."""
    match = _BODY.search("\n".join(lines[number - 1 : number + 6]))
    return match.group() if match else ""


def _make_finding(change: Change, one: _Candidate, number: int, anchor: str) -> Finding:
    severity, confidence = one.severity, one.confidence
    is_document = PurePosixPath(change.path).suffix.lower() in _DOCUMENTS
    if (change.is_test or is_document) and severity.rank > Severity.WARNING.rank:
        severity, confidence = Severity.WARNING, confidence * 0.6
    title = one.title[0].upper() + one.title[1:]
    message = f"{title} in the file: {shorten(one.value, shown=one.shown)}. {_HELP}"
    return Finding(FAMILY + one.rule, severity, confidence, message, change.path, number, anchor=anchor)
