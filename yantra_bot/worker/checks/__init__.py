"""The checks that a run's worker makes of its tree beside the tests: one file each, and here which there are."""

import time
from collections.abc import Callable, Mapping
from typing import Final

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.errors import YantraError
from yantra_bot.worker.checks.bench import CheckBench
from yantra_bot.worker.checks.browser import check_pages
from yantra_bot.worker.checks.dependencies import check_dependencies
from yantra_bot.worker.checks.integration import check_integration
from yantra_bot.worker.checks.packages import check_packages
from yantra_bot.worker.checks.smoke import check_entries

CHECKS: Final[Mapping[CheckKind, Callable[[CheckBench], CheckResult]]] = {
    CheckKind.DEPENDENCIES: check_dependencies,
    CheckKind.INTEGRATION: check_integration,
    CheckKind.SMOKE: check_entries,
    CheckKind.PACKAGES: check_packages,
    CheckKind.BROWSER: check_pages,
}

READERS: Final = frozenset({CheckKind.DEPENDENCIES, CheckKind.PACKAGES})
"""Checks that run nothing, so that they leave nothing in the tree."""


def make_check(kind: CheckKind, bench: CheckBench) -> CheckResult:
    """Return what a check came to; one that could not be made is an error that says why, never a pass."""
    began = time.monotonic()
    check = CHECKS.get(kind)
    if check is None:
        return CheckResult(kind, CheckState.ERROR, "This worker knows no such check.")
    try:
        return check(bench)
    except YantraError as problem:
        return CheckResult(kind, CheckState.ERROR, str(problem), seconds=time.monotonic() - began)
