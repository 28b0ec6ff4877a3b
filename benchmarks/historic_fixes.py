"""Functions that fixes of real repositories repaired, told from untouched ones of the same files as they were before.

    python -m benchmarks.historic_fixes CLONE [CLONE ...] [--corpus FOLDER] [--model FILE] [--fixes 40]

A fault here is one that somebody mended: `training.fix_commits` finds it. The trees learn from the same injected faults
as the network. A second table has untouched functions of the same size as the repaired ones: without it, whoever counts
lines looks wise. Nothing of the clones is run or kept.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.aims import Aim, print_aims
from benchmarks.learned_kept import batches_of
from benchmarks.learned_numbers import ahead, of_seeds
from benchmarks.learned_tables import NETWORK
from benchmarks.localisation_git import Blobs, Checkout, name_repository
from benchmarks.machine import describe_machine
from yantra_bot.domain.graph import NodeKind
from yantra_bot.errors import UserError
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.calibration import Scores, auroc
from yantra_bot.scoring.features import SymbolFeatures
from yantra_bot.scoring.layout import MASKED, THROUGH_GRAPH
from yantra_bot.scoring.model import ModelScorer, read_scorer
from yantra_bot.training.baselines import SIZE, Boosted
from yantra_bot.training.corpora import Part
from yantra_bot.training.fix_commits import FixedFunction, FixLimits, find_fixes
from yantra_bot.training.tables import Table

ME = "benchmarks.historic_fixes"
TREES, LINES = "boosting, the 978 features", "lines"
RATIO = 1.25
"""Of the lines of two functions of the same size, at most."""
LEARNED = 20_000
_SCORED = frozenset({NodeKind.FUNCTION, NodeKind.METHOD})


@dataclass(slots=True)
class Judged:
    """Functions of one repository, with what each judge says of them."""

    is_fixed: list[bool]
    fixes: list[int]
    """Number of the fix that each belongs to."""
    lines: list[int]
    network: list[float]
    features: list[Floats]


def judge(clone: Path, scorer: ModelScorer, limits: FixLimits) -> Judged:
    """Score the functions of a clone's fixes as they were before each."""
    found = Judged([], [], [], [], [])
    by_fix: dict[str, list[FixedFunction]] = {}
    for one in find_fixes(HostGit(clone), limits=limits).functions:
        if one.path.endswith(".py"):
            by_fix.setdefault(one.fix, []).append(one)
    with tempfile.TemporaryDirectory(prefix="yantra-benchmark-", dir=Path.cwd()) as folder, Blobs(clone) as blobs:
        tree = Path(folder)
        checkout, indexer = Checkout(blobs, tree), Indexer(tree, processes=1)
        for number, functions in enumerate(by_fix.values()):
            checkout.move(functions[0].before)
            indexer.refresh()
            add(found, GraphView.of(indexer.resolve()), tree, number, functions, scorer)
    return found


def add(
    found: Judged, view: GraphView, tree: Path, number: int, functions: Sequence[FixedFunction], scorer: ModelScorer
) -> None:
    """Take the functions of one fix, where the graph knows them and the network reads them."""
    rows = {row: one for one in functions if (row := row_of(view, one)) is not None}

    def read(path: str) -> bytes | None:
        place = tree / path
        return place.read_bytes() if place.is_file() else None

    said = scorer.score(view, read, list(rows)) if rows else []
    features = SymbolFeatures(view, read).of(list(rows))
    features[:, MASKED | THROUGH_GRAPH] = 0  # as training has them
    for (_, one), score, own in zip(rows.items(), said, features, strict=True):
        if score is not None:
            found.is_fixed.append(one.is_fixed)
            found.fixes.append(number)
            found.lines.append(one.end_line - one.line + 1)
            found.network.append(score.faulty)
            found.features.append(own)


def row_of(view: GraphView, function: FixedFunction) -> int | None:
    """Return the row of a function; its symbol begins with its decorators."""
    symbols = [(row, view.symbol(row)) for row in view.in_file(function.path)]
    inside = [
        (symbol.span.line, row)
        for row, symbol in symbols
        if symbol.kind in _SCORED and symbol.span.line <= function.line <= function.end_line <= symbol.span.end_line
    ]
    return max(inside)[1] if inside else None


def match(judged: Judged) -> list[int]:
    """Return repaired functions, each with an untouched one of about its lines that no other has."""
    left = {place for place, is_fixed in enumerate(judged.is_fixed) if not is_fixed}
    chosen = []
    for place, is_fixed in enumerate(judged.is_fixed):
        if not is_fixed or not left:
            continue
        sizes = np.log(judged.lines)
        nearest = min(left, key=lambda one: (abs(sizes[one] - sizes[place]), one))
        if abs(sizes[nearest] - sizes[place]) <= np.log(RATIO):
            left.remove(nearest)
            chosen += [place, nearest]
    return chosen


def print_table(title: str, found: dict[str, tuple[Judged, list[int]]], trees: Sequence[Boosted]) -> Aim:
    """Print AUROC by repository and of all together, and return the aim of being ahead of the trees."""
    print(f"\n| {title} | functions | {NETWORK} | {TREES} | lines and complexity, learned | {LINES} |")
    print("|---|---|---|---|---|---|")
    parts: list[tuple[np.ndarray, np.ndarray, list[Scores]]] = []
    start = 0
    for name, (judged, chosen) in found.items():
        features = np.array(judged.features, np.float32).reshape(-1, FEATURES)[chosen]
        lines = np.array(judged.lines, np.float64)[chosen]
        scores = [np.array(judged.network)[chosen], *(one.score(Table.of_features(features)) for one in trees), lines]
        truths, fixes = np.array(judged.is_fixed)[chosen], np.array(judged.fixes)[chosen]
        parts.append((truths, fixes + start, scores))
        start += int(fixes.max(initial=0)) + 1
        print_row(name, *parts[-1])
    truths, fixes = (np.concatenate([one[at] for one in parts]) for at in (0, 1))
    scores = [np.concatenate([one[2][at] for one in parts]) for at in range(len(parts[0][2]))]
    print_row("all", truths, fixes, scores)
    gap = ahead([scores[0]], [scores[1]], truths, fixes)
    return Aim(f"AUROC ahead of {TREES}; {title}", "> 0, whole interval", str(gap), gap.low > 0)


def print_row(name: str, truths: np.ndarray, fixes: np.ndarray, scores: Sequence[Scores]) -> None:
    """Print the AUROC of each judge, with the interval where fixes are drawn anew."""
    cells = " | ".join(str(of_seeds([one], truths, fixes, auroc)) for one in scores)
    print(f"| {name} | {int(truths.sum())} repaired, {int((~truths).sum())} not | {cells} |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog=f"python -m {ME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clones", type=Path, nargs="*", help="local clones, with history, of repositories in Python")
    parser.add_argument("--corpus", type=Path, default=Path(".state/corpus"))
    parser.add_argument("--model", type=Path, default=Path(".state/codex/score.safetensors"))
    parser.add_argument("--fixes", type=int, default=40, help="of each repository, the newest first")
    parser.add_argument("--learned", type=int, default=LEARNED, help="samples that the trees learn from, at most")
    given = parser.parse_args()
    print(describe_machine(f"python -m {ME} {' '.join(name_repository(one) for one in given.clones)}"))
    if not given.clones:
        raise SystemExit("No clone was named. Cure: `git clone` some repositories, and name their folders.")
    try:
        scorer = read_scorer(given.model)
        known = Table.of(batches_of(given.corpus, Part.TRAIN, given.learned))
    except UserError as problem:
        raise SystemExit(str(problem)) from problem
    trees = [Boosted(), Boosted(columns=SIZE)]
    for one in trees:
        one.fit(known, known.is_faulty)
    found = {name_repository(one): judge(one.resolve(), scorer, FixLimits(fixes=given.fixes)) for one in given.clones}
    found = {name: one for name, one in found.items() if len(set(one.is_fixed)) > 1}
    if not found:
        raise SystemExit("No clone has a fix of a function that can be read. Cure: name clones with their history.")
    every = {name: (one, list(range(len(one.lines)))) for name, one in found.items()}
    same = {name: (one, match(one)) for name, one in found.items()}
    aims = [print_table("untouched functions of the same files", every, trees)]
    print_aims([*aims, print_table("untouched functions of the same size", same, trees)])


if __name__ == "__main__":
    main()
