"""What running a repository's tests showed."""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.coverage import ChangedLines
from yantra_bot.domain.lessons import CodeNode
from yantra_bot.domain.scores import JudgedScore


class Verdict(StrEnum):
    """No data is not a pass."""

    PASS = "pass"  # noqa: S105 (a verdict, no password)
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    """The tests could not say: there are none, or none was collected."""
    ERROR = "error"
    """The tests could not be run: no environment, a time-out, a broken runner."""


class TestStatus(StrEnum):
    """How one test ended."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """One test. `name` is unique in its run; `message` holds the end of the failure's text, else nothing."""

    __test__ = False

    name: str
    status: TestStatus
    seconds: float = 0.0
    message: str = ""


@dataclass(frozen=True, slots=True)
class TestReport:
    """One run of a test command. `verdict` follows the exit code wherever the two disagree."""

    __test__ = False

    verdict: Verdict
    command: tuple[str, ...]
    exit_code: int | None
    """None when the command never ended by itself."""
    seconds: float
    outcomes: tuple[TestOutcome, ...] = ()
    output_tail: str = ""
    """The last lines of what it printed, escaped and cut."""
    coverage: dict[str, tuple[int, ...]] | None = None
    """Executed lines by path relative to the root; None when coverage was not measured."""
    reason: str = ""
    """Why the verdict is not a pass, in one sentence; empty for a pass."""
    unsteady: tuple[str, ...] = ()
    """Tests that passed in some runs of the same tree and failed in others; they count as passed."""
    projects: tuple[str, ...] = ()
    """What was run, as `runners.Project.label` has it; nothing for a configured command."""
    remark: str = ""
    """What was not run although it is there, in a sentence for people."""

    def names(self, status: TestStatus) -> frozenset[str]:
        return frozenset(outcome.name for outcome in self.outcomes if outcome.status is status)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A change's tests against the base's. Newly failing means: passed on the base, and does not pass now."""

    newly_failing: tuple[str, ...]
    newly_passing: tuple[str, ...]
    failing_before_and_after: tuple[str, ...]
    missing: tuple[str, ...] = ()
    """Those of the newly failing that are not there any more."""


@dataclass(frozen=True, slots=True)
class Failures:
    """The tests that do not pass on the head, by what they did on the base. New ones alone speak against a change."""

    new: tuple[str, ...] = ()
    """They pass on the base, or are not there."""
    before: tuple[str, ...] = ()
    """They do not pass on the base either."""
    unknown: tuple[str, ...] = ()
    """Nobody knows what they did on the base; `reason` says why."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentReport:
    """How the repository's declared dependencies were installed."""

    key: str
    """Hash of the interpreter and the dependency files; the environment is cached under it."""
    was_cached: bool
    seconds: float
    problem: str | None = None
    """What went wrong, None when the environment is complete."""
    output_tail: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """One part of a confidence. `value` is None when it could not be known, and it is then left out."""

    name: str
    weight: float
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """SPEC 4: `score` is in [0, 1]; the weights of the known factors are scaled to sum to 1."""

    score: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """What the model names as the answer to a numbered point of its task: a claim, which has to be looked up."""

    number: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What the model said when it called `finish`. A claim, never a proof: tests and reads decide."""

    title: str
    """Subject of the commit, in the form of Conventional Commits."""
    summary: str
    confidence: float | None
    """The model's own, in [0, 1]; None when it gave none."""
    answers: tuple[PointAnswer, ...] = ()
    question: str = ""
    """What a person has to decide before it can go on; empty when it asks nothing."""
    heeded: tuple[int, ...] = ()
    """Numbers of the reminders that it says concerned the task."""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What the worker measured on a change."""

    files: int
    cyclomatic: int | None
    """Highest cyclomatic complexity among the functions that were touched; None when none could be parsed."""
    weakened_tests: tuple[str, ...] = ()
    """Existing tests that the change removed, skipped or stripped of assertions."""
    lines: ChangedLines | None = None
    """How much of the change its tests run; None where the runner does not tell, or nobody asked."""
    idle_tests: tuple[str, ...] = ()
    """New tests that assert nothing, as `path::name`, as far as their language can be read."""
    touched: tuple[CodeNode, ...] = ()
    """Symbols outside of tests that the change adds, changes or removes, as far as their language can be read."""
    named: tuple[CodeNode, ...] = ()
    """Symbols that were asked for, as the tree has them now."""
    learned: JudgedScore | None = None
    """What a learned model says of the change, and what that is worth: control's word, never a worker's."""
