"""Tries the fixes for what was found, and offers those that hold: the file parses, and a second scan is clean."""

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yantra_bot.domain.findings import Finding, Fix, Severity
from yantra_bot.validation.security.code import Found
from yantra_bot.validation.security.engine import Hit, Report, Target
from yantra_bot.validation.security.fixes.calls import fix_hash, fix_reading, fix_tls
from yantra_bot.validation.security.fixes.pages import fix_page
from yantra_bot.validation.security.fixes.paths import fix_path
from yantra_bot.validation.security.fixes.scripts import fix_script
from yantra_bot.validation.security.fixes.settings import fix_secret
from yantra_bot.validation.security.fixes.shell import fix_shell
from yantra_bot.validation.security.fixes.source import Draft, Source, apply, to_replacements
from yantra_bot.validation.security.fixes.sql import fix_sql

Scan = Callable[[Sequence[Mapping[str, Any]], Sequence[Target]], Report]
MAX_TARGETS = 40
MAX_BYTES = 600_000
"""Of what is scanned to try fixes."""
_PER_FINDING = 4
_PYTHON: Mapping[str, Callable[[Source, int, int], Iterator[Draft]]] = {
    "shell-injection": fix_shell,
    "hard-coded-secret": fix_secret,
    "deserialisation": fix_reading,
    "tls": fix_tls,
    "weak-hash": fix_hash,
    "xss": fix_page,
    "path-traversal": fix_path,
}


@dataclass(frozen=True, slots=True)
class _Trial:
    number: int
    """Which of the findings it is for."""
    draft: Draft
    text: str


def offer_fixes(
    found: Sequence[Found], old: Callable[[str], Counter[str]], scan: Scan, imported: Callable[[], frozenset[str]]
) -> list[Finding]:
    """Return the findings, each with the first of its fixes that holds.

    `old` counts the hits in a file before, by rule; `scan` applies rules to files; `imported` names the first parts of
    what the whole project imports.
    """
    trials, targets = _choose(_try_all(found, imported), found)
    fixed: dict[int, Finding] = {}
    bodies = {one.rule.id: one.rule.body for one in found}
    report = scan(list(bodies.values()), targets) if targets else Report()
    if any(not path for path, _ in report.problems):
        return [one.finding for one in found]
    hits = Counter((hit.target, hit.rule) for hit in report.hits)
    for at, trial in trials:
        one = found[trial.number]
        if trial.number in fixed or not _is_clean(one, Counter(_of(hits, at)), old(one.target.path)):
            continue
        text = one.target.data.decode("utf-8", "replace")
        replacements = to_replacements(one.target.path, text, trial.draft.edits)
        fixed[trial.number] = replace(one.finding, fix=Fix(trial.draft.title, replacements))
    return [fixed.get(number, one.finding) for number, one in enumerate(found)]


def _choose(trials: Iterable[_Trial], found: Sequence[Found]) -> tuple[list[tuple[int, _Trial]], list[Target]]:
    """Return the trials, each with the target that is scanned for it; one target for all that come to the same."""
    chosen: list[tuple[int, _Trial]] = []
    targets: list[Target] = []
    places: dict[tuple[str, str], int] = {}
    for trial in trials:
        target = found[trial.number].target
        key = (target.path, trial.text)
        if key not in places:
            if len(targets) == MAX_TARGETS or sum(len(one.data) for one in targets) > MAX_BYTES:
                break
            places[key] = len(targets)
            targets.append(Target(target.path, target.analyzer, trial.text.encode()))
        chosen.append((places[key], trial))
    return chosen, targets


def _of(hits: Counter[tuple[int, str]], at: int) -> dict[str, int]:
    return {rule: count for (target, rule), count in hits.items() if target == at}


def _is_clean(one: Found, now: Counter[str], before: Counter[str]) -> bool:
    """One hit of the rule less, and none of another more."""
    return now[one.rule.id] < before[one.rule.id] and not now - before


def _try_all(found: Sequence[Found], imported: Callable[[], frozenset[str]]) -> Iterator[_Trial]:
    for number, one in enumerate(found):
        text = one.target.data.decode("utf-8", "replace")
        if (
            not one.rule.fix
            or one.finding.severity is Severity.INFO
            or text.encode() != one.target.data
            or "\r" in text
        ):
            continue
        count = 0
        for draft in _drafts(one, text, imported):
            fixed = _make(draft, text, is_python=one.target.analyzer == "python")
            if fixed is not None and fixed != text:
                yield _Trial(number, draft, fixed)
                count += 1
            if count == _PER_FINDING:
                break


def _drafts(one: Found, text: str, imported: Callable[[], frozenset[str]]) -> Iterable[Draft]:
    line, end = one.hit.line, one.hit.end_line
    if one.target.analyzer != "python":
        return fix_script(one.rule.fix, text, line, end) if one.target.analyzer in ("javascript", "typescript") else ()
    try:
        source = Source(text)
        if one.rule.fix == "sql-injection":
            return list(fix_sql(source, line, end, imported))
        fix = _PYTHON.get(one.rule.fix)
        return list(fix(source, line, end)) if fix is not None else ()
    except (SyntaxError, ValueError, RecursionError):
        return ()


def _make(draft: Draft, text: str, *, is_python: bool) -> str | None:
    try:
        fixed = apply(text, set(draft.edits))
        if is_python:
            ast.parse(fixed)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return fixed


def count_hits(hits: Iterable[Hit], targets: Sequence[Target]) -> Callable[[str], Counter[str]]:
    """Return what counts the hits of a file, by rule."""
    counts: dict[str, Counter[str]] = {}
    for hit in hits:
        counts.setdefault(targets[hit.target].path, Counter())[hit.rule] += 1
    return lambda path: counts.get(path, Counter())
