"""What tells the faulty version of a function without reading it: rules of thumb on the data set, and sizes alone.

    python -m benchmarks.fault_leaks [--corpus FOLDER] [--most 30000]

The corpus is the data set of `yantra codex train`. A rule sees both versions of a function and says which is faulty;
0.5 is chance, and what is above it is what a network could learn of how faults were made. The logistic regression sees
one version at a time, as the product does; it learns from the training projects and is asked about the test projects.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.aims import Aim, at_most, print_aims
from benchmarks.machine import describe_machine
from yantra_bot.domain.scores import BugClass
from yantra_bot.errors import UserError
from yantra_bot.scoring.calibration import auroc
from yantra_bot.scoring.inner import WORDS, Relation
from yantra_bot.training.corpora import Part
from yantra_bot.training.samples import Labelled, Samples

ME = "benchmarks.fault_leaks"
MOST = 30_000
BATCH = 64
SIZES = ("syntax nodes", "lines", "words", "edges inside", "arguments of known callees", "neighbours of the symbol")
RARE = "rarity of its words"
BUGS = tuple(BugClass)
Numbers = npt.NDArray[np.float64]


def read(corpus: Path, part: Part, most: int) -> Iterator[Labelled]:
    """Give samples of a part, pairs side by side; where there are more than `most`, some that chance chose."""
    samples = Samples(corpus, part)
    pairs = np.sort(np.random.default_rng(0).permutation(len(samples) // 2)[: most // 2])
    order = (pairs[:, None] * 2 + (0, 1)).ravel()
    for start in range(0, len(order), BATCH):
        yield samples.take(order[start : start + BATCH])


def count_words(batches: Sequence[Labelled]) -> Numbers:
    """Return how often each word stands in sound functions, and once more."""
    counts = np.ones(WORDS)
    for one in batches:
        for inner, bug in zip(one.batch.inner, one.bugs.tolist(), strict=True):
            if bug < 0:
                counts += np.bincount(inner.words, minlength=WORDS)
    return counts


def measure(batches: Sequence[Labelled], counts: Numbers) -> Numbers:
    """Return [n, 7] of all samples: the sizes, and how rare the rarest tenth of the words are."""
    rarity = -np.log(counts / counts.sum())
    rows = []
    for one in batches:
        symbols = one.batch.symbols
        drawn = np.bincount(symbols.edges.ravel(), minlength=len(symbols.features))[symbols.scored]
        for inner, lines, around in zip(one.batch.inner, one.lines.tolist(), drawn.tolist(), strict=True):
            words = np.sort(rarity[inner.words])[::-1]
            rare = float(words[: max(len(words) // 10, 1)].mean()) if len(words) else 0.0
            arguments = np.count_nonzero(inner.edges[2] == Relation.ARGUMENT)
            rows.append((len(inner), lines, len(inner.words), inner.edges.shape[1], arguments, around, rare))
    return np.array(rows, np.float64)


def print_rules(found: Numbers, projects: npt.NDArray[np.integer]) -> float:
    """Print how often the version that has less of something is the faulty one; return how sure the surest rule is."""
    differences = found[1::2] - found[::2]
    print("| of two versions of one function | the one with less is faulty | by project | less | more | the same |")
    print("|---|---|---|---|---|---|")
    surest = 0.5
    for name, column in zip((*SIZES, RARE), differences.T, strict=True):
        less, more = column < 0, column > 0
        told = 0.5 + (less * 0.5 - more * 0.5)
        each = [told[projects[::2] == one].mean() for one in np.unique(projects)]
        surest = max(surest, told.mean(), 1 - told.mean())
        print(f"| {name} | {told.mean():.3f} | {min(each):.3f} to {max(each):.3f} "
              f"| {less.mean():.3f} | {more.mean():.3f} | {1 - less.mean() - more.mean():.3f} |")  # fmt: skip
    return float(surest)


def print_classes(found: Numbers, bugs: npt.NDArray[np.integer]) -> None:
    """Print the same for syntax nodes alone, class by class."""
    differences = found[1::2, 0] - found[::2, 0]
    print("\n| class of fault | pairs | fewer nodes | more nodes |\n|---|---|---|---|")
    for number in np.unique(bugs[1::2]).tolist():
        own = differences[bugs[1::2] == number]
        print(f"| {BUGS[number].value} | {len(own)} | {(own < 0).mean():.3f} | {(own > 0).mean():.3f} |")


def fit_sizes(known: Numbers, truths: npt.NDArray[np.bool_], asked: Numbers) -> Numbers:
    """Return what a logistic regression that read these numbers of other projects says."""
    from sklearn.linear_model import LogisticRegression

    known, asked = np.log1p(known), np.log1p(asked)
    mean, spread = known.mean(axis=0), np.maximum(known.std(axis=0), 1e-9)
    said: Numbers = LogisticRegression().fit((known - mean) / spread, truths).decision_function((asked - mean) / spread)
    return said


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(prog=f"python -m {ME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=Path(".state/corpus"))
    parser.add_argument("--most", type=int, default=MOST, help="samples of a part, at most")
    given = parser.parse_args()
    print(describe_machine(f"python -m {ME}"))
    try:
        train, test = (list(read(given.corpus, part, given.most)) for part in (Part.TRAIN, Part.TEST))
    except UserError as problem:
        raise SystemExit(str(problem)) from problem
    counts = count_words(train)
    known, asked = measure(train, counts), measure(test, counts)
    bugs, projects = (np.concatenate([getattr(one, name) for one in test]) for name in ("bugs", "projects"))
    taught = np.concatenate([one.bugs for one in train]) >= 0
    print(f"{len(asked) // 2} functions of the test projects, {len(known) // 2} of the training projects.\n")
    surest = print_rules(asked, projects)
    print_classes(asked, bugs)
    alone = auroc(fit_sizes(known, taught, asked), bugs >= 0)
    print(f"\nA logistic regression over all seven, asked of one version at a time: AUROC {alone:.3f}.")
    aims: list[Aim] = [
        at_most("AUROC of sizes, of one version at a time", alone, 0.55, digits=3),
        at_most("the surest rule, of two versions", surest, 0.65, digits=3),
    ]
    print_aims(aims)


if __name__ == "__main__":
    main()
