"""Real bodies instead of made-up ones: of those that people wrote, the one that a problem's body will agree with best.

Two plain rules say how well, and their sum decides: a linear map of the problem's features, and the mean over those
problems of training whose features are nearest. Held against networks on projects that nothing was trained on, no
network was as good (`benchmarks.generator_designs`). What is kept of a training function are its hashed features, drawn
together, and how often each step is in it; no word of its source.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.codex.pattern import LONGEST
from yantra_bot.codex.steps import STEPS, Step
from yantra_bot.scoring.batch import FEATURES

AXES: Final = 256
"""Numbers that a training problem's features are drawn together to."""
NEAR: Final = 64
MOST_BODIES: Final = 1_024
MOST_KNOWN: Final = 24_000
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Size:
    """How many bodies can be answered, how many problems are known, and to how many numbers those are drawn."""

    bodies: int = 0
    known: int = 0
    axes: int = 0


@dataclass(frozen=True, slots=True)
class Recalled:
    """A body, and how well it is thought to agree: twice a step F1, roughly."""

    steps: tuple[Step, ...]
    worth: float


def shapes(size: Size) -> dict[str, tuple[int, ...]]:
    """Return the arrays of a file of this size, by name."""
    return {
        "bodies": (size.bodies, LONGEST),
        "linear": (FEATURES + 1, size.bodies),
        "axes": (FEATURES, size.axes),
        "known": (size.known, size.axes),
        "tallies": (size.known, len(STEPS)),
    }


class Recall:
    """The arrays, ready to be asked."""

    def __init__(self, arrays: Mapping[str, Floats]) -> None:
        """Raises ValueError where a body is none.

        `bodies` has steps by their number and -1 behind the end, `linear` the constant in its last row; `known` has
        rows of the length 1 or 0, and `tallies` how often each step is in the body of each.
        """
        self._bodies = [_read_body(row) for row in arrays["bodies"]]
        self._of_bodies = tallies(self._bodies)
        self._linear, self._axes = arrays["linear"], arrays["axes"]
        self._known, self._tallies = arrays["known"], arrays["tallies"]

    def ask(self, problem: Floats) -> Recalled:
        """Return the best body for a problem's [978] features. The same problem gets the same."""
        worth = self._linear[:-1].T @ problem + self._linear[-1] + self._nearest(problem)
        best = int(worth.argmax())
        return Recalled(self._bodies[best], float(worth[best]))

    def _nearest(self, problem: Floats) -> Floats:
        """Return [bodies], how well each agrees with those of the nearest problems."""
        likeness = self._known @ (problem @ self._axes)
        near = np.argsort(-likeness, kind="stable")[:NEAR]
        return np.asarray(agreement(self._tallies[near], self._of_bodies).mean(axis=0), dtype=np.float32)


def write_bodies(bodies: Sequence[Sequence[Step]]) -> Floats:
    """Return [n, 40] of bodies of at most 40 steps, as `Recall` reads them."""
    found = np.full((len(bodies), LONGEST), -1, dtype=np.float32)
    for row, body in enumerate(bodies):
        found[row, : len(body)] = [step.number for step in body]
    return found


def _read_body(row: Floats) -> tuple[Step, ...]:
    numbers = [int(one) for one in row]
    if any(number != one or not -1 <= number < len(STEPS) for number, one in zip(numbers, row, strict=True)):
        raise ValueError("a body of steps that are none")
    end = numbers.index(-1) if -1 in numbers else len(numbers)
    return tuple(STEPS[number] for number in numbers[:end])


def tallies(bodies: Iterable[Sequence[Step]]) -> Floats:
    """Return [n, 32], how often each step is in each body; `CLOSE` does not count."""
    rows = [[step.number for step in body if step is not Step.CLOSE] for body in bodies]
    found = np.zeros((len(rows), len(STEPS)), dtype=np.float32)
    for row, numbers in enumerate(rows):
        np.add.at(found[row], numbers, 1)
    return found


def agreement(left: Floats, right: Floats) -> Floats:
    """Return [n, m] step F1 of each tally of one kind with each of another."""
    shared = np.zeros((len(left), len(right)), dtype=np.float32)
    for number in range(len(STEPS)):
        shared += np.minimum(left[:, number][:, None], right[:, number][None])
    return np.asarray(2 * shared / np.maximum(left.sum(1)[:, None] + right.sum(1)[None], 1), dtype=np.float32)
