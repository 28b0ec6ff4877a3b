"""A mistake that was made and what repaired it, as it is remembered: SPEC 9. Pure values."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """What kind of mistake it was."""

    SYNTAX = "syntax"
    ASYNC = "async"
    TYPE = "type"
    IMPORT = "import"
    SECURITY = "security"
    TEST = "test"
    API = "api"
    STYLE = "style"


class Severity(StrEnum):
    """How much it matters when it is made again."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Standing(StrEnum):
    """Whether a lesson is shown."""

    ACTIVE = "active"
    DOUBTFUL = "doubtful"
    """A person is asked before it is shown again."""
    ARCHIVED = "archived"
    """Not seen for long and never often: kept, not shown."""
    RETIRED = "retired"
    """Shown often without help, or contradicted: kept as evidence, never shown."""


@dataclass(frozen=True, slots=True)
class CodeNode:
    """A symbol that a lesson is about, as it was then."""

    name: str
    """Qualified."""
    digest: str
    """Of its source as the change left it; empty where it is not there."""
    before: str = ""
    """The same before the change, which is what stands where that was never merged."""

    def is_as_then(self, now: str) -> bool:
        """Tell whether its source, by its digest of now, is still what the lesson is about."""
        return now in (self.digest, self.before)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a lesson is for."""

    repository: int
    """The forge's number. A lesson is shown there, and elsewhere only where both have agreed to share."""
    language: str
    family: str
    """Of the model that made the mistake: `claude`, `gpt`, `qwen`."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mistake. Its texts are sanitised before they get here: see `learning.sanitise`."""

    id: str
    scope: Scope
    category: Category
    severity: Severity
    tried: str
    failed: str
    """The error in its tool's words, or a person's."""
    worked: str
    wrong: str = ""
    right: str = ""
    nodes: tuple[CodeNode, ...] = ()
    signature: str = ""
    source: str = ""
    """Address of where it was learnt."""
    first_seen: float = 0.0
    """Seconds since the epoch, as are all times here."""
    last_seen: float = 0.0
    frequency: int = 1
    shown: int = 0
    """To how many runs, of which it is known what came of it; since a person last said that it holds."""
    helped: int = 0
    """How often it was shown, concerned the task as the model says, and the mistake was not made."""
    standing: Standing = Standing.ACTIVE
    is_shared: bool = False
    """Whether it came from another repository or installation, which shared it anonymised."""

    @property
    def help_rate(self) -> float:
        """Return the share of showings that helped, as if one of two had before there are any."""
        return (self.helped + 1) / (self.shown + 2)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a mistake was made: the lesson as it stands in this one case, and where that was."""

    id: str
    """The same for the same event, told twice."""
    lesson: Lesson
    """Of one occurrence; its texts are sanitised. What is stored already of the same signature is joined with it."""
    run: str = ""
    file: str = ""
    is_fixed: bool = True
    """Whether what worked is known to have worked: the tests passed with it, or a person said so."""


@dataclass(frozen=True, slots=True)
class Showing:
    """A lesson that a run was shown, and what came of it."""

    lesson: str
    run: str
    has_helped: bool
    """The model says that it concerned the task; the mistake was not made, and the change passed."""
    at: float


class Moment(StrEnum):
    """When the memory is asked."""

    TASK = "task"
    """Before anything is written: the text is a task."""
    FAILURE = "failure"
    """Before another attempt: the text is what failed."""
    REVIEW = "review"
    """The text is a finding of a review."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the memory is asked: which mistakes are likely here."""

    text: str
    moment: Moment
    repository: int
    now: float
    family: str = ""
    """Of the model that is about to work; empty: of any."""
    languages: tuple[str, ...] = ()
    """Empty: any. A lesson without a language is for all."""
    signature: str = ""
    """Of the error, at a failure: the same error has the same."""
    categories_off: frozenset[Category] = frozenset()
    takes_shared: bool = False
    """Whether the repository takes lessons that others have shared, anonymised."""
    most: int = 5
    symbols: frozenset[str] = frozenset()
    """The code that it is about, as lessons name it: `path::Outer.inner`."""
    ignored: frozenset[str] = frozenset()
    """Lessons, by id, that are known already and count for nothing."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A lesson that fits a question."""

    lesson: Lesson
    similarity: float
    """In [0, 1]; what a reminder needs at least is the memory's threshold."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a lesson is shown from now on, as a person or the code itself has it."""

    lesson: str
    standing: Standing
    at: float
    nodes: tuple[CodeNode, ...] = ()
    """Symbols of the lesson as they are now, where it was confirmed for them."""


class Came(StrEnum):
    """What came of a reminder."""

    HELPED = "helped"
    """The model says that it concerned the task; the mistake was not made, and the change passed."""
    REPEATED = "repeated"
    IDLE = "idle"
    """Nothing shows that it concerned the task."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """A lesson that a run was shown, as people are told of it."""

    id: str
    words: str
    """The mistake in one line."""
    source: str
    similarity: float
    came: Came | None = None
    """None while the run goes on."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """The memory's answer."""

    reminders: tuple[Reminder, ...] = ()
    """Most useful first."""
    doubtful: tuple[Reminder, ...] = ()
    """Fit as well, but a person has to say first whether they still hold."""
    nearest: float | None = None
    """Similarity of the closest past failure, in [0, 1], whether or not it is shown; None: there is no memory."""
    problem: str = ""
    """Why it could not answer, or not in full; one sentence for a person."""


_VARYING: Final = (
    (re.compile(r"0x[0-9a-fA-F]+"), "0x"),
    (re.compile(r"(?:[A-Za-z]:)?(?:[\w.@~-]*[/\\])+(?=[\w.-])"), ""),
    (re.compile(r"\b\d+(?:\.\d+)?\b"), "0"),
    (re.compile(r"(['\"`])(?:(?!\1).){1,200}\1"), "'…'"),
    (re.compile(r"\s+"), " "),
)
"""What differs from one occurrence of an error to the next: addresses, folders, numbers, names in quotes, blanks."""
_LINES: Final = 3
_LETTERS: Final = 300


def normalise_error(text: str) -> str:
    """Return what two occurrences of the same error have in common: its last lines without what varies."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    kept = " ".join(lines[-_LINES:])
    for pattern, instead in _VARYING:
        kept = pattern.sub(instead, kept)
    return kept[:_LETTERS].strip()


def sign(category: Category, error: str, nodes: tuple[CodeNode, ...] = ()) -> str:
    """Return the signature of a mistake, 16 hexadecimal digits: the same error about the same symbols has the same."""
    parts = (category, normalise_error(error), *sorted({node.name for node in nodes}))
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def name_lesson(repository: int, signature: str) -> str:
    """Return the id of a lesson, 16 hexadecimal digits: the same mistake of a repository has the same everywhere."""
    return hashlib.sha256(f"{repository}\x1f{signature}".encode()).hexdigest()[:16]


def name_occurrence(*parts: str) -> str:
    """Return the id of an occurrence by what makes it the one that it is, 16 hexadecimal digits."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def name_family(model: str) -> str:
    """Return the family of a model by its id: `claude-sonnet-5` and `vendor/claude-opus` are `claude`."""
    found = re.match(r"[a-z]+", model.rpartition("/")[2].lower())
    return found[0] if found else ""
