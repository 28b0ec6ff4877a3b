"""Which checks a run makes beside the tests, and when. Each is a durable step; what it came to is a value.

Early ones cost little and are made before any test; late ones run the change, and only one that passes its tests.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckResult, CheckSettings, CheckState
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext

EARLY: Final = (CheckKind.DEPENDENCIES,)
LATE: Final[tuple[CheckKind, ...]] = ()


class Checking:
    """Makes the checks of one run."""

    def __init__(self, context: RunContext, bench: Bench) -> None:
        self._context, self._bench = context, bench

    async def early(self) -> tuple[CheckResult, ...]:
        """Check the change before its tests."""
        return await self._make(EARLY)

    async def late(self, report: TestReport) -> tuple[CheckResult, ...]:
        """Check what the tests let pass; nothing is made of a change that fails them."""
        return await self._make(LATE) if report.verdict is not Verdict.FAIL else ()

    async def _make(self, kinds: Sequence[CheckKind], settings: CheckSettings = NO_SETTINGS) -> tuple[CheckResult, ...]:
        # One after the other: steps of a run are never taken at the same time.
        return tuple([await self._one(kind, settings) for kind in kinds])

    async def _one(self, kind: CheckKind, settings: CheckSettings) -> CheckResult:
        async def check() -> CheckResult:
            return await self._bench.check(kind, settings)

        return await self._context.step("check", check, CheckResult, request=str(kind), stoppable=True, tries=2)


def has_news(checks: Sequence[CheckResult], shown: Sequence[Sequence[CheckResult]]) -> bool:
    """Tell whether a check fails in a way that the model has not been shown last: who insists is not asked again."""
    failing = [check.evidence or check.reason for check in checks if check.is_obstacle]
    last = [check.evidence or check.reason for check in shown[-1] if check.is_obstacle] if shown else None
    return bool(failing) and failing != last


def settle_early(checks: Sequence[CheckResult], report: TestReport) -> tuple[CheckResult, ...]:
    """Return what early checks mean beside the tests.

    The graph can be wrong. Where the tests pass and the model stands by its change, a person decides: a draft.
    """
    if report.verdict is not Verdict.PASS:
        return tuple(checks)
    return tuple(replace(check, blocks=False) for check in checks)


def settle_again(checks: Sequence[CheckResult], before: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Return checks without the wish to have mended what an earlier attempt was shown in the same words."""
    told = {(check.kind, check.evidence or check.reason) for check in before if check.state is CheckState.FAILED}
    return tuple(
        replace(check, retries=False) if (check.kind, check.evidence or check.reason) in told else check
        for check in checks
    )
