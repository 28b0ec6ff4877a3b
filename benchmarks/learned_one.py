"""One training of the learned score, in a process of its own: `benchmarks.learned_runs` starts it.

    python -m benchmarks.learned_one --corpus FOLDER --into FOLDER [--design NAME] [--without CLASS ...] [--minutes 12]

Needs the extra `learned`. Into the folder go the checkpoints, the score file where the design is the one that ships,
what was said of the test projects (`told.npz`), and last `figures.json`. A training that was ended goes on.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from benchmarks.learned_designs import FULL, TRIALS
from benchmarks.learned_kept import FIGURES, Answers, batches_of
from yantra_bot.domain.scores import BugClass
from yantra_bot.scoring.layout import FEATURE_VERSION, mask
from yantra_bot.scoring.network import Output
from yantra_bot.scoring.packing import Packed
from yantra_bot.scoring.score_file import ScoreFile
from yantra_bot.training.checkpoints import load_checkpoint
from yantra_bot.training.corpora import Part
from yantra_bot.training.designs import Design, cut
from yantra_bot.training.evaluation import Predict, Told, tell
from yantra_bot.training.exporting import choosing_batches, export, fit_judgement
from yantra_bot.training.loop import LoopSettings
from yantra_bot.training.samples import Labelled
from yantra_bot.training.scorer_training import ScorerTraining, named, predictor, train_network


def hide_imports(predict: Predict) -> Predict:
    """Return the network with the features that name imports at 0: those of the scored symbol would tell the answer."""
    hidden = np.flatnonzero(mask("imports used", "imports of the file"))

    def compute(packed: Packed) -> Output:
        kept = packed.features.copy()
        kept[np.ix_(packed.scored, hidden)] = 0
        names = Packed.__dataclass_fields__
        return predict(Packed(**{name: getattr(packed, name) for name in names} | {"features": kept}))

    return compute


def edged(batches: Iterable[Labelled], design: Design) -> Iterator[Labelled]:
    """Give batches with the edges that a design reads."""
    return (replace(one, batch=cut(one.batch, design)) for one in batches)


def answers_of(told: Told, blind: Told) -> Answers:
    """Return what a network says with the imports in sight and, of them alone, hidden."""
    return Answers(told.faulty, told.passing, told.imports, blind.imports, told.hits)


def main() -> None:
    """Train, ask, and keep what was said."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--design", choices=sorted(TRIALS), default=FULL)
    parser.add_argument("--without", nargs="*", default=[], choices=[one.value for one in BugClass])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--most", type=int, required=True, help="samples of the test projects that are asked about")
    given = parser.parse_args()
    trial, without = TRIALS[given.design], frozenset(map(BugClass, given.without))
    loop = LoopSettings(epochs=given.epochs, seconds=60 * given.minutes, seed=given.seed, device="cpu", cycle=True)
    how = ScorerTraining(loop, weights=trial.weights, design=trial.design, without=without)
    network = train_network(given.corpus, given.into, how, resume=True, watch=report)
    batches = batches_of(given.corpus, Part.TEST, given.most)
    progress = load_checkpoint(given.into / "last.pt", {})[1]
    figures: dict[str, object] = {
        "design": given.design, "seed": given.seed, "without": given.without, "held_out": progress.best,
        "epochs": progress.epoch, "batches": progress.batches, "skipped": progress.skipped, "seconds": progress.seconds,
    }  # fmt: skip
    if given.design == FULL:
        file = given.into / "score.safetensors"
        told = export(network, given.corpus, file, without=named(without), most=given.most)
        about = ScoreFile.read(file, features=FEATURE_VERSION).about
        figures |= {"line": asdict(about.faulty), "passing": asdict(about.passing), **about.figures}
        answers_of(told, tell(hide_imports(predictor(network)), batches)).write(given.into)
    else:
        network.judge_by(fit_judgement(predictor(network), edged(choosing_batches(given.corpus), trial.design)))
        told = tell(predictor(network), edged(batches, trial.design))
        answers_of(told, told).write(given.into)
    given.into.joinpath(FIGURES).write_text(json.dumps(figures, indent=1), "utf-8")


def report(epoch: int, figures: dict[str, float]) -> None:
    """Print what an epoch came to."""
    print(f"epoch {epoch}: " + ", ".join(f"{name} {value:.4g}" for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    main()
