"""What a search gives: hits, each with its reasons, and what could not be asked. Pure values."""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.retrieval.chunks import Chunk


class ReasonKind(StrEnum):
    """Which part of the search speaks for a hit."""

    NAMED = "named"
    """The text names it: an identifier, a path, a line of a traceback."""
    WORDS = "words"
    """Words of the text stand in it."""
    MEANING = "meaning"
    """Its embedding is near to the text's."""
    NEIGHBOURS = "neighbours"
    """What calls it, or what it calls, fits."""
    TESTS = "tests"
    """Tests that fit reach it."""
    PAST = "past"
    """Commits with such messages changed it."""
    ACTIVITY = "activity"
    """It was changed often of late."""
    FILE = "file"
    """Its file or class fits as a whole."""
    MODEL = "model"
    """A re-ranking model found that it fits."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was found. `share` is its part of what speaks for the hit, 0 to 1."""

    kind: ReasonKind
    words: str
    share: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found, best first in a list. `score` compares hits of one search alone."""

    chunk: Chunk
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file that was found."""

    path: str
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one search. `notes` say what was not asked, and why, in words for people."""

    functions: tuple[Hit, ...] = ()
    """Functions and methods outside of tests."""
    files: tuple[FileHit, ...] = ()
    """Source files outside of tests."""
    tests: tuple[Hit, ...] = ()
    """Test functions that fit the text."""
    others: tuple[Hit, ...] = ()
    """Sections of documents, blocks of settings."""
    notes: tuple[str, ...] = ()
    definitions: tuple[Hit, ...] = ()
    """Classes and values of several lines outside of tests; their scores compare with those of functions."""
