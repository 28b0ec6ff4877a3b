"""`yantra review --run`: where the tests of both versions run from a terminal, and what may not be run at all.

Everything runs in the sandbox, each time on a tree of its own; nothing here runs unless somebody asked for it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from yantra_bot.app.scanning import Scanning
from yantra_bot.domain.findings import Side
from yantra_bot.domain.proof import TestReport, Verdict
from yantra_bot.domain.review import Review
from yantra_bot.errors import UserError
from yantra_bot.runs.rules import PATH, RepositoryRules
from yantra_bot.sandbox.mirror import Mirror
from yantra_bot.settings import Settings
from yantra_bot.validation.test_run import run_tests
from yantra_bot.validation.trial import Trial

PARTS: Final = ("tests", "run")
"""The parts of a review that choose tests and have them run."""


def refuse_to_run(tools: Scanning, rules: RepositoryRules) -> None:
    """Raise UserError, with the reason, where nothing of the repository may be executed."""
    if tools.sandbox is None:
        raise UserError(f"Without a sandbox nothing of a repository is run: leave --run out. {tools.no_sandbox}")
    if not rules.enabled or not rules.review.rules.runs_tests:
        raise UserError(f"{PATH} of the base has reviews run no tests: leave --run out.")


def make_trial(
    settings: Settings,
    mirror: Mirror,
    versions: Mapping[Side, str],
    rules: RepositoryRules,
    *,
    scope: str,
    tell: Callable[[str], None],
) -> Trial:
    """Return where tests run. `versions` are commits or trees; `scope` names whose code may meet in an environment."""
    # What makes environments is slow to load, and most reviews run nothing.
    from yantra_bot.app.proving import open_proving

    problems: dict[Side, str] = {}

    def run(side: Side, selection: tuple[str, ...]) -> TestReport:
        with open_proving(settings, mirror, versions[side], scope=scope, tell=tell) as proving:
            problems[side] = proving.environment.report.problem or problems.get(side, "")
            tell(f"running tests of the {side}")
            return run_tests(proving.bench(rules.tests), selection, is_lenient=True, on_line=tell)

    return Trial(run, bool(rules.tests.argv), lambda side: problems.get(side, ""))


def is_proven(made: Review) -> bool:
    """Tell whether the tests that a change calls for said what they show; where it calls for none, nothing is owed."""
    if made.tests is None or not (made.tests.is_all or made.tests.tests):
        return True
    report = made.test_report
    if report is None or report.verdict not in {Verdict.PASS, Verdict.FAIL}:
        return False
    return made.failures is None or not made.failures.unknown
