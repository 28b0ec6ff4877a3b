"""Tries a change's tests: those it calls for on the head, and what fails there on the base too. Itself it runs nothing.

Only what fails on the head is run on the base. What nobody could run there is unknown, and counted as nothing else.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from yantra_bot.domain.findings import Side
from yantra_bot.domain.proof import Failures, TestReport, TestStatus, Verdict
from yantra_bot.errors import YantraError
from yantra_bot.validation.comparison import MOST_BY_CHANCE, failing, settle_some

NO_TESTS = 5
"""pytest's exit code for a run in which there was no test."""
COMMAND = "the configured test command"
_COUNTED = re.compile(r" #\d+$")


@dataclass(frozen=True, slots=True)
class Trial:
    """Where tests of both versions run, each in what its version declares.

    `run` takes pytest's node ids, or none for the whole suite, and leaves out what pytest does not know; it raises a
    YantraError where nothing can be run.
    """

    run: Callable[[Side, tuple[str, ...]], TestReport]
    is_whole: bool = False
    """A configured command runs the tests, always all of them."""
    problem: Callable[[Side], str] = lambda _: ""
    """Returns what of a version's declared dependencies could not be installed, once it was run; empty: nothing."""


def try_tests(
    trial: Trial, selection: tuple[str, ...], *, old: Callable[[str], str] = lambda name: name
) -> tuple[TestReport, Failures | None]:
    """Run tests on the head, and what fails on the base too; return what that showed.

    `old` returns what a test is called in the base. Few failing tests are run once more before they count as failing.
    Raises YantraError where the head's tests cannot be run.
    """
    report = trial.run(Side.HEAD, () if trial.is_whole else selection)
    if report.verdict is not Verdict.FAIL:
        return report, None
    if not trial.is_whole and 0 < len(failing(report)) <= MOST_BY_CHANCE:
        report = settle_some(report, trial.run(Side.HEAD, _functions(failing(report))))
    if report.verdict is not Verdict.FAIL:
        return report, None
    return report, _ask_base(trial, report, old)


def _ask_base(trial: Trial, report: TestReport, old: Callable[[str], str]) -> Failures:
    names = {name: old(name) for name in sorted(failing(report))}
    if not names and not trial.is_whole:
        return Failures(unknown=(" ".join(report.command[:3]),), reason=report.reason)
    try:
        base = trial.run(Side.BASE, () if trial.is_whole else _functions(names.values()))
    except YantraError as refused:
        return Failures(unknown=tuple(names) or (COMMAND,), reason=f"The tests could not be run on the base. {refused}")
    here, there = trial.problem(Side.HEAD), trial.problem(Side.BASE)
    if here != there:
        which, what = ("head", here) if here else ("base", there)
        said = f"What the {which} declares could not all be installed: {what}"
        return Failures(unknown=tuple(names) or (COMMAND,), reason=said)
    return sort_failures(names, base) if names else _sort_command(base)


def _sort_command(base: TestReport) -> Failures:
    if base.verdict is Verdict.PASS:
        return Failures(new=(COMMAND,))
    if base.verdict is Verdict.FAIL:
        return Failures(before=(COMMAND,))
    return Failures(unknown=(COMMAND,), reason=_doubt(base))


def sort_failures(names: Mapping[str, str], base: TestReport) -> Failures:
    """Sort failing tests by a run on the base. `names` say what each is called there.

    One that the base does not have is new, one whose file could not be loaded there did not pass before either.
    """
    if not _is_telling(base):
        return Failures(unknown=tuple(names), reason=_doubt(base))
    did = {outcome.name: outcome.status for outcome in base.outcomes}
    cases: dict[str, list[TestStatus]] = {}
    for name, status in did.items():
        cases.setdefault(_function(name), []).append(status)
    before = tuple(name for name, there in names.items() if _failed(there, did, cases))
    return Failures(new=tuple(name for name in names if name not in before), before=before)


def _failed(name: str, did: Mapping[str, TestStatus], cases: Mapping[str, list[TestStatus]]) -> bool:
    bad = {TestStatus.FAILED, TestStatus.ERROR}
    if name in did:
        return did[name] in bad
    if did.get(name.partition("::")[0]) is TestStatus.ERROR:
        return True
    # A case of another name, such as another running number: it is new where any case passed before.
    others = cases.get(_function(name), []) if "[" in name else []
    return bool(others) and all(status in bad for status in others)


def _is_telling(base: TestReport) -> bool:
    """Tell whether a run says of every test what it did; where it names nothing, what is missing means nothing."""
    bad = failing(base)
    if base.verdict is Verdict.INCONCLUSIVE:
        return base.exit_code == NO_TESTS or (bool(base.outcomes) and not bad)
    return base.verdict is Verdict.PASS or (base.verdict is Verdict.FAIL and bool(bad))


def _doubt(base: TestReport) -> str:
    return f"The run on the base showed nothing. {base.reason}".strip()


def _functions(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({_function(name) for name in names}))


def _function(name: str) -> str:
    return _COUNTED.sub("", name.partition("[")[0])
