"""Teaches the baselines of the learned score, in a process of its own: `benchmarks.learned_runs` starts it.

    python -m benchmarks.learned_rivals --corpus FOLDER --work FOLDER --most 30000 [--seeds 1]

Needs scikit-learn, of the extra `learned`. Each baseline's scores are kept as soon as they are there.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.learned_kept import Truth, batches_of, slug, tried_batches, write_arrays
from yantra_bot.scoring.calibration import Scores, auroc
from yantra_bot.training.baselines import Boosted, LookUp, make_baselines
from yantra_bot.training.corpora import Part
from yantra_bot.training.evaluation import LEAST_OUTCOMES
from yantra_bot.training.tables import Table


def truth_of(known: Table, asked: Table, corpus: Path) -> Truth:
    """Return what is true of the test samples, with what follows from the others without a network."""
    table = LookUp()
    table.fit(known)
    return Truth(
        asked.bugs, asked.imports, asked.outcomes, asked.projects, asked.files, asked.symbols,
        often=known.imports.mean(axis=0), look_up=table.score(asked), passing=passing(corpus, asked),
        learned=np.array([len(known.bugs), len(np.unique(known.projects))]),
    )  # fmt: skip


def passing(corpus: Path, asked: Table) -> Scores:
    """Return P(tests pass) of trees that learned from every sample of which tests told; NaN where they are few."""
    if int((asked.outcomes >= 0).sum()) < LEAST_OUTCOMES:
        return np.full(len(asked.bugs), np.nan)
    batches = list(tried_batches(corpus, Part.TRAIN))
    if sum(len(one.bugs) for one in batches) < LEAST_OUTCOMES:
        return np.full(len(asked.bugs), np.nan)
    known, trees = Table.of(batches), Boosted(has_bags=True)
    trees.fit(known, known.outcomes == 1)
    return trees.score(asked)


def main() -> None:
    """Teach those that are missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--most", type=int, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    known, asked = (Table.of(batches_of(given.corpus, part, given.most)) for part in (Part.TRAIN, Part.TEST))
    print(f"{len(known.bugs)} and {len(asked.bugs)} samples laid out in {time.monotonic() - began:.0f} s", flush=True)
    write_arrays(given.work / "truth.npz", asdict(truth_of(known, asked, given.corpus)))
    folder = given.work / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(given.seeds):
        for name, baseline in reversed(make_baselines(seed).items()):
            file, began = folder / f"{slug(name)}-{seed}.npy", time.monotonic()
            if file.exists():
                continue
            baseline.fit(known, known.is_faulty)
            scores = baseline.score(asked)
            half = folder / ".half.npy"
            np.save(half, scores, allow_pickle=False)
            half.replace(file)
            took = time.monotonic() - began
            print(f"{name}, seed {seed}: AUROC {auroc(scores, asked.is_faulty):.3f}, {took:.0f} s", flush=True)


if __name__ == "__main__":
    main()
