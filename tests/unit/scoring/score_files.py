"""Score files of random weights: real ones for reading and computing, that know nothing."""

from pathlib import Path

import numpy as np

from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import Shape, plain_judgement
from yantra_bot.scoring.score_file import About, Baseline, Line, write_score_file


def write_model(
    file: Path, *, features: int = FEATURE_VERSION, scale: float = 0.05, shift: float = 0.0, seed: int = 1
) -> Path:
    """Write a model and return its file; a seed gives the same one. `shift` is added to its word of faults."""
    shape, random = Shape(), np.random.default_rng(seed)
    arrays = {
        name: random.normal(0, scale, size).clip(-60_000, 60_000).astype(np.float32)
        for name, size in shape.arrays().items()
    } | plain_judgement()
    about = About(
        features=features, shape=shape, baseline=Baseline((0, 1), (0.01, 0.02), -1.0), faulty=Line(shift=shift)
    )
    write_score_file(file, arrays, about)
    return file
