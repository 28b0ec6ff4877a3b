"""A mistake while it is made: what a run's tests and checks object to, until something repairs it. Pure.

A slip becomes an occurrence of a lesson when the run ends, with the repair where there was one.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.faults import Fault, FaultKind
from yantra_bot.domain.lessons import (
    Category,
    CodeNode,
    Lesson,
    Occurrence,
    Scope,
    Severity,
    name_lesson,
    name_occurrence,
    sign,
)
from yantra_bot.domain.proof import Comparison, TestReport, Verdict
from yantra_bot.graphdb.languages import language_of
from yantra_bot.learning.patches import added_lines, show_repair
from yantra_bot.learning.sanitise import MOST_READ, hide_secrets, sanitise
from yantra_bot.validation.comparison import only_old_failures
from yantra_bot.validation.faults import find_faults
from yantra_bot.validation.security.secrets import mask_text
from yantra_bot.validation.security.secrets.assignments import find_assignments

MOST: Final = 3
"""Slips that are taken of one attempt's tests: what broke one thing often breaks many tests."""
LONGEST: Final = 700
MOST_LINES: Final = 6
"""Of a failure's text that are kept."""
NOT_REPAIRED: Final = "Nothing that was tried in that run repaired it."
_FAULTS: Final = {
    FaultKind.IMPORT: Category.IMPORT,
    FaultKind.ATTRIBUTE: Category.API,
    FaultKind.TYPE: Category.TYPE,
    FaultKind.SYNTAX: Category.SYNTAX,
    FaultKind.PERMISSION: Category.SECURITY,
    FaultKind.TIMEOUT: Category.ASYNC,
}
_CHECKS: Final = {
    CheckKind.DEPENDENCIES: Category.API,
    CheckKind.PACKAGES: Category.IMPORT,
    CheckKind.SECURITY: Category.SECURITY,
}
_ASYNC: Final = re.compile(r"(?i)\b(?:await(?:ed)?|async(?:io)?|coroutine|promise|goroutine|event loop|deadlock)\b")
_RULES: Final = (
    (re.compile(r"\[names/parse-error\]"), Category.SYNTAX),
    (
        re.compile(r"\[names/(?:circular-import|missing-module|missing-name|undeclared-dependency|undefined-name)\]"),
        Category.IMPORT,
    ),
    (re.compile(r"\[types/"), Category.TYPE),
    (re.compile(r"\[lint/"), Category.STYLE),
)
_OF_SECRET: Final = re.compile(r"\[secrets/")
_PLACE: Final = re.compile(r"^([\w./@+-]{1,200}):\d+")


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake, as it was objected to."""

    category: Category
    severity: Severity
    headline: str
    """One line: what the error is known again by."""
    failed: str
    file: str = ""
    tried: str = ""
    """What the model said that it did."""
    patch: str = ""
    """The change as it was."""
    is_of_secret: bool = False
    """Whether a secret was found: then no line of the change is shown."""

    @property
    def signature(self) -> str:
        """What the same mistake has, too."""
        return sign(self.category, self.headline)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the slips of one run have in common."""

    run: str
    scope: Scope
    source: str
    """Address of the run, or of its issue."""
    at: float
    people: tuple[str, ...] = ()
    """Logins whose names are not to be stored."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What came of a run's slips."""

    patch: str
    """The change as it was in the end."""
    said: str
    """What the model said that it did, in the end."""
    remaining: frozenset[str] = frozenset()
    """Signatures of what is still wrong."""
    nodes: tuple[CodeNode, ...] = ()


def slips_of_tests(report: TestReport, comparison: Comparison, *, most: int | None = MOST) -> tuple[Slip, ...]:
    """Return what stopped the tests of an attempt that did not fail before, each error once, `most` at most."""
    messages = {outcome.name: outcome.message for outcome in report.outcomes}
    faults = find_faults(report, known=frozenset(comparison.failing_before_and_after))
    if not faults and report.verdict is Verdict.FAIL and not only_old_failures(report, comparison):
        return (_of_output(report),)
    return tuple(_of_fault(fault, messages.get(fault.test, "")) for fault in faults[:most])


def slip_of_fault(fault: Fault) -> Slip:
    """Return the slip of an error that a model was stuck at."""
    return _of_fault(fault, "")


def slips_of_checks(checks: Sequence[CheckResult]) -> tuple[Slip, ...]:
    """Return what checks object to: only what stands against delivery, or goes back to the model."""
    return tuple(
        _of_check(one) for one in checks if one.state is CheckState.FAILED and (one.is_obstacle or one.retries)
    )


def all_slips_of_checks(checks: Sequence[CheckResult]) -> tuple[Slip, ...]:
    """Return what checks object to, also where nothing is asked for it."""
    return tuple(_of_check(one) for one in checks if one.state is CheckState.FAILED)


def learn(slips: Sequence[Slip], repair: Repair | None, about: Circumstances) -> tuple[Occurrence, ...]:
    """Return what a run teaches, each mistake once, as it was first made; without a repair nothing of it was mended."""
    first: dict[str, Slip] = {}
    for slip in slips:
        first.setdefault(slip.signature, slip)
    shows_lines = not any(slip.is_of_secret for slip in slips)
    return tuple(_occur(slip, repair, about, shows_lines=shows_lines) for slip in first.values())


def _of_fault(fault: Fault, message: str) -> Slip:
    category = _FAULTS.get(fault.kind, Category.TEST if fault.kind is FaultKind.ASSERTION else Category.API)
    if _ASYNC.search(f"{fault.error} {fault.message}"):
        category = Category.ASYNC
    failed = f"{hide_secrets(fault.headline)}\n{_last_lines(message)}".strip()
    return Slip(category, Severity.MAJOR, hide_secrets(fault.headline)[:LONGEST], failed, fault.path)


def _last_lines(message: str) -> str:
    """Return the end of a failure's text: what a test runner marks as the error, else the last lines; no pointers."""
    lines = [line for line in hide_secrets(message[-MOST_READ:]).splitlines() if line.strip(" ^~|")]
    marked = [line for line in lines if line.startswith(("E ", ">"))]
    return "\n".join((marked or lines)[-MOST_LINES:])[-LONGEST:]


def _of_output(report: TestReport) -> Slip:
    """Return the slip of tests that fail without an error that can be told: by the end of what they printed."""
    shown = hide_secrets(report.output_tail.strip()[-MOST_READ:])[-LONGEST:]
    headline = (shown.rpartition("\n")[2] or report.reason)[:LONGEST]
    return Slip(Category.TEST, Severity.MAJOR, headline, f"{report.reason}\n{shown}".strip())


def _of_check(check: CheckResult) -> Slip:
    shown = hide_secrets((check.evidence or check.reason).strip()[:MOST_READ])
    headline = shown.partition("\n")[0][:LONGEST]
    category = next((one for pattern, one in _RULES if pattern.search(headline)), None)
    severity = Severity.CRITICAL if check.kind is CheckKind.SECURITY else Severity.MAJOR
    if check.kind is CheckKind.OWN_TOOLS:
        severity = Severity.MINOR
    place = _PLACE.match(headline)
    return Slip(
        category or _CHECKS.get(check.kind, Category.TEST),
        severity,
        headline,
        shown[:LONGEST],
        place[1] if place else "",
        is_of_secret=_OF_SECRET.search(shown) is not None,
    )


def _occur(slip: Slip, repair: Repair | None, about: Circumstances, *, shows_lines: bool) -> Occurrence:
    secrets = _secrets_of(slip.patch, repair.patch if repair else "")

    def clean(text: str, *, is_prose: bool = False) -> str:
        whole = mask_text(text[:MOST_READ], secrets)
        return sanitise(whole, people=about.people, is_prose=is_prose)[: 2 * LONGEST]

    is_fixed = repair is not None and slip.signature not in repair.remaining
    # Of an error that a model was stuck at, nobody knows what the change was then.
    is_seen = shows_lines and bool(slip.patch)
    wrong, right = show_repair(slip.patch, repair.patch, file=slip.file) if repair and is_seen else ("", "")
    lesson = Lesson(
        id=name_lesson(about.scope.repository, slip.signature),
        scope=about.scope,
        category=slip.category,
        severity=slip.severity,
        tried=clean(slip.tried, is_prose=True),
        failed=clean(slip.failed),
        worked=clean(repair.said, is_prose=True) if is_fixed and repair else NOT_REPAIRED,
        wrong=clean(wrong),
        right=clean(right) if is_fixed else "",
        nodes=repair.nodes if repair else (),
        signature=slip.signature,
        source=about.source,
        first_seen=about.at,
        last_seen=about.at,
    )
    return Occurrence(name_occurrence(about.run, slip.signature), lesson, about.run, slip.file, is_fixed)


def _secrets_of(*patches: str) -> frozenset[str]:
    """Return the values that changes gave to names of secrets: wherever one is said again, it is hidden."""
    files = [item for patch in patches for item in added_lines(patch).items()]
    return frozenset(one.value for path, lines in files for line in lines for one in find_assignments(path, line))


def put_tried(slips: Sequence[Slip], *, tried: str, patch: str) -> tuple[Slip, ...]:
    """Return slips with what was done when they were made."""
    return tuple(replace(slip, tried=hide_secrets(tried[:MOST_READ])[: 2 * LONGEST], patch=patch) for slip in slips)


def languages_of(paths: Collection[str]) -> tuple[str, ...]:
    """Return the languages of files, the most frequent first; of what is no code none."""
    counts = Counter(str(language) for path in paths if (language := language_of(path)) is not None)
    return tuple(sorted(counts, key=lambda one: (-counts[one], one)))
