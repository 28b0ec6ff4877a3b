"""What a remark of a review teaches once a commit has settled it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.findings import Severity as Grave
from yantra_bot.domain.lessons import (
    Category,
    Lesson,
    Occurrence,
    Severity,
    name_lesson,
    name_occurrence,
    sign,
)
from yantra_bot.learning.sanitise import sanitise
from yantra_bot.learning.slips import Circumstances, languages_of

_CATEGORIES: Final = {
    "names/parse-error": Category.SYNTAX,
    "names/missing-module": Category.IMPORT,
    "names/missing-name": Category.IMPORT,
    "names/circular-import": Category.IMPORT,
    "names/undeclared-dependency": Category.IMPORT,
    "security": Category.SECURITY,
    "secrets": Category.SECURITY,
    "dependencies": Category.SECURITY,
    "tests": Category.TEST,
    "types": Category.TYPE,
    "lint": Category.STYLE,
}
"""By a rule, or by its family."""
_SEVERITIES: Final = {Grave.CRITICAL: Severity.CRITICAL, Grave.ERROR: Severity.MAJOR}
CHANGED: Final = "The lines were changed after a review remarked on them, and it finds nothing there any more."


def category_of(finding: Finding) -> Category:
    """Return what kind of mistake a finding is."""
    family = finding.rule.partition("/")[0]
    return _CATEGORIES.get(finding.rule) or _CATEGORIES.get(family, Category.API)


def signature_of(finding: Finding) -> str:
    """Return what findings of one rule that say the same have in common."""
    return sign(category_of(finding), f"{finding.rule}: {finding.message}")


def describe(finding: Finding) -> str:
    """Return what the memory is asked about a finding."""
    return "\n".join(part for part in (f"{finding.message} [{finding.rule}]", _line_of(finding)) if part)


def _line_of(finding: Finding) -> str:
    """Return the line that a finding is about; of a secret none, whatever is hidden in it."""
    return "" if _is_of_secret(finding) else finding.anchor


def _is_of_secret(finding: Finding) -> bool:
    return finding.rule.startswith("secrets/")


def teach(findings: Sequence[Finding], about: Circumstances) -> tuple[Occurrence, ...]:
    """Return an occurrence for each finding that a commit took away."""
    return tuple(_occur(one, about) for one in findings)


def _occur(finding: Finding, about: Circumstances) -> Occurrence:
    def clean(text: str) -> str:
        return sanitise(text, people=about.people)

    fix = finding.fix
    parts = fix.replacements if fix and not _is_of_secret(finding) else ()
    right = "\n".join(part.text for part in parts if part.path == finding.path)
    scope = replace(about.scope, language=next(iter(languages_of([finding.path])), ""))
    lesson = Lesson(
        id=name_lesson(scope.repository, signature_of(finding)),
        scope=scope,
        category=category_of(finding),
        severity=_SEVERITIES.get(finding.severity, Severity.MINOR),
        tried=clean(f"A change of {finding.path}" + (f", in {finding.symbol}" if finding.symbol else "")),
        failed=clean(describe(finding)),
        worked=clean(f"It would {fix.title}." if fix else CHANGED),
        wrong=clean(_line_of(finding)),
        right=clean(right),
        signature=signature_of(finding),
        source=about.source,
        first_seen=about.at,
        last_seen=about.at,
    )
    return Occurrence(name_occurrence(about.run, finding.fingerprint), lesson, about.run, finding.path)
