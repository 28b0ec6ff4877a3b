"""What the rules find in the code that a change wrote, and nothing that was there before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yantra_bot.domain.findings import Evidence, Finding, Severity
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.review import Gap
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.validation.security.baseline import select_new
from yantra_bot.validation.security.changes import Change
from yantra_bot.validation.security.engine import LATE, MAX_BYTES, MAX_FILE_BYTES, Hit, Report, Target, scan_all
from yantra_bot.validation.security.rules import Rule, RuleBook, language_of
from yantra_bot.validation.security.scanner import Scanner

NAME = "security rules"
_MAX_ANCHOR = 200
_PROBLEMS = {
    "PartialParsing": "It was understood in part only: a rule may have missed something in the rest.",
    **dict.fromkeys(("Syntax error", "Lexical error", "Other syntax error"), "It could not be parsed."),
    **dict.fromkeys(("Timeout", "Fixpoint timeout"), "A rule took too long in it and was left out."),
    **dict.fromkeys(("Out of memory", "Stack overflow"), "A rule needed too much memory in it and was left out."),
    LATE: "It was not scanned, since the time for scanning was used up.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with what it was made of, for whoever looks for a fix."""

    finding: Finding
    hit: Hit
    rule: Rule
    target: Target


@dataclass(slots=True)
class CodeReport:
    """What the rules came to. `is_scanned`: whether the engine was started at all."""

    found: list[Found] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    is_scanned: bool = False
    hits: tuple[Hit, ...] = ()
    """All hits of the head, old ones too."""
    targets: tuple[Target, ...] = ()


def choose_code(changes: Iterable[Change], book: RuleBook) -> list[Change]:
    """Return the changes in the head that some rule could have something to say about. Nobody attacks tests."""
    languages = book.languages
    return [
        change
        for change in changes
        if change.after is not None and not change.is_test and language_of(change.path) in languages
    ]


def check_code(changes: Sequence[Change], book: RuleBook, sandbox: Sandbox, scanner: Scanner) -> CodeReport:
    """Return what the rules find in the head's files and did not find in the base's.

    The engine is started once, and a second time, for the base, only where it found something. Raises
    SandboxUnavailable.
    """
    report = CodeReport()
    wanted = choose_code(changes, book)
    heads = _choose_targets([(change.path, change.after) for change in wanted], report.gaps)
    if not heads:
        return report
    report.is_scanned = True
    now = scan_all(sandbox, scanner, bodies(book), heads)
    report.hits, report.targets = now.hits, tuple(heads)
    report.gaps.extend(_say_problems(now))
    if not now.hits:
        return report
    bases = _choose_bases(changes, book, {heads[hit.target].analyzer for hit in now.hits})
    rules = {hit.rule for hit in now.hits}
    old = scan_all(sandbox, scanner, [book.rules[name].body for name in sorted(rules & book.rules.keys())], bases)
    by_path = {change.path: change for change in wanted}
    added = [hit for hit in now.hits if by_path[heads[hit.target].path].is_added(hit.line, hit.end_line)]
    for hit in select_new(heads, now.hits, bases, old.hits, added):
        if (rule := book.rules.get(hit.rule)) is not None:
            target = heads[hit.target]
            report.found.append(Found(_make_finding(hit, rule, target), hit, rule, target))
    report.found = keep_gravest(report.found)
    report.gaps.extend(_say_base_problems(old))
    return report


def keep_gravest(found: Sequence[Found]) -> list[Found]:
    """Return one finding of each class in a line: of two rules that mean the same, the graver and surer one."""
    best: dict[object, Found] = {}
    for one in found:
        finding = one.finding
        key = (finding.path, finding.line, one.rule.fix or one.rule.id)
        rank = (finding.severity.rank, finding.confidence)
        if key not in best or rank > (best[key].finding.severity.rank, best[key].finding.confidence):
            best[key] = one
    return [one for one in found if any(one is other for other in best.values())]


def bodies(book: RuleBook) -> list[Mapping[str, Any]]:
    """Return the rules as the engine takes them."""
    return [rule.body for rule in book.rules.values()]


def _choose_targets(files: Iterable[tuple[str, bytes | None]], gaps: list[Gap]) -> list[Target]:
    targets, total, left_out = [], 0, []
    for path, data in files:
        language = language_of(path)
        if data is None or language is None:
            continue
        if len(data) > MAX_FILE_BYTES or total + len(data) > MAX_BYTES:
            left_out.append(path)
            continue
        total += len(data)
        targets.append(Target(path, language, data))
    if left_out:
        why = (
            f"A file of more than {MAX_FILE_BYTES // 1000} kB, or {MAX_BYTES >> 20} MB of files in all, is not scanned."
        )
        gaps.append(Gap(NAME, why, tuple(left_out)))
    return targets


def _choose_bases(changes: Sequence[Change], book: RuleBook, languages: set[str]) -> list[Target]:
    files = [(change.path, change.before) for change in changes if language_of(change.path) in languages]
    return _choose_targets(files, [])


def _make_finding(hit: Hit, rule: Rule, target: Target) -> Finding:
    lines = target.data.decode("utf-8", "replace").split("\n")
    severity, message = rule.info.severity, hit.message
    if hit.is_ignored:
        severity = Severity.INFO
        message += " A comment in the code asks scanners to overlook it."
    return Finding(
        rule.info.id,
        severity,
        rule.confidence,
        redact(" ".join(message.split())),
        target.path,
        hit.line,
        end_line=hit.end_line,
        anchor=redact(lines[hit.line - 1].strip())[:_MAX_ANCHOR],
        evidence=tuple(_tell_way(hit, target.path)),
    )


_ROLES = {"source": "the value comes in here", "via": "it passes through here", "sink": "it does harm here"}


def _tell_way(hit: Hit, path: str) -> Iterable[Evidence]:
    for step in hit.trace:
        yield Evidence(redact(f"{_ROLES[step.role]}: {' '.join(step.text.split())}"), path, step.line)


def _say_problems(report: Report) -> Iterable[Gap]:
    by_word: dict[str, list[str]] = {}
    for path, word in report.problems:
        by_word.setdefault(word, []).append(path)
    for word, paths in by_word.items():
        why = _PROBLEMS.get(word, redact(f"The scanner said: {word}"))
        yield Gap(NAME, why, tuple(path for path in dict.fromkeys(paths) if path))


def _say_base_problems(report: Report) -> Iterable[Gap]:
    """Without a whole baseline, some of what was found may have been there before."""
    if any(word not in _PROBLEMS or word == LATE for _, word in report.problems):
        why = "The base could not be scanned, so that some of what was found may be older than the change."
        yield Gap(NAME, why)
