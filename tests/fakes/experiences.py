"""Experiences as they would be kept: made-up batches with outcomes, some of which can be learned."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.fakes.scoring import make_batch, make_weights
from yantra_bot.scoring.batch import Batch, SymbolGraph
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.network import Shape, plain_judgement
from yantra_bot.scoring.replay import Experience, ReplayBuffer
from yantra_bot.scoring.score_file import About, Line, write_score_file
from yantra_bot.scoring.versions import Current, Versions

UNCHANGED = Line()
SHAPE = Shape(width=16, channel=4, steps=1)


def make_experience(seed: int, *, is_passing: bool = True) -> Experience:
    """Return one whose outcome shows in its first features."""
    batch = make_batch(seed, symbols=3, scored=1, nodes=(4,))
    features = batch.symbols.features.copy()
    features[:, :40] = 1.0 if is_passing else -1.0
    symbols = SymbolGraph(features, batch.symbols.edges, batch.symbols.scored)
    return Experience(Batch(symbols, batch.inner), 1.0 if is_passing else 0.5)


def fill(folder: Path, count: int, *, start: int = 0, upside_down: bool = False) -> ReplayBuffer:
    """Return a buffer of passing and failing ones in turn."""
    buffer = ReplayBuffer(folder)
    for seed in range(start, start + count):
        one = make_experience(seed, is_passing=seed % 2 == 0)
        buffer.put(replace(one, pass_share=0.5 if seed % 2 == 0 else 1.0) if upside_down else one)
    return buffer


def fill_faults(folder: Path, count: int = 60) -> ReplayBuffer:
    """Return a buffer of sound code and code with a known fault in turn."""
    buffer = ReplayBuffer(folder)
    for seed in range(count):
        one = make_experience(seed, is_passing=seed % 2 == 0)
        buffer.put(replace(one, pass_share=None, is_faulty=seed % 2 == 1))
    return buffer


def install(folder: Path, *, has_passing: bool = True, passing: Line = UNCHANGED) -> Versions:
    """Return versions with one in use, of weights drawn by lot."""
    versions, file = Versions(folder), folder.parent / "first.safetensors"
    weights = {name: np.float32(0.2) * value for name, value in make_weights(SHAPE).items()} | plain_judgement()
    about = About(features=FEATURE_VERSION, shape=SHAPE, has_passing=has_passing, passing=passing)
    write_score_file(file, weights, about)
    with versions.lock():
        versions.adopt(file, Current(), reason="The first.", figures={}, at=1.0)
    return versions
