"""The central model: a logistic row over embeddings for whether tests pass, and one for each step. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.collective.pattern import INPUTS, STEPS, Doubles, Pattern, read_inputs, read_targets
from yantra_bot.errors import Permanent
from yantra_bot.scoring.calibration import auroc, brier

ROWS: Final = 1 + len(STEPS)
BYTES: Final = ROWS * INPUTS * 4
_LARGEST: Final = 100.0
"""A weight beyond it is no result of training."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Weights: [1 + steps, INPUTS]."""

    weights: Doubles

    def passing(self, patterns: Sequence[Pattern]) -> Doubles:
        """Return the probability that the tests pass: [patterns]."""
        return squash(read_inputs(patterns) @ self.weights[0])

    def steps(self, pattern: Pattern) -> dict[str, float]:
        """Return the probability of each step for code like this."""
        said = squash(read_inputs([pattern]) @ self.weights[1:].T)[0]
        return {step: float(chance) for step, chance in zip(STEPS, said, strict=True)}

    def to_bytes(self) -> bytes:
        """Return the weights as little-endian float32, row by row."""
        return self.weights.astype("<f4").tobytes()


def make_head() -> Head:
    """Return the head that knows nothing: every probability is one half."""
    return Head(np.zeros((ROWS, INPUTS)))


def read_head(data: bytes) -> Head:
    """Return the head of its bytes; raise Permanent for another size, or weights that no training gives."""
    if len(data) != BYTES:
        raise Permanent(f"A central model has {len(data)} bytes in place of {BYTES}. Cure: upgrade this installation.")
    weights = np.frombuffer(data, dtype="<f4").reshape(ROWS, INPUTS).astype(np.float64)
    if not np.isfinite(weights).all() or np.abs(weights).max() > _LARGEST:
        raise Permanent("A central model has weights that are no numbers, or too large. Cure: tell the service.")
    return Head(weights)


def squash(logits: Doubles) -> Doubles:
    """Return the logistic of each, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)), dtype=np.float64)


def improve(head: Head, inputs: Doubles, targets: Doubles, *, steps: int, rate: float, ridge: float = 1e-3) -> Doubles:
    """Return how the weights move by `steps` of gradient descent over all rows: [1 + steps, INPUTS]."""
    weights = head.weights.copy()
    for _ in range(steps):
        error = squash(inputs @ weights.T) - targets
        weights -= rate * (error.T @ inputs / max(1, len(inputs)) + ridge * weights)
    return weights - head.weights


def tell_apart(head: Head, patterns: Sequence[Pattern]) -> float:
    """Return the AUROC of what it says of passing; NaN unless some passed and some did not."""
    return auroc(head.passing(patterns), read_targets(patterns)[:, 0] > 0.5)


def miss(head: Head, patterns: Sequence[Pattern]) -> float:
    """Return the Brier score of what it says of passing; 0.25 is what a coin has."""
    return brier(head.passing(patterns), read_targets(patterns)[:, 0] > 0.5)
