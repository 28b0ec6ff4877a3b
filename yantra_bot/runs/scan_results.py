"""What the findings of a scan mean for a run. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from yantra_bot.agent.corrections import describe_findings, describe_place
from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.review import Review
from yantra_bot.domain.reviewed import Reviewed

_OWN_TOOLS: Final = ("types/", "lint/")
_SECRETS: Final = "secrets/"
_MOST: Final = 20
TOOLS_GAP: Final = "type checkers and linters"
RULES_GAP: Final = "security rules"
SECRETS_GAP: Final = "secrets"
"""What the parts of a review call what they did not look at."""


def judge_scan(reviewed: Reviewed) -> tuple[CheckResult, ...]:
    """Return a result for security, and one for the repository's own tools where it configures any that looked.

    A critical finding of security blocks; an error, and anything new that the own tools say, is to be mended, and
    where it stays the pull request is a draft.
    """
    found = reviewed.review
    tools = [one for one in found.findings if one.rule.startswith(_OWN_TOOLS)]
    security = [one for one in found.findings if not one.rule.startswith(_OWN_TOOLS)]
    return (_judge_security(found, security), *_judge_tools(found, tools))


def _judge_security(found: Review, findings: Sequence[Finding]) -> CheckResult:
    grave = [one for one in findings if one.severity.rank >= Severity.ERROR.rank]
    is_critical = any(one.severity is Severity.CRITICAL for one in grave)
    gaps = tuple(
        f"Not looked at: {gap.what}: {gap.why}" for gap in found.gaps if gap.what not in (TOOLS_GAP, RULES_GAP)
    )
    details = (*(describe_place(one) for one in findings if one not in grave), *gaps)[:_MOST]
    seconds = sum(one.seconds for one in found.timings)
    unseen = next((gap.why for gap in found.gaps if gap.what == SECRETS_GAP), "")
    if unseen and not grave:
        # What holds a secret must not leave; of what was not looked through nobody knows.
        reason = f"It could not be looked through for secrets: {unseen}"
        return CheckResult(CheckKind.SECURITY, CheckState.ERROR, reason, seconds=seconds, details=details)
    if not grave:
        unruled = next((gap.why for gap in found.gaps if gap.what == RULES_GAP), "")
        state = CheckState.SKIPPED if unruled else CheckState.PASSED
        reason = (
            f"No rule was applied. {unruled} No secret or package of the change was objected to." if unruled else ""
        )
        return CheckResult(CheckKind.SECURITY, state, reason, seconds=seconds, details=details)
    return CheckResult(
        CheckKind.SECURITY,
        CheckState.FAILED,
        _name_first(grave),
        describe_findings(grave),
        seconds,
        blocks=is_critical,
        retries=True,
        must_stay=any(one.rule.startswith(_SECRETS) and one.severity is Severity.CRITICAL for one in grave),
        details=details,
    )


def _judge_tools(found: Review, findings: Sequence[Finding]) -> Iterable[CheckResult]:
    seconds = sum(one.seconds for one in found.timings if one.part == "tools")
    gaps = tuple(gap.why for gap in found.gaps if gap.what == TOOLS_GAP)
    if findings:
        reason, evidence = _name_first(findings), describe_findings(findings)
        yield CheckResult(
            CheckKind.OWN_TOOLS, CheckState.FAILED, reason, evidence, seconds, False, retries=True, details=gaps
        )
    elif gaps:
        yield CheckResult(CheckKind.OWN_TOOLS, CheckState.SKIPPED, gaps[0], seconds=seconds, details=gaps[1:])


def _name_first(findings: Sequence[Finding]) -> str:
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{describe_place(findings[0])}{more}"
