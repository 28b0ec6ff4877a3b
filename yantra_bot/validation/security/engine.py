"""Runs semgrep's engine over copies of files, in the sandbox, and reads what it says as data that may be hostile.

The engine alone is started, not semgrep's command line: it reads no configuration of a repository (`.semgrepignore`,
`.semgrep.yml`), has no way out, and sees nothing but our rules and the copies under names of our own.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from runners import read_source
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import RUNNERS_FOLDER, Job, Mount
from yantra_bot.sandbox.limits import GIB, MIB, Limits
from yantra_bot.validation.security.scanner import ENGINE, Scanner

LIMITS = Limits(
    wall_seconds=150.0,
    cpu_seconds=120.0,
    memory_bytes=2 * GIB,
    processes=64,
    file_bytes=256 * MIB,
    output_bytes=16 * MIB,
    temporary_bytes=512 * MIB,
)
MAX_FILE_BYTES = 1_000_000
"""A larger file is not scanned: what is that large was not written by hand."""
MAX_BYTES = 64 * MIB
BATCH_BYTES = 400_000
"""Of files that one start looks at, so that what a limit ends takes no more than these with it."""
BUDGET_SECONDS = 120.0
"""After this no further start is made."""
LATE = "the time for scanning was used up before its turn came"
_TOOL = "/run/semgrep"
_SCRIPT, _NOBODY = "scan_code.py", "nobody.pem"
_MAX_TEXT = 1_000
_MAX_HITS = 2_000
_ALIASES = {"py": "python", "python3": "python", "js": "javascript", "ts": "typescript", "golang": "go"}


@dataclass(frozen=True, slots=True)
class Target:
    """A file to be scanned as a language; `analyzer` is semgrep's word for that."""

    path: str
    analyzer: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One place that a value passes: `role` is `source`, `via` or `sink`."""

    role: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matches lines `line` to `end_line` of a target."""

    rule: str
    target: int
    """Its place in the list of targets."""
    line: int
    end_line: int
    message: str
    is_ignored: bool
    """Whether a comment in the code asks to overlook it."""
    trace: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What one start of the engine came to."""

    hits: tuple[Hit, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    """Pairs of a path (empty: the whole scan) and what could not be done."""


def scan_all(
    sandbox: Sandbox,
    scanner: Scanner,
    rules: Sequence[Mapping[str, Any]],
    targets: Sequence[Target],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Report:
    """Apply rules to targets, some at a time, as long as the budget lasts. Raises SandboxUnavailable."""
    began = clock()
    hits: list[Hit] = []
    problems: list[tuple[str, str]] = []
    for start, end in _batches(targets):
        if clock() - began > BUDGET_SECONDS:
            problems += [(one.path, LATE) for one in targets[start:end]]
            continue
        report = scan(sandbox, scanner, rules, targets[start:end])
        hits += [replace(hit, target=hit.target + start) for hit in report.hits]
        # What ended one start concerns its files alone.
        paths = [one.path for one in targets[start:end]] if end - start < len(targets) else [""]
        problems += [(at, why) for path, why in report.problems for at in ([path] if path else paths)]
    return Report(tuple(hits), tuple(dict.fromkeys(problems)))


def _batches(targets: Sequence[Target]) -> Iterator[tuple[int, int]]:
    start, size = 0, 0
    for at, one in enumerate(targets):
        if at > start and size + len(one.data) > BATCH_BYTES:
            yield start, at
            start, size = at, 0
        size += len(one.data)
    if start < len(targets):
        yield start, len(targets)


def scan(sandbox: Sandbox, scanner: Scanner, rules: Sequence[Mapping[str, Any]], targets: Sequence[Target]) -> Report:
    """Apply rules, as semgrep writes them, to targets. Raises SandboxUnavailable."""
    if not targets or not rules:
        return Report()
    script = f"{RUNNERS_FOLDER}/scan_code.py"
    arguments = (f"{_TOOL}/{ENGINE}", f"{RUNNERS_FOLDER}/rules.json", f"{RUNNERS_FOLDER}/targets")
    chosen = _for_each_language(rules, {target.analyzer for target in targets})
    if not chosen:
        return Report()
    job = Job(
        argv=(sandbox.interpreter.executable, "-I", script, *arguments),
        limits=LIMITS,
        environment={"SSL_CERT_FILE": f"{RUNNERS_FOLDER}/nobody.pem"},
        mounts=(Mount(scanner.folder, _TOOL),),
        files={
            script: read_source(_SCRIPT),
            arguments[1]: json.dumps({"rules": chosen}).encode(),
            arguments[2]: _pack(targets),
            # It does not start without an authority to trust, though it has no way out: one whose key is gone.
            f"{RUNNERS_FOLDER}/nobody.pem": read_source(_NOBODY),
        },
    )
    done = sandbox.run(job)
    return _read(done.output, targets, done.limit)


def load_engine() -> None:
    """Read what is shown inside the sandbox, for a process that may not be able to later."""
    for name in (_SCRIPT, _NOBODY):
        read_source(name)


def _pack(targets: Sequence[Target]) -> bytes:
    copies = [one.data.decode("utf-8", "replace").encode() for one in targets]
    head = [
        [one.analyzer, PurePosixPath(one.path).suffix[:8], _plain(one.path), len(copy)]
        for one, copy in zip(targets, copies, strict=True)
    ]
    return b"".join((json.dumps(head).encode(), b"\n", *copies))


def _plain(path: str) -> str:
    """Return a path as the engine takes it, for rules that are about some paths only."""
    parts = ("".join(sign if sign.isprintable() else "_" for sign in part) for part in path.split("/"))
    return "/".join(part for part in parts if part not in ("", ".", ".."))


def _read(output: str, targets: Sequence[Target], limit: str | None) -> Report:
    hits: list[Hit] = []
    problems: list[tuple[str, str]] = []
    is_whole = False
    for found in _objects(output):
        if "done" in found:
            is_whole = True
        elif "problem" in found:
            place = _number(found.get("target"), len(targets))
            path = "" if place is None else targets[place].path
            problems.append((path, str(found["problem"])[:_MAX_TEXT]))
        elif (hit := _read_hit(found, targets)) is not None and len(hits) < _MAX_HITS:
            hits.append(hit)
    if limit is not None:
        problems.append(("", f"it met its limit of {limit}"))
    elif not is_whole:
        problems.append(("", "it ended early: " + output[-200:]))
    return Report(tuple(hits), tuple(dict.fromkeys(problems)))


def _objects(output: str) -> Iterator[dict[str, Any]]:
    for line in output.split("\n"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _read_hit(found: dict[str, Any], targets: Sequence[Target]) -> Hit | None:
    """Return a hit whose every field is what it has to be, None for any other."""
    rule, target = found.get("hit"), _number(found.get("target"), len(targets))
    if not isinstance(rule, str) or target is None:
        return None
    lines = targets[target].data.count(b"\n") + 2
    line, end = _number(found.get("line"), lines), _number(found.get("end"), lines)
    if not line or end is None or end < line:
        return None
    trace = found.get("trace")
    steps = tuple(_read_steps(trace, target, lines)) if isinstance(trace, list) else ()
    return Hit(rule, target, line, end, str(found.get("message", ""))[:_MAX_TEXT], found.get("ignored") is True, steps)


def _read_steps(trace: list[Any], target: int, lines: int) -> Iterator[Step]:
    for step in trace[:16]:
        if not isinstance(step, list) or len(step) != 4:
            continue
        role, place, line, text = step
        number = _number(line, lines)
        if role in ("source", "via", "sink") and place == target and number:
            yield Step(role, number, str(text)[:_MAX_TEXT])


def _number(value: Any, end: int) -> int | None:
    """Return a whole number below `end`, None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < end else None


def _for_each_language(rules: Sequence[Mapping[str, Any]], analyzers: AbstractSet[str]) -> list[dict[str, Any]]:
    """Return each rule once a language: the engine reads the patterns of a rule in its first language alone."""
    return [
        {**rule, "languages": [language]}
        for rule in rules
        for language in dict.fromkeys(map(name_language, rule.get("languages", ())))
        if language in analyzers
    ]


def name_language(word: str) -> str:
    """Return semgrep's main word for a language that a rule names by another."""
    return _ALIASES.get(word, word)
