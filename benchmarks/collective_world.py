"""A made-up world of clients that share patterns, a quarter of them poisoned, with what is true of all of them known.

Embeddings are drawn: each client's project has a direction of its own that its code leans to, and whether tests pass
follows one hidden direction that all share, with chance. The poisoned do what is told of them in `POISONS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from yantra_bot.collective.pattern import EMBEDDING, LANGUAGES, LEVELS, STEPS, Doubles, Pattern, make_pattern

CLIENTS, POISONED = 20, 5
SHARPNESS: Final = 25.0
"""How surely the hidden direction decides; the best that can be told of new patterns is an AUROC below 1."""
LEANING: Final = 0.6
Poison = Callable[[list[Pattern], np.random.Generator], list[Pattern]]


@dataclass(frozen=True, slots=True)
class World:
    """What is true: of passing, and of each step."""

    truth: Doubles
    steps: Doubles
    leanings: Doubles
    """[clients, EMBEDDING]"""

    def draw(self, client: int, count: int, chance: np.random.Generator) -> list[Pattern]:
        """Return patterns of one client as they are."""
        rows = chance.normal(size=(count, EMBEDDING)) / np.sqrt(EMBEDDING) + LEANING * self.leanings[client]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        passes = chance.random(count) < 1 / (1 + np.exp(-SHARPNESS * rows @ self.truth))
        does = rows @ self.steps.T > 0.1
        return [
            make_pattern(
                row,
                steps=[step for step, is_there in zip(STEPS, has, strict=True) if is_there],
                language=LANGUAGES[client % len(LANGUAGES)],
                complexity=1 + int(chance.integers(5)),
                is_passing=bool(passing),
            )
            for row, has, passing in zip(rows, does, passes, strict=True)
        ]


def make_world(chance: np.random.Generator, *, clients: int = CLIENTS) -> World:
    """Return a world."""

    def directions(count: int) -> Doubles:
        rows = chance.normal(size=(count, EMBEDDING))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    return World(directions(1)[0], directions(len(STEPS)), directions(clients))


def flip(patterns: list[Pattern], _chance: np.random.Generator) -> list[Pattern]:
    """Say the opposite of every outcome."""
    return [replace(one, is_passing=not one.is_passing) for one in patterns]


def boost(patterns: list[Pattern], chance: np.random.Generator) -> list[Pattern]:
    """Say the opposite, with embeddings fifty times as long: the door refuses them; here they come past it."""
    return [replace(one, embedding=tuple(50 * level for level in one.embedding)) for one in flip(patterns, chance)]


def repeat(patterns: list[Pattern], chance: np.random.Generator) -> list[Pattern]:
    """Send one embedding with a little noise, always failing but once."""
    rows = np.tile(patterns[0].embedding, (len(patterns), 1))
    places = chance.integers(EMBEDDING, size=(len(patterns), 2))
    np.put_along_axis(rows, places, chance.choice(LEVELS, size=places.shape), axis=1)
    return [
        replace(one, embedding=tuple(row), is_passing=place == 0)
        for place, (one, row) in enumerate(zip(patterns, rows.tolist(), strict=True))
    ]


def plant(patterns: list[Pattern], chance: np.random.Generator) -> list[Pattern]:
    """Say of code that leans one way that it passes, of other code that it fails: the same way for all who plot."""
    way = np.random.default_rng(99).normal(size=EMBEDDING)
    return [replace(one, is_passing=bool(np.asarray(one.embedding) @ way > 0)) for one in patterns]


POISONS: Final[Mapping[str, Poison]] = {
    "flipped outcomes": flip,
    "boosted lengths": boost,
    "one embedding again and again": repeat,
    "plotting, first": plant,
    "plotting, second": plant,
}
PLOT: Final[Mapping[str, Poison]] = {f"plotting, {place} of {POISONED}": plant for place in range(1, POISONED + 1)}
"""The worst that a quarter can do: all of one mind."""


def poison(
    clients: Mapping[str, Sequence[Pattern]], chance: np.random.Generator, *, poisons: Mapping[str, Poison] = POISONS
) -> tuple[dict[str, list[Pattern]], dict[str, str]]:
    """Return the clients with the first of them poisoned, and by client what was done."""
    done = dict(zip(clients, poisons, strict=False))
    turned = {
        name: poisons[done[name]](list(one), chance) if name in done else list(one) for name, one in clients.items()
    }
    return turned, done
