"""What a review comes to: what changed, what was found, what it reaches, what was not looked at. Pure values.

It travels from a worker as JSON, so that lists are cut by whoever makes them and say by how much.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from yantra_bot.domain.findings import Evidence, Finding, Severity
from yantra_bot.domain.globs import matches_any
from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.domain.observations import HunkBrief, Reading
from yantra_bot.domain.proof import Failures, TestReport
from yantra_bot.domain.scores import JudgedScore


class FileStatus(StrEnum):
    """What happened to a file."""

    ADDED = "added"
    REMOVED = "removed"
    MODIFIED = "modified"
    RENAMED = "renamed"
    """With or without other changes."""
    TYPE_CHANGED = "type changed"
    """A file became a link, a link a submodule, and so on."""


class FileKind(StrEnum):
    """What sort of file it is, which decides who looks at it."""

    SOURCE = "source"
    TEST = "test"
    CONFIGURATION = "configuration"
    DEPENDENCIES = "dependencies"
    """A manifest or a lock file."""
    DOCUMENT = "document"
    GENERATED = "generated"
    VENDORED = "vendored"
    BINARY = "binary"
    SYMLINK = "symbolic link"
    SUBMODULE = "submodule"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hunk:
    """One stretch of difference: `old_lines` lines from `old_start` became `new_lines` lines from `new_start`.

    Without context lines. Lines count from 1; where a side has no line, its start is the line before it.
    """

    old_start: int
    old_lines: int
    new_start: int
    new_lines: int


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of the change. `path` is its path in the head (in the base where it was removed)."""

    path: str
    status: FileStatus
    kind: FileKind
    old_path: str = ""
    """Where it was renamed from, else empty."""
    language: Language | None = None
    added: int = 0
    """Lines."""
    removed: int = 0
    hunks: tuple[Hunk, ...] = ()
    """Empty where the content was not compared; `skipped` then says why."""
    skipped: str = ""
    """Why nobody looked into it, such as `binary`; empty where it was looked at."""

    @property
    def base_path(self) -> str:
        """Its path in the base."""
        return self.old_path or self.path


class SymbolChangeKind(StrEnum):
    """What happened to a symbol."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    SIGNATURE = "signature changed"
    BODY = "body changed"
    FORMAT = "only comments or formatting"


@dataclass(frozen=True, slots=True)
class SymbolChange:
    """One symbol that is not as it was. Of an added one the `old_…` fields are empty, of a removed one the others."""

    kind: SymbolChangeKind
    symbol_kind: NodeKind
    name: str = ""
    """Qualified, in the head."""
    path: str = ""
    line: int = 0
    end_line: int = 0
    signature: str = ""
    key: str = ""
    """Of the graph of the head."""
    old_name: str = ""
    old_path: str = ""
    old_line: int = 0
    old_end_line: int = 0
    old_signature: str = ""
    old_key: str = ""
    """Of the graph of the base."""
    language: Language | None = None
    is_body_changed: bool = False
    """For one that moved, was renamed or has another signature: whether what it does was edited as well."""
    is_public: bool = True
    is_test: bool = False
    breaking: tuple[str, ...] = ()
    """How its signature breaks callers that worked before, as sentences without a subject."""
    added: int = 0
    """Lines of the difference that belong to it and to nothing inside it."""
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the review did not look at, and why: no review claims more than it did."""

    what: str
    """For example `security rules`, `vendor/jquery.js`."""
    why: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Affected:
    """A symbol that the change may affect, over the surest path to it."""

    name: str
    path: str
    line: int
    kind: NodeKind
    confidence: float
    """The product of the confidences along the path."""
    via: tuple[Evidence, ...] = ()
    """From the changed symbol to this one: each step's symbol and the place of the edge."""
    is_entry_point: bool = False


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns changed or affected files, by CODEOWNERS of the base."""

    name: str
    paths: tuple[str, ...]
    is_of_change: bool = True
    """False: only of affected files."""


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """What the change reaches. A lower bound wherever `unresolved` is not empty or `is_cut`."""

    affected: tuple[Affected, ...] = ()
    """The surest first, cut; `symbols` and `files` count all."""
    symbols: int = 0
    files: int = 0
    entry_points: tuple[Affected, ...] = ()
    owners: tuple[Owner, ...] = ()
    unresolved: tuple[tuple[str, int], ...] = ()
    """Names of changed symbols with how many references of that name could not be resolved."""
    depth: int = 3
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class SelectedTest:
    """One test that the change calls for, and why."""

    id: str
    """As its runner names it, for pytest `tests/test_a.py::TestB::test_c`."""
    why: str
    score: float = 0.0
    """The likelier to fail, the higher."""


@dataclass(frozen=True, slots=True)
class TestSelection:
    """Which tests a change calls for."""

    __test__ = False

    is_all: bool
    """The whole suite is called for; `tests` may still name those that are known to be reached."""
    tests: tuple[SelectedTest, ...] = ()
    why: tuple[str, ...] = ()  # for the whole: what decided it, in sentences
    known: int = 0
    """How many tests of the suite are known."""
    untested: tuple[str, ...] = ()
    """Qualified names of changed symbols that no known test reaches."""


@dataclass(frozen=True, slots=True)
class RiskPart:
    """One part of a risk: `value` in [0, 1] (None where it could not be known), and what it rests on."""

    name: str
    weight: float
    value: float | None
    reason: str


class RiskLevel(StrEnum):
    """A risk as a word."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Risk:
    """How risky the change is: `score` in [0, 1]; the weights of known parts are scaled to sum to 1."""

    score: float
    level: RiskLevel
    parts: tuple[RiskPart, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """What one part of a review took, in seconds."""

    part: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ReviewRules:
    """What a repository's maintainers decided about reviews, out of `.github/yantra.yml` of the base branch."""

    enabled: bool = True
    include: tuple[str, ...] = ()
    """Globs; empty means everything."""
    exclude: tuple[str, ...] = ()
    severity: Severity = Severity.WARNING
    """Findings below are counted, not shown inline."""
    fail_on: Severity | None = Severity.ERROR
    """The check fails from this severity on; None: never."""
    max_remarks: int = 5
    """Most remarks of a model that are posted."""
    runs_tests: bool = True
    runs_tools: bool = True
    """Whether the repository's own type checker and linters are run."""

    def wants(self, path: str) -> bool:
        """Tell whether a path is to be reviewed."""
        if self.include and not matches_any(path, self.include):
            return False
        return not matches_any(path, self.exclude)


@dataclass(frozen=True, slots=True)
class Review:
    """A whole review of the difference between two commits (or trees)."""

    base: str
    """What the head is compared with, the merge base where there is one."""
    head: str
    files: tuple[ChangedFile, ...] = ()
    symbols: tuple[SymbolChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    """The gravest first."""
    impact: ImpactReport | None = None
    tests: TestSelection | None = None
    test_report: TestReport | None = None
    """Of the selected tests, where they were run."""
    failures: Failures | None = None
    """None where no test was run, or none failed."""
    risk: Risk | None = None
    gaps: tuple[Gap, ...] = ()
    timings: tuple[Timing, ...] = ()
    rules: ReviewRules = field(default_factory=ReviewRules)
    briefs: tuple[HunkBrief, ...] = ()
    """What a model is to be shown; empty where none is asked."""
    reading: Reading | None = None
    """What a model's part came to; None where none was asked."""
    learned: JudgedScore | None = None
    """What a learned model says; what that is worth here is control's word, never a worker's."""

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings for which the gate is closed. A model's word never closes it: people decide on that."""
        bar = self.rules.fail_on
        if bar is None:
            return ()
        return tuple(one for one in self.findings if one.severity.rank >= bar.rank and not one.is_from_model)
