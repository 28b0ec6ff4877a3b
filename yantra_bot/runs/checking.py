"""Which checks a run makes beside the tests, and when. Each is a durable step; what it came to is a value.

Early ones cost little and are made before any test; late ones run the change, and only one that passes its tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from yantra_bot.domain.checks import NO_SETTINGS, CheckKind, CheckResult, CheckSettings, CheckState
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.run import Phase
from yantra_bot.runs.announce import Announcer
from yantra_bot.runs.bench import Bench
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.rules import RepositoryRules
from yantra_bot.validation.browser.choose import may_be_page
from yantra_bot.validation.entry_points import may_reach_entry
from yantra_bot.validation.packages.policy import names_dependencies

EARLY: Final = (CheckKind.DEPENDENCIES, CheckKind.PACKAGES)
LATE: Final[Mapping[CheckKind, Phase | None]] = {
    CheckKind.SMOKE: None,
    CheckKind.INTEGRATION: Phase.INTEGRATION_TESTING,
    CheckKind.BROWSER: Phase.BROWSER_VALIDATION,
}
"""In order, each with the phase that it is, where it is one of its own."""


class Checking:
    """Makes the checks of one run."""

    def __init__(self, context: RunContext, bench: Bench, announcer: Announcer) -> None:
        self._context, self._bench, self._announcer = context, bench, announcer

    async def early(self) -> tuple[CheckResult, ...]:
        """Check the change before its tests."""
        paths = self._bench.changes.paths
        return await self._make([kind for kind in EARLY if concerns(kind, paths, NO_SETTINGS)])

    async def late(self, report: TestReport, rules: RepositoryRules) -> tuple[CheckResult, ...]:
        """Check what the tests let pass; nothing is made of a change that fails them."""
        if report.verdict is Verdict.FAIL:
            return ()
        settings = CheckSettings(rules.browser, rules.integration)
        results: list[CheckResult] = []
        for kind, phase in LATE.items():
            if concerns(kind, self._bench.changes.paths, settings):
                if phase is not None:
                    await self._announcer.enter(phase)
                results += await self._make((kind,), settings)
        return tuple(one for one in results if one.reason or one.state is not CheckState.SKIPPED)

    async def _make(self, kinds: Sequence[CheckKind], settings: CheckSettings = NO_SETTINGS) -> tuple[CheckResult, ...]:
        # One after the other: steps of a run are never taken at the same time.
        return tuple([await self._one(kind, settings) for kind in kinds])

    async def _one(self, kind: CheckKind, settings: CheckSettings) -> CheckResult:
        async def check() -> CheckResult:
            return await self._bench.check(kind, settings)

        return await self._context.step("check change", check, CheckResult, request=str(kind), stoppable=True, tries=2)


def concerns(kind: CheckKind, paths: Sequence[str], settings: CheckSettings) -> bool:
    """Tell whether a check can have something to look at in a change of these paths."""
    if kind is CheckKind.PACKAGES:
        return any(names_dependencies(path) for path in paths)
    if kind is CheckKind.BROWSER:
        return settings.browser.enabled and any(may_be_page(path) for path in paths)
    if kind is CheckKind.INTEGRATION:
        return bool(settings.integration.command)
    if kind is CheckKind.SMOKE:
        return any(map(may_reach_entry, paths))
    return True


def has_news(checks: Sequence[CheckResult], shown: Sequence[Sequence[CheckResult]]) -> bool:
    """Tell whether a check fails in a way that the model has not been shown last: who insists is not asked again."""
    failing = [check.evidence or check.reason for check in checks if check.is_obstacle]
    last = [check.evidence or check.reason for check in shown[-1] if check.is_obstacle] if shown else None
    return bool(failing) and failing != last


def settle_early(checks: Sequence[CheckResult], report: TestReport) -> tuple[CheckResult, ...]:
    """Return what early checks mean beside the tests.

    The graph can be wrong. Where the tests pass and the model stands by its change, a person decides: a draft. For a
    package that nobody vouches for, no test does either.
    """
    if report.verdict is not Verdict.PASS:
        return tuple(checks)
    return tuple(check if check.kind is CheckKind.PACKAGES else replace(check, blocks=False) for check in checks)


def settle_again(checks: Sequence[CheckResult], before: Sequence[CheckResult]) -> tuple[CheckResult, ...]:
    """Return checks without the wish to have mended what an earlier attempt was shown in the same words."""
    told = {(check.kind, check.evidence or check.reason) for check in before if check.state is CheckState.FAILED}
    return tuple(
        replace(check, retries=False) if (check.kind, check.evidence or check.reason) in told else check
        for check in checks
    )
