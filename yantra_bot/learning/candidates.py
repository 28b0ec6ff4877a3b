"""What the store finds for a question, before anything is judged of it. Pure values."""

from dataclasses import dataclass

from yantra_bot.domain.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lesson that may fit a question."""

    lesson: Lesson
    meaning: float | None
    """Cosine of the question and the lesson, in [-1, 1]; None where there is no sentence model."""
    words: float
    """The search's score by words (BM25), at least 0: 0 where it was not found by them."""
    is_same_error: bool = False
    """Whether it answers to the very error that is asked about, also for a lesson that was merged into it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The store's answer to a question."""

    candidates: tuple[Candidate, ...] = ()
    problem: str = ""
    """Why there may be others; one sentence for a person."""
