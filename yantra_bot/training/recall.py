"""Fits what `codex.recall` answers by: which bodies stand for many, the linear map, and the problems that are known.

numpy alone and done in a minute: nothing here is drawn but which functions are looked at, with a fixed seed.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from yantra_bot.codex.generator import AboutGenerator, Kind, write_generator
from yantra_bot.codex.pattern import LONGEST
from yantra_bot.codex.recall import (
    AXES,
    MOST_BODIES,
    MOST_KNOWN,
    Recall,
    Size,
    agreement,
    tallies,
    write_bodies,
)
from yantra_bot.codex.steps import Step, telling
from yantra_bot.training.generator_samples import Floats, Samples, refuse_too_few
from yantra_bot.training.lines import fit_line

RIDGE: Final = 30.0
"""How small the linear map is held, for 10 000 problems; for others in proportion."""
COVERED: Final = 300
"""Bodies that are chosen so that each of training has a close one; the others are the most frequent."""
LOOKED_AT: Final = 2_000
JUDGED: Final = 2_000
Body = tuple[Step, ...]


def train_recall(train: Samples, held_out: Samples, path: Path, *, note: str = "") -> AboutGenerator:
    """Write the generator file of some projects' functions, its confidence fitted on others.

    Raises UserError where there is too little to learn from.
    """
    refuse_too_few(train, held_out)
    arrays = fit_recall(train)
    size = Size(len(arrays["bodies"]), *arrays["known"].shape)
    halves = {name: array.astype(np.float16).astype(np.float32) for name, array in arrays.items()}
    scale, shift, figures = _judge(Recall(halves), held_out)
    about = AboutGenerator(kind=Kind.RECALL, size=size, scale=scale, shift=shift, figures=figures, note=note)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_generator(path, arrays, about)
    return about


def fit_recall(train: Samples) -> dict[str, Floats]:
    """Return the arrays that `codex.recall.Recall` reads."""
    features, bodies = rows_of(train), choose_bodies(train)
    counts = tallies(train.answers)
    keys = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
    axes = main_axes(keys)
    known = np.random.default_rng(0).permutation(len(train))[:MOST_KNOWN]
    return {
        "bodies": write_bodies(bodies),
        "linear": fit_linear(features, agreement(counts, tallies(bodies)), RIDGE * len(train) / 10_000),
        "axes": axes,
        "known": keys[known] @ axes,
        "tallies": counts[known],
    }


def rows_of(samples: Samples) -> Floats:
    """Return [n, 978] of the problems themselves, without their neighbours."""
    return np.stack([samples.features[row] for row in samples.rows])


def choose_bodies(train: Samples, count: int = MOST_BODIES) -> list[Body]:
    """Return real bodies, so that each of training has a close one: the best addition first, then by frequency."""
    often = Counter(body for body in train.answers if len(body) <= LONGEST)
    distinct = sorted(often, key=lambda body: (-often[body], [step.number for step in body]))
    some = np.random.default_rng(0).choice(len(train), min(LOOKED_AT, len(train)), replace=False)
    gains = agreement(tallies([train.answers[int(place)] for place in some]), tallies(distinct))
    covered, chosen = np.zeros(len(some), dtype=np.float32), dict[int, None]()
    for _ in range(min(COVERED, count, len(distinct))):
        best = int(np.maximum(gains - covered[:, None], 0).sum(0).argmax())
        chosen[best], covered = None, np.maximum(covered, gains[:, best])
    chosen |= dict.fromkeys(range(len(distinct)))
    return [distinct[place] for place in list(chosen)[:count]]


def fit_linear(features: Floats, worth: Floats, weight: float) -> Floats:
    """Return [979, bodies]: from [n, 978] features to [n, bodies] agreement, held small by `weight`; constant last."""
    known = np.hstack([features, np.ones((len(features), 1), np.float32)])
    mean = worth.mean(0)
    inner = known.T @ known + weight * np.eye(known.shape[1], dtype=np.float32)
    found = np.linalg.solve(inner, known.T @ (worth - mean))
    found[-1] += mean
    return np.asarray(found, dtype=np.float32)


def main_axes(keys: Floats, count: int = AXES) -> Floats:
    """Return [978, count]: the axes along which [n, 978] keys differ most: few numbers keep their likeness."""
    _, axes = np.linalg.eigh(keys.T @ keys)
    return np.ascontiguousarray(axes[:, ::-1][:, :count], dtype=np.float32)


def _judge(recall: Recall, held_out: Samples) -> tuple[float, float, dict[str, float]]:
    """Return the confidence's line, fitted on every second held-out problem, and figures of the others."""
    places = np.linspace(0, len(held_out) - 1, min(len(held_out), JUDGED)).round().astype(int)
    said = [recall.ask(held_out.features[held_out.rows[place]]) for place in places]
    real: Sequence[Body] = [held_out.answers[place] for place in places]
    right = np.array([telling(one.steps) == telling(body) for one, body in zip(said, real, strict=True)], dtype=float)
    each = np.diag(agreement(tallies([one.steps for one in said]), tallies(real)))
    scale, shift = fit_line([one.worth for one in said[::2]], right[::2])
    figures = {"exactly right": float(right[1::2].mean()), "step F1": float(each[1::2].mean())}
    return scale, shift, figures | {"problems": float(len(places) // 2)}
