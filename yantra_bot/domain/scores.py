"""What a learned model says of changed code, and what is needed to tell whether it has earned to be shown. Pure values.

What a model says is an order: the higher, the likelier a fault. How often such a score comes true is measured in each
repository; until it is known there, and worth more than plain counts, a score is recorded and not shown.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yantra_bot.domain.graph import Language


class BugClass(StrEnum):
    """The single faults that the model has learned to tell from sound code, in the order of its head: SPEC 10."""

    VARIABLE_MISUSE = "variable misuse"
    WRONG_OPERATOR = "wrong operator"
    SWAPPED_ARGUMENT = "swapped argument"
    OFF_BY_ONE = "off by one"
    CONDITION = "negated or dropped condition"
    WRONG_CONSTANT = "wrong constant"
    MISSING_AWAIT = "missing await"
    MISSING_NONE_CHECK = "missing None check"
    RESOURCE_NOT_CLOSED = "resource not closed"
    MUTABLE_DEFAULT = "mutable default"
    WRONG_EXCEPTION = "wrong exception"
    MISSING_RETURN = "missing return"
    WRONG_ATTRIBUTE = "wrong attribute"
    SHADOWED_NAME = "shadowed name"
    COMPARISON_CHAIN = "wrong comparison chain"
    STALE_LOOP_VARIABLE = "stale loop variable"
    MISSING_SUPER_CALL = "missing super call"
    WRONG_DEFAULT = "wrong default"
    UNSAFE_CALL = "unsafe call"
    DROPPED_KEYWORD = "dropped keyword"


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """The score file that a worker is handed, and which one that is."""

    file: Path
    digest: str = ""
    """SHA-256 that the file must have, in hexadecimal digits; empty where the file could not be read."""


@dataclass(frozen=True, slots=True)
class BugChance:
    """How much a symbol is like those with a fault of one class."""

    bug: BugClass
    probability: float
    """Of `faulty` the part that falls to this class; as that, no frequency."""


@dataclass(frozen=True, slots=True)
class SuspectPlace:
    """Where in a symbol the model would look for the fault first. Line from 1, column from 0 in bytes."""

    line: int
    column: int
    share: float
    """Of the symbol's suspicion, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SimilarCode:
    """Another symbol of the repository that the model reads alike."""

    name: str
    path: str
    line: int
    likeness: float
    """Cosine of the embeddings, -1 to 1."""


@dataclass(frozen=True, slots=True)
class SymbolScore:
    """What the model says of one changed symbol."""

    key: str
    """Of the graph it was scored in."""
    name: str
    path: str
    line: int
    end_line: int
    language: Language
    faulty: float
    """The higher, the likelier that it holds a fault. No frequency: half of the functions that it was fitted on had
    one, as no repository has. It gives an order; a number for people comes from a repository's own outcomes alone."""
    baseline: float
    """The same by lines and complexity of the function alone, one of those that the model has to beat."""
    passing: float | None = None
    """Probability that the tests pass; None where the model has no such head."""
    bugs: tuple[BugChance, ...] = ()
    """The likeliest first."""
    places: tuple[SuspectPlace, ...] = ()
    """The most suspicious first."""
    imports: tuple[str, ...] = ()
    """Modules that code like this imports and its file does not, the likeliest first."""
    similar: tuple[SimilarCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What can be learned of one symbol once it is known what came of it: numbers, and words of closed lists."""

    language: Language
    complexity: int
    """1 to 5, the simplest first."""
    steps: tuple[str, ...]
    """Which logic steps it has, by their names; none in a language that is not read for them."""
    numbers: str
    """In base64: see `scoring.numbers`."""
    origin: str
    """Which lessons are of the same file: sixteen hexadecimal digits of a hash of its path."""


@dataclass(frozen=True, slots=True)
class ChangeSize:
    """What can be counted without a model, of a change or of the code that a task points at: a score has to beat it."""

    added: int = 0
    """Lines, tests and documents left out; of code that is not changed yet none."""
    removed: int = 0
    files: int = 0
    symbols: int = 0
    """That were changed, or that the task points at."""
    lines: int = 0
    """Of these symbols as a whole, as they are in what was scored."""


@dataclass(frozen=True, slots=True)
class ChangeScore:
    """What the model says of a whole change. Without symbols where it could say nothing; `problem` then says why."""

    model: str = ""
    """The version of the weights: the first twelve digits of their file's hash."""
    symbols: tuple[SymbolScore, ...] = ()
    """The most suspicious first."""
    left_out: int = 0
    """Changed symbols that were not scored: no language of the model's, too long, or beyond the limit."""
    problem: str = ""
    """Why there is no score, as a sentence with its cure; empty where there is one."""
    lessons: tuple[Lesson, ...] = ()
    """Of a few of the symbols, where the operator lets it learn. They are taken out before a score is kept."""
    shared: float | None = None
    """What the model that installations learn together says of the tests' passing: recorded, and shown nowhere."""
    size: ChangeSize | None = None
    """None in records of before it was counted."""

    @property
    def faulty(self) -> float | None:
        """The highest of its symbols' `faulty`; None where nothing was scored."""
        return max((one.faulty for one in self.symbols), default=None)

    @property
    def baseline(self) -> float | None:
        """The same by lines and complexity alone."""
        return max((one.baseline for one in self.symbols), default=None)

    @property
    def passing(self) -> float | None:
        """The probability that the tests pass with the change; that of the symbol that endangers them most."""
        return min((one.passing for one in self.symbols if one.passing is not None), default=None)


@dataclass(frozen=True, slots=True)
class ScoredOutcome:
    """A score that was given, beside what came of it: what calibration and standing are computed from."""

    score: float
    """As the model gave it, before a repository's own calibration."""
    baseline: float
    is_bad: bool
    """Whether it did go wrong: the tests failed, or it was taken back after its merge."""
    size: ChangeSize


@dataclass(frozen=True, slots=True)
class ScoredPast:
    """The newest outcomes of scores in a repository, the oldest of them first."""

    outcomes: tuple[ScoredOutcome, ...] = ()
    before: int = 0
    """How many there were before the first of these."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Of the scores between two bounds: what was said on average, and how often it was so."""

    low: float
    high: float
    count: int
    said: float
    seen: float


@dataclass(frozen=True, slots=True)
class Rival:
    """Something plain that a score is held against on the same outcomes."""

    name: str
    auroc: float
    advantage_low: float
    """Lower bound (95 %) of how far the score's AUROC is above this one's."""


@dataclass(frozen=True, slots=True)
class ScoreStanding:
    """Whether the learned score has earned to be shown in a repository, and the numbers that say so."""

    is_earned: bool
    reason: str
    """A sentence for people: on how much it rests, and what it beats or does not."""
    outcomes: int = 0
    """Those that it was judged by, which are looked at anew with every twentieth."""
    bad: int = 0
    model_auroc: float | None = None
    rivals: tuple[Rival, ...] = ()
    """The one that is hardest to beat first."""
    calibration_error: float | None = None
    """Expected calibration error after the repository's own calibration, cross-fitted."""
    curve: tuple[ReliabilityBin, ...] = ()


NOT_JUDGED = ScoreStanding(is_earned=False, reason="Nobody has judged it by what came of other changes.")


@dataclass(frozen=True, slots=True)
class JudgedScore:
    """What the model says of a change, beside what its word is worth in the repository."""

    change: ChangeScore
    standing: ScoreStanding = NOT_JUDGED
    probability: float | None = None
    """That the change goes wrong, by the repository's own calibration; None where that has not been earned."""

    @property
    def is_shown(self) -> bool:
        """Whether people are told: only where the score has earned it, and says something."""
        return self.standing.is_earned and self.probability is not None
