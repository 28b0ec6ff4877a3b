"""What an installation may tell others of a change, and nothing else: five fields without text. Pure.

A pattern holds numbers and words of closed lists. It has no field for a name, a path, a text or code, so none can be
sent by mistake; what does not fit is left out or refused, never shortened.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import Language
from yantra_bot.errors import UserError

EMBEDDING: Final = 128
"""Numbers of an embedding: the width of the scoring network's first head."""
DECIMALS: Final = 4
"""Digits that are kept of each, behind the point: more carry nothing that is learned from."""
STEPS: Final = (
    "null check",
    "validate",
    "type check",
    "membership check",
    "condition",
    "iterate",
    "try",
    "start value",
    "compute",
    "compare",
    "look up",
    "query",
    "insert",
    "update",
    "delete",
    "filter",
    "map",
    "accumulate",
    "sort",
    "parse",
    "format",
    "call",
    "remote call",
    "read",
    "write",
    "log",
    "raise",
    "return",
    "yield",
    "cache",
)
"""The closed list of what a piece of code may be said to do: the generator's steps. Another word never leaves."""
LANGUAGES: Final = tuple(str(one) for one in Language)
COMPLEXITIES: Final = 5
"""Complexity is told as one of five steps, 1 the simplest."""
INPUTS: Final = EMBEDDING + len(LANGUAGES) + COMPLEXITIES + 1
"""What a central model reads of a pattern: embedding, language, complexity, and a constant 1."""
_LENGTH_MARGIN: Final = 0.01
_LARGEST: Final = 1e9

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one changed symbol taught. Made by `make_pattern`, which checks it."""

    embedding: tuple[float, ...]
    """128 numbers of length 1, each rounded to 4 decimals."""
    steps: tuple[str, ...]
    """Of `STEPS`, each once, in their order there."""
    language: str
    complexity: int
    is_passing: bool
    """Whether the tests passed with it."""

    @property
    def digest(self) -> str:
        """What makes it the same as another one; 32 hexadecimal digits."""
        said = (self.embedding, self.steps, self.language, self.complexity, self.is_passing)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def make_pattern(
    embedding: Iterable[float], *, steps: Iterable[str], language: str, complexity: int, is_passing: bool
) -> Pattern:
    """Return what may leave of a change: the embedding at length 1 and rounded, steps that are on the list.

    Steps that are not on the list are left out. Raises UserError for an embedding that is not 128 finite numbers, or
    all 0, and for a language or complexity that is not on the list.
    """
    row = np.asarray(tuple(embedding), dtype=np.float64)
    if row.shape != (EMBEDDING,) or not np.isfinite(row).all() or np.abs(row).max() > _LARGEST:
        raise UserError(f"An embedding has to be {EMBEDDING} finite numbers. Cure: none; it is not shared.")
    length = float(np.linalg.norm(row))
    if length == 0:
        raise UserError("An embedding has no direction. Cure: none; it is not shared.")
    if language not in LANGUAGES or complexity not in range(1, COMPLEXITIES + 1):
        raise UserError("A language or a complexity is on no list. Cure: none; it is not shared.")
    numbers = tuple(float(number) + 0.0 for number in np.round(row / length, DECIMALS))
    given = set(steps)
    return Pattern(
        numbers, tuple(step for step in STEPS if step in given), str(language), int(complexity), bool(is_passing)
    )


def is_sound(pattern: Pattern) -> bool:
    """Return whether a pattern that came from elsewhere is one that `make_pattern` could have made."""
    row = np.asarray(pattern.embedding, dtype=np.float64)
    return (
        row.shape == (EMBEDDING,)
        and bool(np.isfinite(row).all() and np.abs(row).max() <= 1.0)
        and abs(float(np.linalg.norm(row)) - 1.0) <= _LENGTH_MARGIN
        and bool(np.array_equal(np.round(row, DECIMALS), row))
        and pattern.steps == tuple(step for step in STEPS if step in pattern.steps)
        and pattern.language in LANGUAGES
        and pattern.complexity in range(1, COMPLEXITIES + 1)
    )


def read_inputs(patterns: Iterable[Pattern]) -> Doubles:
    """Return what a central model reads: [patterns, INPUTS]."""
    rows = [
        (
            *one.embedding,
            *(float(one.language == language) for language in LANGUAGES),
            *(float(one.complexity == step) for step in range(1, COMPLEXITIES + 1)),
            1.0,
        )
        for one in patterns
    ]
    return np.asarray(rows, dtype=np.float64).reshape(-1, INPUTS)


def read_targets(patterns: Iterable[Pattern]) -> Doubles:
    """Return what a central model is to say: [patterns, 1 + steps]; first whether the tests pass, then each step."""
    rows = [(float(one.is_passing), *(float(step in one.steps) for step in STEPS)) for one in patterns]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 1 + len(STEPS))
