"""The learned score on projects that nothing was trained on, beside trees, lines, size and chance; with its pictures.

    python -m benchmarks.learned_score [--work .state/learned] [--corpus .state/corpus] [--trial]

Makes the tables of what `python -m benchmarks.learned_runs` trained, and of nothing else: a training that is missing is
missing in them. They are printed, and written into docs/learned-score.md between its marks. Nothing here needs torch.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import learned_tables as tables
from benchmarks.aims import HEADER, Aim, at_most
from benchmarks.learned_kept import CURE, Model, Truth, read_baselines, read_model, read_models
from benchmarks.learned_numbers import ahead
from benchmarks.learned_pictures import draw_classes, draw_reliability
from benchmarks.learned_tables import NETWORK, Said
from benchmarks.machine import describe_machine
from yantra_bot.errors import UserError
from yantra_bot.training.baselines import make_baselines
from yantra_bot.training.corpora import Part
from yantra_bot.training.evaluation import BATCH
from yantra_bot.training.samples import Samples
from yantra_bot.training.samples.stored import read_project

ME = "benchmarks.learned_score"
DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = "learned-score.md"
BEGIN, END = "<!-- figures: written by python -m benchmarks learned_score -->", "<!-- end of the figures -->"


@dataclass(frozen=True, slots=True)
class Found:
    """All that was trained."""

    truth: Truth
    models: Sequence[Model]
    blind: Model | None
    designs: dict[str, Model]
    said: Said


def taught(corpus: Path) -> tuple[int, int]:
    """Return how many samples there are to learn from, and how many syntax nodes they have together."""
    samples = Samples(corpus, Part.TRAIN)
    counts = [np.diff(read_project(corpus / name).arrays["node_starts"]) for name in samples.projects]
    return len(samples), sum(int(counts[project][sample]) for project, sample in samples.index.tolist())


def read(work: Path) -> Found:
    """Return what is in a folder. Raises UserError where the baselines or all seeds are missing."""
    truth = Truth.read(work)
    models = list(read_models(work / "seeds", truth).values())
    if not models:
        raise UserError(f"{work} has no network that was trained to its end. {CURE}")
    networks = {NETWORK: [one.told.faulty.astype(np.float64) for one in models]}
    return Found(
        truth,
        models,
        read_model(work / "without", truth),
        read_models(work / "designs", truth),
        networks | read_baselines(work, list(make_baselines(0))),
    )


def sections(found: Found, plots: Path | None, learned_from: tuple[int, int]) -> Iterator[str]:
    """Give what is printed, one part after the other; pictures are drawn into a folder.

    `learned_from`: what `taught` says of the networks.
    """
    truth, said, models = found.truth, found.said, found.models
    yield begin(truth, models, *learned_from)
    yield tables.detection(said, truth)
    rival = tables.strongest(said, truth)
    by_class, rows = tables.classes(said, truth, rival)
    yield by_class
    by_place, first = tables.places(said, truth, models)
    yield by_place
    reliable, curve, error = tables.calibration(models, truth)
    yield reliable
    yield tables.prevalence(said, models, truth, rival)
    by_import, recalls = tables.imports(models, truth)
    yield by_import
    yield tables.outcomes(models, truth)
    yield tables.unseen(found.blind, found.designs.get(tables.FULL), truth, said[rival])
    yield tables.designs(found.designs, truth)
    if plots is not None:
        plots.joinpath("learned-reliability.svg").write_text(draw_reliability(curve, error), "utf-8")
        plots.joinpath("learned-classes.svg").write_text(draw_classes(rows, (NETWORK, rival)), "utf-8")
    yield "![Reliability of the learned score](learned-reliability.svg)\n\n![AUROC by class](learned-classes.svg)"
    gap = ahead(said[NETWORK], said[rival], truth.is_faulty, truth.projects)
    aims = [
        Aim(f"AUROC ahead of the strongest baseline ({rival})", "≥ 0.05", str(gap), gap.value >= 0.05),
        at_most("expected calibration error, half of the functions faulty", error, 0.05, digits=3),
        beats("top-5 recall of imports, features of imports hidden", *recalls, "frequency and a counted table"),
        beats("hit@1 of the function with the fault in its file", first[NETWORK], first[rival], rival),
    ]
    yield "\n".join([HEADER, "|---|---|---|---|", *(one.row() for one in aims)])


def begin(truth: Truth, models: Sequence[Model], samples: int, nodes: int) -> str:
    """Return who learned from what, and how fast; `samples` and `nodes` are the networks'."""
    seconds, batches = (np.mean([one.figures[name] for one in models]) for name in ("seconds", "batches"))
    some, projects = truth.learned.tolist()
    speed = batches * BATCH / seconds
    return (
        f"{len(truth.bugs)} functions of {len(np.unique(truth.projects))} test projects, half of them with one "
        f"injected fault. {len(models)} networks learned from {samples} samples of {projects} projects, {BATCH} at "
        f"once: {batches:.0f} batches in {seconds / 60:.0f} minutes on one thread, looks at held-out samples included; "
        f"that is {speed:.0f} functions or {speed * nodes / samples:.0f} syntax nodes a second. The baselines learned "
        f"from {some} of the same samples."
    )


def beats(what: str, value: float, other: float, name: str) -> Aim:
    """Return the aim of being ahead of something plainer."""
    return Aim(what, f"> {other:.3f}, {name}", f"{value:.3f}", value > other)


def write_page(page: str, text: str) -> str:
    """Return a page with the text between its marks. Raises UserError where it has none."""
    before, found, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise UserError(f"docs/{PAGE} has lost its marks. Cure: put {BEGIN!r} and {END!r} where the figures belong.")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def main() -> None:
    """Print everything, and write it."""
    parser = argparse.ArgumentParser(prog=f"python -m {ME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--work", type=Path, default=Path(".state/learned"))
    parser.add_argument("--corpus", type=Path, default=Path(".state/corpus"))
    parser.add_argument("--trial", action="store_true", help="print alone, and write nothing into docs/")
    given = parser.parse_args()
    told = [describe_machine(f"python -m {ME}").strip()]
    try:
        for part in sections(read(given.work), None if given.trial else DOCS, taught(given.corpus)):
            told.append(part)
            print("\n\n".join(told) if len(told) == 2 else part, end="\n\n", flush=True)
        if not given.trial:
            page = DOCS / PAGE
            page.write_text(write_page(page.read_text("utf-8"), "\n\n".join(told)), "utf-8")
    except UserError as problem:
        raise SystemExit(str(problem)) from problem


if __name__ == "__main__":
    main()
