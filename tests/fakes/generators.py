"""A generator file whose answer is known: its weights are nothing, and its last bias is the counts of one body."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yantra_bot.codex.generator import AboutGenerator, Kind, write_generator
from yantra_bot.codex.network import shapes
from yantra_bot.codex.pattern import counts_of
from yantra_bot.codex.steps import Step

WIDTHS = (8, 8, 8)


def write_fixed_generator(path: Path, steps: Sequence[Step], *, confidence: float = 0.0) -> Path:
    """Write a generator that answers every problem with these steps; `confidence` is a logit."""
    arrays = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes(WIDTHS).items()}
    arrays["pattern.bias"] = counts_of(steps).reshape(-1) * 50
    arrays["confidence.bias"] = np.array([confidence], dtype=np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_generator(path, arrays, AboutGenerator(kind=Kind.NETWORK, widths=WIDTHS))
    return path
