"""The learned score on projects that nothing was trained on, beside trees, size and chance; with its pictures.

    python -m benchmarks.learned_score [--corpus FOLDER] [--models FOLDER] [--seeds 5] [--small]

The corpus is the data set of `yantra codex train`; the models are the score files (`*.safetensors`, one for each seed)
in a folder. The baselines learn from the training projects of the same corpus. A file whose note has `without: a, b`
was not trained on those classes of faults, and is measured on them apart. Nothing here needs torch.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.learned_numbers import (
    FIGURES,
    Between,
    ahead,
    hits,
    of_class,
    of_seeds,
    over_projects,
    rank_in_files,
    spread_of_seeds,
)  # fmt: skip
from benchmarks.learned_pictures import draw_classes, draw_reliability
from benchmarks.machine import describe_machine
from yantra_bot.domain.scores import BugClass, ReliabilityBin
from yantra_bot.errors import UserError
from yantra_bot.scoring.calibration import Scores, auroc, brier
from yantra_bot.scoring.layout import FEATURE_VERSION, mask
from yantra_bot.scoring.network import Output
from yantra_bot.scoring.packing import Packed
from yantra_bot.scoring.score_file import ScoreFile
from yantra_bot.training.baselines import Boosted, Table, make_baselines
from yantra_bot.training.corpora import Part
from yantra_bot.training.evaluation import Predict, Told, hold_against, recall_of_imports, tell
from yantra_bot.training.samples import Labelled, Samples

ME = "benchmarks.learned_score"
DOCS = Path(__file__).resolve().parent.parent / "docs"
BATCH = 32
SMALL, WHOLE = 1_000, 30_000
"""Samples of a part that are looked at, at most."""
NETWORK = "the network"
WITHOUT = "without: "
BUGS = tuple(BugClass)
Files = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """A score file and what it says of the test projects."""

    file: ScoreFile
    told: Told
    blind: Told
    """The same with the features of imports taken away."""

    @property
    def without(self) -> frozenset[str]:
        """The classes of faults that it has not seen."""
        _, found, names = self.file.about.note.partition(WITHOUT)
        return frozenset(names.split(", ")) if found else frozenset()


def batches_of(corpus: Path, part: Part, most: int) -> Iterator[Labelled]:
    """Give samples of a part, pairs side by side; where there are more than `most`, some that chance chose."""
    samples = Samples(corpus, part)
    pairs = np.sort(np.random.default_rng(0).permutation(len(samples) // 2)[: most // 2])
    order = (pairs[:, None] * 2 + (0, 1)).ravel()
    for start in range(0, len(order), BATCH):
        yield samples.take(order[start : start + BATCH])


def read_models(folder: Path, seeds: int, batches: Sequence[Labelled]) -> list[Model]:
    """Return what the score files of a folder say. Raises UserError where there is none."""
    files = sorted(folder.rglob("*.safetensors"))
    read = [ScoreFile.read(one, features=FEATURE_VERSION) for one in files]
    whole = [one for one in read if WITHOUT not in one.about.note][:seeds]
    if not whole:
        raise UserError(f"{folder} has no score file. Cure: `make model`, or `yantra codex train --into {folder}`.")
    parts = [one for one in read if WITHOUT in one.about.note]
    return [Model(one, tell(one.network.compute, batches), tell(hide_imports(one), batches)) for one in whole + parts]


def hide_imports(file: ScoreFile) -> Predict:
    """Return the network with the features that name imports at 0: those of the scored symbol would tell the answer."""
    hidden = mask("imports used", "imports of the file")

    def compute(packed: Packed) -> Output:
        kept = packed.features.copy()
        kept[np.ix_(packed.scored, np.flatnonzero(hidden))] = 0
        names = Packed.__dataclass_fields__
        given = {name: getattr(packed, name) for name in names} | {"features": kept}
        return file.network.compute(Packed(**given))

    return compute


def run_baselines(known: Table, asked: Table, seeds: int) -> dict[str, list[Scores]]:
    """Return what each baseline says of the test projects, for each seed."""
    found: dict[str, list[Scores]] = {}
    for seed in range(seeds):
        for name, baseline in make_baselines(seed).items():
            baseline.fit(known, known.is_faulty)
            found.setdefault(name, []).append(baseline.score(asked))
    return found


def print_detection(said: dict[str, list[Scores]], asked: Table) -> str:
    """Print how well each tells faulty functions, and return the name of the strongest baseline."""
    print("| what reads the function | AUROC | over seeds | average precision | faulty above its sound version |")
    print("|---|---|---|---|---|")
    means = {}
    for name, scores in said.items():
        found = {title: of_seeds(scores, asked.is_faulty, asked.projects, one) for title, one in FIGURES.items()}
        means[name] = found["AUROC"].value
        paired = np.mean([((one[1::2] > one[::2]) + 0.5 * (one[1::2] == one[::2])).mean() for one in scores])
        print(f"| {name} | {found['AUROC']} | {spread_of_seeds(scores, asked.is_faulty)} "
              f"| {found['average precision']} | {paired:.3f} |", flush=True)  # fmt: skip
    print("\nIn brackets: 95 % of the means where the test projects are drawn anew, with replacement.\n")
    return max((name for name in said if name != NETWORK), key=lambda name: means[name])


def print_classes(said: dict[str, list[Scores]], asked: Table, strongest: str) -> list[tuple[str, float, float]]:
    """Print AUROC by class, and return the network's and the strongest baseline's."""
    print(f"| class of fault | samples | {' | '.join(said)} |\n|---|---|{'---|' * len(said)}")
    rows = []
    for number in np.unique(asked.bugs[asked.is_faulty]).tolist():
        found = {name: of_class(scores, asked.bugs, number) for name, scores in said.items()}
        cells = " | ".join(f"{one:.3f}" for one in found.values())
        print(f"| {BUGS[number].value} | {(asked.bugs == number).sum()} | {cells} |", flush=True)
        rows.append((BUGS[number].value, found[NETWORK], found[strongest]))
    return rows


def print_places(said: dict[str, list[Scores]], asked: Table) -> dict[str, float]:
    """Print how soon the function with the fault comes in its file, and return the hit@1 of each."""
    files = asked.projects.astype(np.int64) * 1_000_000 + asked.files
    symbols = asked.projects.astype(np.int64) * 10_000_000 + asked.symbols
    print("\n| ranks the functions of a file | hit@1 | hit@3 | files with a fault | functions, mean |")
    print("|---|---|---|---|---|")
    first = {}
    for name, scores in said.items():
        ranks = [rank_in_files(one, asked.is_faulty, files, symbols) for one in scores]
        one, three = (float(np.mean([hits(of_seed, most) for of_seed in ranks])) for most in (1, 3))
        first[name] = one
        print(f"| {name} | {one:.3f} | {three:.3f} | {len(ranks[0])} | {ranks[0][:, 1].mean():.1f} |", flush=True)
    return first


def print_calibration(models: Sequence[Model], asked: Table) -> tuple[Sequence[ReliabilityBin], float]:
    """Print what the network said against what was so, and return the curve of all seeds with the mean error."""
    told = [one.file.about.faulty.probability(one.told.faulty.astype(np.float32)).astype(np.float64) for one in models]
    errors = [hold_against(one, asked.is_faulty).error for one in told]
    curve = hold_against(np.concatenate(told), np.tile(asked.is_faulty, len(told))).curve
    print("\n| probability said | mean | faults among them | samples of all seeds |\n|---|---|---|---|")
    for one in curve:
        print(f"| {one.low:.1f} to {one.high:.1f} | {one.said:.3f} | {one.seen:.3f} | {one.count} |")
    score = np.mean([brier(one, asked.is_faulty) for one in told])
    print(f"\nExpected calibration error {np.mean(errors):.3f}, at the half of faulty samples of the corpus; Brier "
          f"score {score:.3f}, where saying a half of all gets 0.250 with an error of none.")  # fmt: skip
    return curve, float(np.mean(errors))


def print_imports(models: Sequence[Model], known: Table, asked: Table) -> tuple[float, float]:
    """Print top-5 recall of the modules that a function uses, and return the blind network's and the frequency's."""
    wanted = asked.imports.astype(np.float64)
    often = np.tile(known.imports.mean(axis=0, dtype=np.float64), (len(wanted), 1))
    rows = {
        "the network, features of imports hidden": [one.blind.imports for one in models],
        "the network, which reads the imports": [one.told.imports for one in models],
        "frequency in the training projects": [often],
    }
    print("\n| modules that a function uses | top-5 recall |\n|---|---|")
    found = []
    for name, scores in rows.items():

        def recall(chosen: npt.NDArray[np.intp], scores: Sequence[Scores] = scores) -> float:
            return float(np.mean([recall_of_imports(one[chosen], wanted[chosen]) for one in scores]))

        found.append(over_projects(recall, asked.projects))
        print(f"| {name} | {found[-1]} |", flush=True)
    return found[0].value, found[2].value


def print_outcomes(models: Sequence[Model], known: Table, asked: Table) -> None:
    """Print how well it is told whether tests pass, of the samples that tests were run on."""
    tried, learned = asked.outcomes >= 0, known.outcomes >= 0
    if not tried.any() or not learned.any():
        print("\nP(tests pass): the corpus has no sample, of one part or the other, that tests were run on.")
        return
    truths, groups = asked.outcomes[tried] == 1, asked.projects[tried]
    network = [one.file.about.passing.probability(one.told.passing.astype(np.float32)) for one in models]
    trees = Boosted(has_bags=True)
    trees.fit(known.only(learned), known.outcomes[learned] == 1)
    said = {NETWORK: [one[tried].astype(np.float64) for one in network], "boosting": [trees.score(asked.only(tried))]}
    print(f"\n| whether tests pass, {len(truths)} samples | AUROC | Brier |\n|---|---|---|")
    for name, scores in said.items():
        found = [of_seeds(scores, truths, groups, one) for one in (auroc, brier)]
        print(f"| {name} | {found[0]} | {found[1]} |")
    print(f"\nSaying the share that passes of all gets a Brier score of {truths.mean() * (1 - truths.mean()):.3f}.")


def print_unseen(models: Sequence[Model], whole: Sequence[Model], asked: Table) -> None:
    """Print AUROC on classes of faults that some networks were not trained on."""
    names = sorted({name for one in models for name in one.without})
    if not names:
        print("\nClasses not trained on: no score file says that it was trained without some.")
        return
    print("\n| class that was not trained on | without it | with it |\n|---|---|---|")
    for name in names:
        number = BUGS.index(BugClass(name))
        blind = [one.told.faulty for one in models if name in one.without]
        both = [of_class(scores, asked.bugs, number) for scores in (blind, [one.told.faulty for one in whole])]
        print(f"| {name} | {both[0]:.3f} | {both[1]:.3f} |")


def beats(what: str, value: float, other: float, name: str) -> Aim:
    """Return the aim of being ahead of something plainer."""
    return Aim(what, f"> {other:.3f}, {name}", f"{value:.3f}", value > other)


def main() -> None:
    """Print everything, and draw the pictures."""
    parser = argparse.ArgumentParser(prog=f"python -m {ME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=Path(".state/corpus"))
    parser.add_argument("--models", type=Path, default=Path(".state/codex"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="a thousand samples of each part: a trial, no figure")
    parser.add_argument("--plots", type=Path, help="where to draw; docs/ where the whole corpus is measured")
    given = parser.parse_args()
    most = SMALL if given.small else WHOLE
    print(describe_machine(f"python -m {ME}"))
    try:
        batches = list(batches_of(given.corpus, Part.TEST, most))
        models = read_models(given.models, given.seeds, batches)
    except UserError as problem:
        raise SystemExit(str(problem)) from problem
    known, asked = Table.of(batches_of(given.corpus, Part.TRAIN, most)), Table.of(batches)
    whole = [one for one in models if not one.without]
    said = {NETWORK: [one.told.faulty for one in whole]} | run_baselines(known, asked, given.seeds)
    print(f"{len(asked.bugs)} functions of {len(np.unique(asked.projects))} test projects, half of them with one "
          f"injected fault; {len(known.bugs)} of {len(np.unique(known.projects))} training projects for the baselines; "
          f"{len(whole)} score files.\n")  # fmt: skip
    strongest = print_detection(said, asked)
    rows = print_classes(said, asked, strongest)
    first = print_places(said, asked)
    curve, error = print_calibration(whole, asked)
    recall, frequency = print_imports(whole, known, asked)
    print_outcomes(whole, known, asked)
    print_unseen([one for one in models if one.without], whole, asked)
    plots = given.plots or (None if given.small else DOCS)
    if plots is not None:
        plots.joinpath("learned-reliability.svg").write_text(draw_reliability(curve, error), "utf-8")
        plots.joinpath("learned-classes.svg").write_text(draw_classes(rows, (NETWORK, strongest)), "utf-8")
        print(
            "\n![Reliability of the learned score](learned-reliability.svg)\n\n![AUROC by class](learned-classes.svg)"
        )
    gap: Between = ahead(said[NETWORK], said[strongest], asked.is_faulty, asked.projects)
    print_aims([
        Aim(f"AUROC ahead of the strongest baseline ({strongest})", "≥ 0.05", str(gap), gap.value >= 0.05),
        at_most("expected calibration error", error, 0.05, digits=3),
        beats("top-5 recall of imports, features of imports hidden", recall, frequency, "frequency"),
        beats("hit@1 of the function with the fault in its file", first[NETWORK], first[strongest], strongest),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
