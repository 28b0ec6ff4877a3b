"""Asks of each dependency that a change adds who vouches for it. Installs nothing."""

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.validation.packages.policy import ask_about
from yantra_bot.worker.checks.bench import CheckBench


def check_packages(bench: CheckBench) -> CheckResult:
    """Return whether a lock file, the table of known packages or the operator names every added package."""
    strange = bench.unvouched()
    if not strange:
        return CheckResult(CheckKind.PACKAGES, CheckState.PASSED)
    questions = [ask_about(name) for name in strange]
    evidence = "\n".join(
        [
            *(f"- {name} is declared, and not installed: no lock file and no table names it." for name in strange),
            "Take it out again and do without it, or use require_package, which asks a person where that is needed.",
        ]
    )
    return CheckResult(
        CheckKind.PACKAGES, CheckState.FAILED, f"{questions[0]}.", evidence, details=tuple(questions[1:20])
    )
