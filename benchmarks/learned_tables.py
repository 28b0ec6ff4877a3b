"""The tables of the learned score, each as text: faults, classes, places, probabilities, imports, outcomes, designs."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.learned_designs import FULL, TRIALS
from benchmarks.learned_kept import BUGS, Model, Truth
from benchmarks.learned_numbers import (
    FIGURES,
    ahead,
    hits,
    of_class,
    of_seeds,
    over_projects,
    pairs_won,
    rank_in_files,
    spread_of_seeds,
)  # fmt: skip
from yantra_bot.domain.scores import BugClass, ReliabilityBin
from yantra_bot.scoring.calibration import Scores, auroc, brier
from yantra_bot.scoring.score_file import Line
from yantra_bot.training.evaluation import LEAST_OUTCOMES, PREVALENCES, at_prevalence, hold_against, recall_of_imports

NETWORK = "the network"
Said = dict[str, list[Scores]]
"""What each judge says of the test samples, for each of its seeds."""


def detection(said: Said, truth: Truth) -> str:
    """Return how well each tells faulty functions."""
    lines = [
        "| what reads the function | AUROC | over seeds | average precision | pairs | the network ahead, AUROC |",
        "|---|---|---|---|---|---|",
    ]
    for name, scores in said.items():
        found = {title: of_seeds(scores, truth.is_faulty, truth.projects, one) for title, one in FIGURES.items()}
        gap = "" if name == NETWORK else str(ahead(said[NETWORK], scores, truth.is_faulty, truth.projects))
        lines.append(
            f"| {name} | {found['AUROC']} | {spread_of_seeds(scores, truth.is_faulty)} "
            f"| {found['average precision']} | {pairs_won(scores, truth.bugs):.3f} | {gap} |"
        )
    lines.append(
        "\nIn brackets: 95 % where test projects and seeds are drawn anew, with replacement, the same projects for "
        "both sides of a difference. *Pairs*: how often the faulty version of a function gets more than its sound one. "
        "Each function is there once sound and once with a fault, so that its size alone tells nothing by "
        "construction: what reads sizes is at a half here, and not on real changes."
    )
    return "\n".join(lines)


def strongest(said: Said, truth: Truth) -> str:
    """Return the name of the baseline with the highest AUROC."""
    means = {name: np.mean([auroc(one, truth.is_faulty) for one in scores]) for name, scores in said.items()}
    return max((name for name in said if name != NETWORK), key=lambda name: means[name])


def classes(said: Said, truth: Truth, rival: str) -> tuple[str, list[tuple[str, float, float]]]:
    """Return the table by class, and the AUROC of the network and of a rival for each."""
    lines = [
        f"| class of fault | functions | {NETWORK}, AUROC | {rival}, AUROC | {NETWORK}, pairs | {rival}, pairs |",
        "|---|---|---|---|---|---|",
    ]
    rows = []
    for number in np.unique(truth.bugs[truth.is_faulty]).tolist():
        name = BUGS[number].value
        found = [of_class(said[one], truth.bugs, number) for one in (NETWORK, rival)]
        won = [pairs_won(said[one], truth.bugs, number) for one in (NETWORK, rival)]
        cells = " | ".join(f"{one:.3f}" for one in found + won)
        lines.append(f"| {name} | {(truth.bugs == number).sum()} | {cells} |")
        rows.append((name, *found))
    lines.append("\nAUROC of a class is against the sound versions of the same functions.")
    return "\n".join(lines), rows


def places(said: Said, truth: Truth, models: Sequence[Model]) -> tuple[str, dict[str, float]]:
    """Return how soon the function with the fault comes in its file, and the hit@1 of each judge."""
    files = truth.projects.astype(np.int64) * 1_000_000 + truth.files
    symbols = truth.projects.astype(np.int64) * 10_000_000 + truth.symbols
    lines = [
        "| ranks the functions of a file | hit@1 | hit@3 | faults | functions, mean |",
        "|---|---|---|---|---|",
    ]
    first = {}
    for name, scores in said.items():
        ranks = [rank_in_files(one, truth.is_faulty, files, symbols) for one in scores]
        one, three = (float(np.mean([hits(of_seed, most) for of_seed in ranks])) for most in (1, 3))
        first[name] = one
        lines.append(f"| {name} | {one:.3f} | {three:.3f} | {len(ranks[0])} | {ranks[0][:, 1].mean():.1f} |")
    found = [float(one.told.hits.mean()) for one in models if len(one.told.hits)]
    if found:
        lines.append(f"\nInside of a function with a fault the node that the network suspects most is at the fault in "
                     f"{np.mean(found):.3f} of the cases.")  # fmt: skip
    return "\n".join(lines), first


def probabilities(models: Sequence[Model]) -> list[Scores]:
    """Return the probabilities that each model says, by the curve in its file."""
    return [
        Line(**one.figures["line"]).probability(one.told.faulty.astype(np.float32)).astype(np.float64) for one in models
    ]


def calibration(models: Sequence[Model], truth: Truth) -> tuple[str, Sequence[ReliabilityBin], float]:
    """Return what the network said against what was so, the curve of all seeds, and the mean error."""
    told = probabilities(models)
    error = float(np.mean([hold_against(one, truth.is_faulty).error for one in told]))
    curve = hold_against(np.concatenate(told), np.tile(truth.is_faulty, len(told))).curve
    lines = ["| probability said | mean | faults among them | samples of all seeds |", "|---|---|---|---|"]
    lines += [f"| {one.low:.1f} to {one.high:.1f} | {one.said:.3f} | {one.seen:.3f} | {one.count} |" for one in curve]
    score = np.mean([brier(one, truth.is_faulty) for one in told])
    lines.append(
        f"\nExpected calibration error {error:.3f}, where half of the functions have a fault; Brier score "
        f"{score:.3f}, where saying a half of all gets 0.250 with an error of none. The curve was fitted on projects "
        "that no epoch was chosen by."
    )
    return "\n".join(lines), curve, error


def prevalence(said: Said, models: Sequence[Model], truth: Truth, rival: str) -> str:
    """Return what the score is worth where faults are rarer."""
    told = probabilities(models)
    lines = [
        f"| with a fault | average precision, {NETWORK} | {rival} | by chance | calibration error | once moved |",
        "|---|---|---|---|---|---|",
    ]
    for share in PREVALENCES:
        found = [at_prevalence(one, truth.is_faulty, share) for one in told]
        other = [at_prevalence(one, truth.is_faulty, share).precision for one in said[rival]]
        means = [np.mean([getattr(one, name) for one in found]) for name in ("precision", "error", "moved_error")]
        lines.append(
            f"| {share:.0%} | {means[0]:.3f} | {np.mean(other):.3f} | {share:.3f} | {means[1]:.3f} | {means[2]:.3f} |"
        )
    lines.append(
        "\nOf the same functions, the faulty ones weighed down. A probability as it is said is for code of which half "
        "has a fault: where fewer have one it is far too high, and only its order counts. *Once moved*: by Bayes' rule "
        "to the share in the first column, which nobody knows of a real repository."
    )
    return "\n".join(lines)


def imports(models: Sequence[Model], truth: Truth) -> tuple[str, tuple[float, float]]:
    """Return top-5 recall of the modules that a function uses; of the blind network and of the best that is counted."""
    wanted = truth.imports.astype(np.float64)
    rows = {
        "the network, features of imports hidden": [one.told.blind for one in models],
        "the network, which reads the imports": [one.told.imports for one in models],
        "frequency in the training projects": [np.tile(truth.often, (len(wanted), 1))],
        "a table of words and the modules that go with them, counted": [truth.look_up],
    }
    lines, found = ["| modules that a function uses | top-5 recall |", "|---|---|"], []
    for name, scores in rows.items():

        def recall(
            chosen: npt.NDArray[np.intp], _: np.random.Generator | None, scores: Sequence[Scores] = scores
        ) -> float:
            return float(np.mean([recall_of_imports(one[chosen], wanted[chosen]) for one in scores]))

        found.append(over_projects(recall, truth.projects))
        lines.append(f"| {name} | {found[-1]} |")
    return "\n".join(lines), (found[0].value, max(found[2].value, found[3].value))


def outcomes(models: Sequence[Model], truth: Truth) -> str:
    """Return how well it is told whether tests pass, of the samples that tests were run on, where they are enough."""
    tried = truth.outcomes >= 0
    if int(tried.sum()) < LEAST_OUTCOMES or np.isnan(truth.passing).any():
        return (
            f"P(tests pass): tests were run on {int(tried.sum())} of the test samples; below {LEAST_OUTCOMES}, "
            "there or in training, nothing is said of it."
        )
    truths, groups = truth.outcomes[tried] == 1, truth.projects[tried]
    network = [Line(**one.figures["passing"]).probability(one.told.passing.astype(np.float32)) for one in models]
    said = {NETWORK: [one[tried].astype(np.float64) for one in network], "boosting": [truth.passing[tried]]}
    lines = [f"| whether tests pass, {len(truths)} samples | AUROC | Brier |", "|---|---|---|"]
    for name, scores in said.items():
        found = [of_seeds(scores, truths, groups, one) for one in (auroc, brier)]
        lines.append(f"| {name} | {found[0]} | {found[1]} |")
    share = truths.mean()
    lines.append(f"\nSaying the share that passes of all, {share:.3f}, has a Brier score of {share - share**2:.3f}.")
    return "\n".join(lines)


def unseen(blind: Model | None, fellow: Model | None, truth: Truth, rival: list[Scores]) -> str:
    """Return AUROC on classes of faults that one network was not taught, beside one of the same time that was."""
    if blind is None:
        return "Classes that were not trained on: no network was trained without some."
    lines = [
        "| class that was not trained on | without it | trained on all, as long | best baseline, trained on all |",
        "|---|---|---|---|",
    ]
    for name in blind.figures["without"]:
        number = BUGS.index(BugClass(name))
        found = [of_class([one.told.faulty], truth.bugs, number) if one else float("nan") for one in (blind, fellow)]
        found.append(of_class(rival, truth.bugs, number))
        lines.append(f"| {name} | {' | '.join('–' if np.isnan(one) else f'{one:.3f}' for one in found)} |")
    return "\n".join(lines)


def designs(found: Mapping[str, Model], truth: Truth) -> str:
    """Return the designs that were trained beside each other, and by how much each is behind what ships."""
    ours = {name: found[name] for name in TRIALS if name in found}
    if FULL not in ours:
        return "Designs: none was trained."
    whole = [ours[FULL].told.faulty.astype(np.float64)]
    lines = ["| design | AUROC | pairs | behind what ships | minutes | batches |", "|---|---|---|---|---|---|"]
    for name, one in ours.items():
        scores = [one.told.faulty.astype(np.float64)]
        gap = "" if name == FULL else str(ahead(whole, scores, truth.is_faulty, truth.projects))
        lines.append(
            f"| {TRIALS[name].title} | {of_seeds(scores, truth.is_faulty, truth.projects, auroc)} "
            f"| {pairs_won(scores, truth.bugs):.3f} | {gap} | {one.figures['seconds'] / 60:.1f} "
            f"| {one.figures['batches']} |"
        )
    lines.append("\nOne seed each, for the same time, which is shorter than that of the seeds above.")
    return "\n".join(lines)
