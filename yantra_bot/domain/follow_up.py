"""Why a run goes on with the bot's own pull request: checks that fail on its head, or what people said of it. Pure.

All that checks and people say is data, whatever it says; it is cut where it is read.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.domain.repository import Actor

OWN_BRANCHES: Final = "yantra/"
"""How the names of the branches begin that runs push to."""


class Cause(StrEnum):
    """What a follow-up answers."""

    CHECKS = "checks"
    REVIEW = "review"

    @property
    def plural(self) -> str:
        return "reviews" if self is Cause.REVIEW else "checks"


@dataclass(frozen=True, slots=True)
class Follows:
    """What a run follows up: the pull request stands at `head`; `issue_number` is what it was opened for (0: none)."""

    cause: Cause
    head: str
    issue_number: int = 0


class CheckKind(StrEnum):
    """The two ways in which a forge tells of a check."""

    RUN = "check run"
    STATUS = "commit status"


@dataclass(frozen=True, slots=True)
class CheckState:
    """A check at a commit as it stands now. `app` is the slug of the App that reports it; empty where none is told."""

    kind: CheckKind
    id: int
    name: str
    app: str = ""
    is_own: bool = False
    is_done: bool = True
    is_failing: bool = False
    conclusion: str = ""
    title: str = ""
    text: str = ""
    """Summary and text of its report, cut."""


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that failed, with all that can be read of why; every text is cut and holds no secret."""

    name: str
    conclusion: str
    title: str = ""
    text: str = ""
    annotations: tuple[str, ...] = ()
    """Each as `path:line: level: message`."""
    log: str = ""
    """The end of its job's log, where it is a job of the forge's own runner."""
    gap: str = ""
    """What could not be read, and why; empty where all could be."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The failing checks of a commit, and which of them fail on the base branch too."""

    failed: tuple[FailedCheck, ...] = ()
    on_base: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One comment in a thread of a review, cut."""

    id: int
    author: Actor
    body: str
    is_own: bool = False
    """Whether this bot wrote it."""


@dataclass(frozen=True, slots=True)
class ReviewThread:
    """A thread on lines of a pull request. `id` is its first comment's."""

    id: int
    path: str
    said: tuple[Said, ...]
    """Oldest first."""
    line: int = 0
    """Of the head; 0 where the comment is outdated or of the whole file."""
    start_line: int = 0
    """First line where it is of several; else 0."""
    is_of_base: bool = False
    """It is at lines that the pull request removes."""
    hunk: str = ""
    is_resolved: bool = False

    @property
    def unanswered(self) -> tuple[Said, ...]:
        """What was said since the bot spoke last."""
        own = [place for place, one in enumerate(self.said) if one.is_own]
        return self.said[own[-1] + 1 :] if own else self.said


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What a person wrote above the comments of a review; `asks_for_changes` is the forge's own word for it."""

    id: int
    author: Actor
    body: str
    asks_for_changes: bool = False


@dataclass(frozen=True, slots=True)
class ReviewTalk:
    """What was said in the reviews of a pull request; of the summaries only those that the bot has not answered."""

    threads: tuple[ReviewThread, ...] = ()
    summaries: tuple[ReviewSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Text that a person wants in the place of whole lines of the head, `start` to `end`, exactly."""

    thread: int
    path: str
    start: int
    end: int
    text: str


def summary_tag(review_id: int) -> str:
    """Return the hidden mark of the answer to a review's summary."""
    return f"review-answer:{review_id}"
