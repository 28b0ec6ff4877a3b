"""IntegrationTesting: runs the configured command with its services, and on the base too where it fails."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation.services import NO_SERVICE, describe_failure, find_services, make_job
from yantra_bot.worker.checks.bench import CheckBench

MAX_EVIDENCE: Final = 6_000
NO_SANDBOX: Final = "There is no sandbox here, and services are started nowhere else."
_NOT_RUN: Final = frozenset({126, 127, NO_SERVICE})


def check_integration(bench: CheckBench) -> CheckResult:
    """Return what the integration tests say of the change. Raises ServiceMissing with the cure, SandboxUnavailable.

    What fails before the change too speaks against nobody: it is told and does not block.
    """
    began = time.monotonic()
    if not bench.settings.integration.command:
        return CheckResult(CheckKind.INTEGRATION, CheckState.SKIPPED, "No command is configured.")
    if bench.sandbox.is_insecure:
        return CheckResult(CheckKind.INTEGRATION, CheckState.ERROR, NO_SANDBOX)
    result = judge(bench, _run(bench, bench.root))
    if result.state is CheckState.FAILED and _fails_on_base(bench):
        reason = f"{result.reason.rstrip('.')}, and it failed before the change too."
        result = replace(result, reason=reason, blocks=False)
    return replace(result, seconds=time.monotonic() - began)


def _run(bench: CheckBench, tree: Path) -> Finished:
    rules = bench.settings.integration
    python = bench.sandbox.interpreter.executable
    job = make_job(rules, find_services(rules.services), bench.environment, tree, python)
    return bench.sandbox.run(job, on_line=bench.say)


def _fails_on_base(bench: CheckBench) -> bool:
    """Tell whether the command fails on the base, which is asked once."""
    key = f"integration {bench.settings.integration}"
    if key not in bench.remembered:
        bench.say("the integration tests as they were before the change")
        bench.remembered[key] = _run(bench, bench.lay_base())
    done: Finished = bench.remembered[key]
    return done.exit_code != 0


def judge(bench: CheckBench, finished: Finished) -> CheckResult:
    """Return a run as the result of a check. Only its exit code can say that it passed."""
    command = " ".join(bench.settings.integration.command)
    problem = describe_failure(finished)
    evidence = f"`{command}`: {problem}. The end of what it printed:\n{finished.output[-MAX_EVIDENCE:]}"
    if finished.exit_code == NO_SERVICE:
        details = tuple(finished.output[-500:].splitlines()[-5:])
        return CheckResult(CheckKind.INTEGRATION, CheckState.ERROR, "A service did not start.", details=details)
    if finished.exit_code in _NOT_RUN:
        return CheckResult(CheckKind.INTEGRATION, CheckState.ERROR, f"`{command}`: {problem}.", evidence)
    if problem:
        return CheckResult(CheckKind.INTEGRATION, CheckState.FAILED, f"`{command}`: {problem}.", evidence)
    return CheckResult(CheckKind.INTEGRATION, CheckState.PASSED, f"`{command}` passed.")
