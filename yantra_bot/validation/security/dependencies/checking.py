"""What a change does to a project's dependencies: every new one is named, and what is doubtful about it is said."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from yantra_bot.domain.findings import Evidence, Finding, Severity
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.review import Gap
from yantra_bot.errors import UserError
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.dependencies import rules
from yantra_bot.validation.security.dependencies.advisories import Advisories, Advisory, Pinned, find_advisories
from yantra_bot.validation.security.dependencies.declared import Dependency, Ecosystem
from yantra_bot.validation.security.dependencies.locks import (
    ecosystem_of,
    is_lock,
    lock_names,
    manifest_of,
    missing_from,
    read_lock,
)  # fmt: skip
from yantra_bot.validation.security.dependencies.manifests import find_line, parser_of, read_manifest
from yantra_bot.validation.security.dependencies.names import find_likeness, module_owner, popular
from yantra_bot.validation.security.dependencies.rules import DEPENDENCY_RULES, FAMILY
from yantra_bot.validation.security.dependencies.sources import find_indexes, is_install_file, is_loose, lacks_hash

__all__ = ["DEPENDENCY_RULES", "Reader", "check_dependencies"]

NAME = "known weaknesses of dependencies"
_MAX_SHOWN = 20
_NOT_KNOWN = "not among the widely used ones; look whether it is the one that is meant"
_GRAVITY = {
    "CRITICAL": Severity.CRITICAL,
    "HIGH": Severity.ERROR,
    "MODERATE": Severity.WARNING,
    "MEDIUM": Severity.WARNING,
    "LOW": Severity.INFO,
}
_NO_DATABASE = (
    "No database of advisories is set, so that no version was looked up. "
    "Cure: set YANTRA_ADVISORIES_FOLDER to a folder with an export of OSV."
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files of both versions by their path; None where there is none."""

    base: Callable[[str], bytes | None]
    head: Callable[[str], bytes | None]


@dataclass(slots=True)
class DependencyReport:
    """What was found, and what was not looked at."""

    findings: list[Finding] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def check_dependencies(changes: Sequence[Change], reader: Reader, advisories: Advisories | None) -> DependencyReport:
    """Return what the change does to dependencies. `advisories` is what is known of versions, if anything is."""
    report = DependencyReport()
    manifests = [change for change in changes if change.after is not None and parser_of(change.path)]
    before = {one.key for change in changes for one in read_manifest(change.base_path or change.path, change.before)}
    for change in manifests:
        report.findings += _check_manifest(change, before)
    report.findings += _check_locks(changes, reader)
    for change in changes:
        report.findings += _check_indexes(change)
    _look_up(changes, advisories, report)
    return report


def _check_manifest(change: Change, before: set[tuple[Ecosystem, str]]) -> Iterator[Finding]:
    data = change.after or b""
    lines = data.decode("utf-8", "replace").split("\n")
    old = {(one.key, one.source, one.spec) for one in read_manifest(change.base_path or change.path, change.before)}
    new: dict[object, Dependency] = {}
    for one in read_manifest(change.path, data):
        if (one.key, one.source, one.spec) in old:
            continue
        if one.key not in before:
            new.setdefault(one.key, one)
        if is_loose(one):
            message = f"{one.name} comes from {redact(one.source)[:200]}, which names no fixed content."
            yield _make(change.path, lines, rules.LOOSE, one.line, message, symbol=one.name, confidence=0.9)
        elif one.ecosystem is Ecosystem.NPM and not one.source and one.spec.strip() in ("", "*", "latest", "x"):
            message = f"{one.name} is asked for in any version."
            yield _make(change.path, lines, rules.ANY_VERSION, one.line, message, symbol=one.name, confidence=0.9)
    yield from (_judge_new(change.path, lines, one) for one in new.values())
    earlier = {name for _, name in lacks_hash((change.before or b"").decode("utf-8", "replace"))}
    for line, name in lacks_hash("\n".join(lines)) if change.path.endswith((".txt", ".in")) else ():
        if name not in earlier:
            message = f"{name} has no hash, and others of this file have one."
            yield _make(change.path, lines, rules.HASH, line, message, symbol=name, confidence=0.95)


def _judge_new(path: str, lines: list[str], one: Dependency) -> Finding:
    """Name a new dependency by the gravest that can be said of its name."""
    likeness = None if one.source else find_likeness(one.ecosystem, one.name)
    if likeness is not None:
        message = (
            f"The new dependency {one.name} differs from the widely used {likeness.popular} by {likeness.how}. "
            f"Is {likeness.popular} meant?"
        )
        return _make(
            path, lines, rules.TYPOSQUAT, one.line, message, symbol=one.name, confidence=likeness.confidence,
            severity=Severity.ERROR if likeness.confidence >= 0.7 else Severity.WARNING,
        )  # fmt: skip
    owner = module_owner(one.ecosystem, one.name)
    if owner:
        message = f"The new dependency {one.name} has a module's name; that module comes in the package {owner}."
        return _make(path, lines, rules.MODULE, one.line, message, symbol=one.name, confidence=0.7)
    is_known = one.key[1] in popular(one.ecosystem)
    where = f"from {redact(one.source)[:120]}" if one.source else f"of {one.ecosystem}"
    word = (
        "a widely used one" if is_known else "not among the widely used ones; look whether it is the one that is meant"
    )
    severity = Severity.INFO if is_known else Severity.WARNING
    message = f"New dependency: {one.name} {where}, {word}."
    return _make(path, lines, rules.NEW, one.line, message, symbol=one.name, confidence=1.0, severity=severity)


def _check_locks(changes: Sequence[Change], reader: Reader) -> Iterator[Finding]:
    touched = {change.path for change in changes if lock_names(change.path)}
    touched |= {manifest_of(change.path) for change in changes if is_lock(change.path)}
    for path in sorted(touched):
        data = reader.head(path)
        for lock in lock_names(path) if data is not None else ():
            pins = read_lock(lock, reader.head(lock))
            if pins is None:
                continue
            missing = missing_from(pins, read_manifest(path, data))
            was = missing_from(read_lock(lock, reader.base(lock)) or {}, read_manifest(path, reader.base(path)))
            old = {(one.key, one.spec) for one in was} if reader.base(lock) is not None else set()
            new = [one for one in missing if (one.key, one.spec) not in old]
            if new:
                yield _tell_lock(path, (data or b"").decode("utf-8", "replace").split("\n"), lock, new)


def _tell_lock(path: str, lines: list[str], lock: str, missing: list[Dependency]) -> Finding:
    names = ", ".join(f"{one.name} {one.spec}".strip() for one in missing[:5])
    more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
    evidence = tuple(
        Evidence(f"{one.name} {one.spec}".strip() + f" is not in {lock}", path, one.line)
        for one in missing[:_MAX_SHOWN]
    )
    message = f"{lock} does not hold what this file asks for: {names}{more}. Write the lock file anew."
    return _make(
        path, lines, rules.LOCK, missing[0].line, message, symbol=lock, confidence=0.9, evidence=evidence,
        more=max(0, len(missing) - _MAX_SHOWN),
    )  # fmt: skip


def _check_indexes(change: Change) -> Iterator[Finding]:
    if change.after is None or not is_install_file(change.path) or len(change.after) > 1_000_000:
        return
    lines = change.after.decode("utf-8", "replace").split("\n")
    for number, text in find_indexes(change.path, lines, change.added):
        message = f"Packages may now come from elsewhere: {redact(text)[:160]}"
        yield _make(change.path, lines, rules.INDEX, number, message, symbol="", confidence=0.8)


def _look_up(changes: Sequence[Change], advisories: Advisories | None, report: DependencyReport) -> None:
    old = {pinned for change in changes for pinned in _pins(change.base_path or change.path, change.before)}
    places = {pinned: change for change in changes for pinned in _pins(change.path, change.after) if pinned not in old}
    if not places:
        return
    if advisories is None:
        report.gaps.append(Gap(NAME, _NO_DATABASE))
        return
    try:
        found = find_advisories(advisories, places.keys())
    except UserError as problem:
        report.gaps.append(Gap(NAME, str(problem)))
        return
    report.findings += [_tell_advisory(one, places[one.pinned]) for one in found]


def _pins(path: str, data: bytes | None) -> Iterable[Pinned]:
    if is_lock(path):
        ecosystem = ecosystem_of(path)
        pins = read_lock(path, data) or {}
        return {
            Pinned(ecosystem, name, version.lstrip("v")) for name, many in pins.items() for version in many if version
        }
    return {Pinned(one.ecosystem, one.key[1], one.version) for one in read_manifest(path, data) if one.version}


def _tell_advisory(one: Advisory, change: Change) -> Finding:
    lines = (change.after or b"").decode("utf-8", "replace").split("\n")
    names = ", ".join((one.id, *one.aliases[:2]))
    cure = f"It is mended in {one.fixed}." if one.fixed else "No version is known in which it is mended."
    severity = Severity.CRITICAL if one.id.startswith("MAL-") else _GRAVITY.get(one.severity, Severity.ERROR)
    message = f"{one.pinned.name} {one.pinned.version} has a known weakness ({names}): {one.summary} {cure}"
    return _make(
        change.path, lines, rules.ADVISORY, find_line(lines, one.pinned.name), message,
        symbol=f"{one.pinned.name} {one.id}", confidence=0.95, severity=severity,
    )  # fmt: skip


def _make(
    path: str, lines: list[str], rule: str, line: int, message: str, *, symbol: str, confidence: float,
    severity: Severity | None = None, evidence: tuple[Evidence, ...] = (), more: int = 0,
) -> Finding:  # fmt: skip
    anchor = redact(lines[line - 1].strip())[:200] if 0 < line <= len(lines) else ""
    return Finding(
        FAMILY + rule, severity or rules.SEVERITIES[rule], confidence, " ".join(message.split()), path, line,
        anchor=anchor, symbol=symbol, evidence=evidence, more_evidence=more,
    )  # fmt: skip
