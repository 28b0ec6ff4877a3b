"""A problem as numbers: 978 of them, from its name, signature and words, by hashing. Deterministic, without a body.

The layout is the problem's own and has the same width as a symbol's (`scoring.batch.FEATURES`): what a symbol's
features count in its body is not there before the body is written.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.codex.problem import Problem
from yantra_bot.codex.tree import Kind, Type
from yantra_bot.scoring.batch import FEATURES

VERSION: Final = 1
"""Of this layout. A network trained on another one is refused."""
GROUPS: Final = (
    ("words of the name", 160),
    ("first word of the name", 64),
    ("words of the parameters' names", 96),
    ("types of parameters and result", 64),
    ("words of the text", 384),
    ("pairs of neighbouring words of the text", 192),
    ("sizes", 18),
)
"""Name and size, in their order."""
Floats = npt.NDArray[np.float32]
MOST_WORDS: Final = 200
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ENDINGS: Final = ("ations", "ation", "ings", "ing", "ies", "ers", "es", "ed", "er", "ly", "s")
_DOCTEST: Final = re.compile(r"^\s*(?:>>>|\.\.\.).*$", re.MULTILINE)
_QUIET: Final = frozenset(("the", "a", "an", "of", "to", "is", "and", "in", "for", "be", "it", "this", "that", "with"))


def features_of(problem: Problem) -> Floats:
    """Return [978] of a problem; each group has the length 1 or 0, so that none drowns another."""
    name = words_of(problem.name)
    text = [stem(word) for word in words_of(_DOCTEST.sub("", problem.text)) if word not in _QUIET][:MOST_WORDS]
    kinds = [f"parameter {_kind(one.type)}" for one in problem.parameters] + [f"returns {_kind(problem.returns)}"]
    parts = [
        [stem(word) for word in name],
        name[:1],
        [stem(word) for one in problem.parameters for word in words_of(one.name)],
        kinds,
        text,
        [f"{first} {second}" for first, second in pairwise(text)],
    ]
    hashed = [_hash(part, size) for part, (_, size) in zip(parts, GROUPS, strict=False)]
    return np.concatenate([*hashed, _sizes(problem, name, text)]).astype(np.float32)


def words_of(text: str) -> list[str]:
    """Return the words of a text or an identifier, in small letters: `parseURLs` and `parse_urls` have the same."""
    return [found.group().lower() for found in _WORD.finditer(text[:8_000])]


def stem(word: str) -> str:
    """Return a word without its ending, roughly."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _kind(type_: Type) -> str:
    inside = f" of {type_.inside.kind}" if type_.inside else ""
    return f"{type_.kind}{inside}{' or nothing' if type_.is_optional else ''}"


def _hash(words: Iterable[str], size: int) -> Floats:
    """Return counts by hash, signed so that collisions cancel rather than add up, damped, of length 1."""
    values = np.zeros(size, dtype=np.float32)
    for word in words:
        number = zlib.crc32(word.encode("utf-8", "replace"))
        values[number % size] += 1.0 if number & 0x8000_0000 else -1.0
    values = np.sign(values) * np.log1p(np.abs(values))
    length = float(np.linalg.norm(values))
    return values / length if length else values


def _sizes(problem: Problem, name: Sequence[str], text: Sequence[str]) -> Floats:
    said = problem.text
    types = [one.type for one in problem.parameters]
    lower = said.lower()
    return np.array(
        [
            np.log1p(len(types)) / 2,
            np.log1p(len(name)) / 2,
            np.log1p(len(text)) / 5,
            np.log1p(said.count("\n")) / 4,
            any(one.is_optional for one in types),
            any(one.kind is Kind.LIST for one in types),
            any(one.kind is Kind.MAP for one in types),
            all(one.kind is Kind.ANY for one in types),
            problem.returns.kind is Kind.NOTHING,
            problem.returns.kind is Kind.TRUTH,
            problem.returns.kind is Kind.ANY,
            "raise" in lower,
            "return" in lower,
            "yield" in lower or "iterat" in lower,
            ">>>" in said,
            problem.name.startswith("_"),
            problem.name.startswith(("is_", "has_", "can_")),
            np.log1p(len(problem.neighbours)) / 3,
        ],
        dtype=np.float32,
    )


if sum(size for _, size in GROUPS) != FEATURES:
    raise AssertionError("the groups of a problem's features do not add up")
