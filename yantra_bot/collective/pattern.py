"""What an installation may tell others of a change, and nothing else: five fields without text. Pure.

A pattern holds numbers and words of closed lists. It has no field for a name, a path, a text or code, so none can be
sent by mistake; what does not fit is left out or refused, never shortened.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import Language
from yantra_bot.errors import UserError

EMBEDDING: Final = 128
"""Numbers of an embedding: the width of the scoring network's first head."""
LEVELS: Final = (-3, -1, 1, 3)
"""All that a number of an embedding may be: sign, and whether it is large. Whoever made it, it carries two bits."""
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
MOST_BITS: Final = math.ceil(
    EMBEDDING * math.log2(len(LEVELS)) + len(STEPS) + math.log2(len(LANGUAGES) * COMPLEXITIES * 2)
)
"""What one pattern can carry at most, if a worker puts a message in it and not what the network says: 292 bits."""
_LARGE: Final = 1 / math.sqrt(EMBEDDING)
"""Size beyond which a number of an embedding of length 1 is told as large: that of all if they were alike."""
_SCALE: Final = 1 / math.sqrt(EMBEDDING * 3.54)
"""Makes of levels a row of about length 1: where numbers are spread normally, 3.54 is the mean square of a level."""
_LARGEST: Final = 1e9

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What one changed symbol taught. Made by `make_pattern`, which checks it."""

    embedding: tuple[int, ...]
    """128 of `LEVELS`."""
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
    """Return what may leave of a change: of each number of the embedding its level, and steps that are on the list.

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
    levels = np.where(row < 0, -1, 1) * np.where(np.abs(row / length) > _LARGE, 3, 1)
    given = set(steps)
    return Pattern(
        tuple(levels.tolist()),
        tuple(step for step in STEPS if step in given),
        str(language),
        int(complexity),
        bool(is_passing),
    )


def is_sound(pattern: Pattern) -> bool:
    """Return whether a pattern that came from elsewhere is one that `make_pattern` could have made."""
    return (
        len(pattern.embedding) == EMBEDDING
        and all(type(number) is int and number in LEVELS for number in pattern.embedding)
        and pattern.steps == tuple(step for step in STEPS if step in pattern.steps)
        and pattern.language in LANGUAGES
        and pattern.complexity in range(1, COMPLEXITIES + 1)
    )


def read_embeddings(patterns: Iterable[Pattern]) -> Doubles:
    """Return the levels as rows of about length 1: [patterns, EMBEDDING]."""
    return _SCALE * np.asarray([one.embedding for one in patterns], dtype=np.float64).reshape(-1, EMBEDDING)


def read_inputs(patterns: Iterable[Pattern]) -> Doubles:
    """Return what a central model reads: [patterns, INPUTS]."""
    rows = [
        (
            *(_SCALE * level for level in one.embedding),
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
