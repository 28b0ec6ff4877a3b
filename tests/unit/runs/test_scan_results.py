"""What the findings of a scan mean for a run."""

import pytest

from yantra_bot.domain.checks import CheckKind, CheckState
from yantra_bot.domain.findings import Finding, Fix, Replacement, Severity
from yantra_bot.domain.review import Gap, Review
from yantra_bot.domain.reviewed import Reviewed
from yantra_bot.review.own_tools import NAME as TOOLS_NAME
from yantra_bot.runs.scan_results import RULES_GAP, SECRETS_GAP, TOOLS_GAP, judge_scan
from yantra_bot.validation.security.code import NAME as RULES_NAME


def finding(rule: str, severity: Severity, fix: Fix | None = None) -> Finding:
    return Finding(rule, severity, 0.9, "It is wrong.", "a.py", 3, fix=fix)


def reviewed(*findings: Finding, gaps: tuple[Gap, ...] = ()) -> Reviewed:
    return Reviewed(Review("base", "head", findings=findings, gaps=gaps))


def test_the_gaps_are_called_what_the_parts_call_them() -> None:
    """Otherwise what was not looked at would count as looked at."""
    assert (TOOLS_GAP, RULES_GAP) == (TOOLS_NAME, RULES_NAME)


def test_nothing_found_is_a_pass_of_security_alone() -> None:
    """No tool is configured, so that nothing is said of tools."""
    (security,) = judge_scan(reviewed())
    assert (security.kind, security.state) == (CheckKind.SECURITY, CheckState.PASSED)


@pytest.mark.parametrize(("severity", "blocks"), [(Severity.CRITICAL, True), (Severity.ERROR, False)])
def test_a_grave_finding_fails_and_only_a_critical_one_blocks(severity: Severity, blocks: bool) -> None:
    """Both go back to the model."""
    (security,) = judge_scan(reviewed(finding("security/x", severity)))
    assert (security.state, security.blocks, security.retries) == (CheckState.FAILED, blocks, True)
    assert "a.py:3" in security.evidence


def test_a_mild_finding_is_told_and_stops_nothing() -> None:
    """It stands in the details."""
    (security,) = judge_scan(reviewed(finding("security/x", Severity.WARNING)))
    assert security.state is CheckState.PASSED
    assert security.details == ("a.py:3: It is wrong. [security/x]",)


def test_without_rules_it_is_no_pass() -> None:
    """What was looked at, and what was not, are both said."""
    (security,) = judge_scan(reviewed(gaps=(Gap(RULES_GAP, "There is no semgrep."),)))
    assert security.state is CheckState.SKIPPED
    assert "There is no semgrep." in security.reason
    assert "No secret or package" in security.reason


def test_a_fix_is_shown_to_the_model_line_by_line() -> None:
    """It can be taken as it stands."""
    fix = Fix("pass a list", (Replacement("a.py", 3, 3, "run(['a'])"),))
    (security,) = judge_scan(reviewed(finding("security/x", Severity.CRITICAL, fix)))
    assert "This would pass a list:" in security.evidence
    assert "    run(['a'])" in security.evidence


def test_what_the_own_tools_say_is_a_check_of_its_own() -> None:
    """It blocks nothing; a tool that is configured and missing is said."""
    security, tools = judge_scan(reviewed(finding("types/mypy", Severity.ERROR)))
    assert security.state is CheckState.PASSED
    assert (tools.kind, tools.state, tools.blocks, tools.retries) == (
        CheckKind.OWN_TOOLS,
        CheckState.FAILED,
        False,
        True,
    )
    _, missing = judge_scan(reviewed(gaps=(Gap(TOOLS_GAP, "mypy is not installed."),)))
    assert (missing.state, missing.reason) == (CheckState.SKIPPED, "mypy is not installed.")


def test_a_change_that_was_not_looked_through_for_secrets_is_no_pass() -> None:
    """The part failed as a whole: the check could not be made, and says why."""
    (security,) = judge_scan(reviewed(gaps=(Gap(SECRETS_GAP, "The disk of the workers is full."),)))
    assert security.state is CheckState.ERROR
    assert "looked through for secrets: The disk of the workers is full." in security.reason
    assert not security.must_stay
