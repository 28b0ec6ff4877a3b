"""The line that makes a probability of what a generator is sure of, by what came of it. numpy alone."""

from collections.abc import Iterable

import numpy as np


def fit_line(values: Iterable[float], outcomes: Iterable[float]) -> tuple[float, float]:
    """Return scale and shift of the logistic line by Platt's method: targets drawn in, the scale never negative."""
    x, y = np.array(list(values)), np.array(list(outcomes))
    hits, misses = y.sum(), len(y) - y.sum()
    target = np.where(y > 0, (hits + 1) / (hits + 2), 1 / (misses + 2))
    middle, spread = float(x.mean()), float(x.std())
    plain = float(np.log((hits + 1) / (misses + 1)))
    if spread < 1e-6:
        return 0.0, plain
    inputs = np.stack([(x - middle) / spread, np.ones_like(x)], axis=1)
    line = np.array([0.0, plain])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(inputs @ line, -30, 30)))
        curve = (inputs * (p * (1 - p))[:, None]).T @ inputs + np.eye(2)
        line -= np.linalg.solve(curve, inputs.T @ (p - target) + np.array([line[0], 0.0]))
    if line[0] <= 0:  # it says nothing: the same frequency for all
        return 0.0, plain
    scale = float(line[0]) / spread
    return scale, float(line[1]) - scale * middle
