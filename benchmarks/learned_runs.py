"""Trains what the tables of the learned score are made of: networks of several seeds, baselines, designs.

    python -m benchmarks.learned_runs [--only seeds baselines without designs] [--seeds 3] [--minutes 12] [--beside 2]

Needs the extra `learned`, and the data set (`python -m yantra_bot.training.samples .state/corpus`). Each training is a
process with one thread; `--beside` of them run at once. What was done is not done again, what was ended goes on, and
each leaves its figures when it is done. Then `python -m benchmarks learned_score` writes the pages.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from benchmarks.learned_designs import TRIALS, UNSEEN
from benchmarks.learned_kept import FIGURES, WHOLE, Truth, read_baselines
from yantra_bot.errors import UserError
from yantra_bot.scoring.calibration import auroc
from yantra_bot.training.baselines import make_baselines

STEPS: Final = ("baselines", "seeds", "without", "designs")
_LOOK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """A process, and the file that is there when it is done."""

    folder: Path
    words: tuple[str, ...]
    done: Path


def jobs_of(given: argparse.Namespace) -> Iterator[Job]:
    """Give what is to be done, in order; what has been done is left out."""
    for step in given.only:
        for one in _jobs_of(step, given):
            if not one.done.exists():
                yield one


def _jobs_of(step: str, given: argparse.Namespace) -> Iterator[Job]:
    shared = ("--corpus", str(given.corpus), "--most", str(given.most))
    if step == "baselines":
        words = ("benchmarks.learned_rivals", *shared, "--work", str(given.work), "--seeds", str(given.baseline_seeds))
        yield Job(given.work / "baselines", words, given.work / "baselines" / "done")
        return
    names = [str(seed) for seed in range(given.seeds)] if step == "seeds" else [""]
    names = list(given.designs) if step == "designs" else names
    for name in names:
        folder = given.work / step / name
        bounds = _bounds(given.minutes if step == "seeds" else given.short_minutes, given.epochs)
        more: tuple[str, ...] = ("--seed", name) if step == "seeds" else ("--design", name)
        if step == "without":
            more = ("--without", *(one.value for one in UNSEEN))
        words = ("benchmarks.learned_one", *shared, "--into", str(folder), *bounds, *more)
        yield Job(folder, words, folder / FIGURES)


def _bounds(minutes: float, epochs: int | None) -> tuple[str, ...]:
    return ("--minutes", str(minutes)) if epochs is None else ("--epochs", str(epochs))


def run(jobs: Sequence[Job], beside: int) -> list[Job]:
    """Run processes, so many at once, and return those that failed."""
    waiting, failed = list(jobs), list[Job]()
    running: dict[Job, tuple[subprocess.Popen[bytes], IO[bytes], float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < beside:
                running |= _start(waiting.pop(0))
            time.sleep(_LOOK_SECONDS)
            for job, (process, log, began) in list(running.items()):
                code = process.poll()
                if code is None:
                    continue
                log.close()
                del running[job]
                print(f"{job.folder}: {'done' if not code else f'failed, {code}'}, {time.monotonic() - began:.0f} s",
                      flush=True)  # fmt: skip
                if code:
                    failed.append(job)
                elif job.folder.name == "baselines":
                    job.done.touch()
    finally:
        for process, log, _ in running.values():
            process.terminate()
            log.close()
    return failed


def _start(job: Job) -> dict[Job, tuple[subprocess.Popen[bytes], IO[bytes], float]]:
    job.folder.mkdir(parents=True, exist_ok=True)
    log = job.folder.joinpath("log.txt").open("ab")
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    process = subprocess.Popen(
        [sys.executable, "-m", *job.words], stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **one_thread}
    )
    print(f"{job.folder}: begun, python -m {' '.join(job.words)}", flush=True)
    return {job: (process, log, time.monotonic())}


def stamp(work: Path) -> None:
    """Write the best baseline's AUROC into the score files of the seeds."""
    from yantra_bot.training.exporting import add_figures

    try:
        truth = Truth.read(work)
        said = read_baselines(work, list(make_baselines(0)))
    except UserError as problem:
        print(f"The score files have no figure of a baseline yet: {problem}")
        return
    best = max(auroc(one, truth.is_faulty) for seeds in said.values() for one in seeds)
    for file in sorted(work.glob("seeds/*/score.safetensors")):
        if file.with_name(FIGURES).exists():
            add_figures(file, {"baseline_auroc": best})
            print(f"{file}: baseline_auroc {best:.4f}")


def main() -> None:
    """Do what is missing; end with 1 where something failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=Path(".state/corpus"))
    parser.add_argument("--work", type=Path, default=Path(".state/learned"))
    parser.add_argument("--only", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--baseline-seeds", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=12.0, help="of each seed's training")
    parser.add_argument("--short-minutes", type=float, default=3.0, help="of each design's, and of the one without")
    parser.add_argument("--epochs", type=int, help="instead of minutes: the same weights each time")
    parser.add_argument("--designs", nargs="+", choices=sorted(TRIALS), default=list(TRIALS))
    parser.add_argument("--beside", type=int, default=2, help="processes at once")
    parser.add_argument("--most", type=int, default=WHOLE, help="samples of a part, for baselines and tests")
    given = parser.parse_args()
    failed = run(list(jobs_of(given)), given.beside)
    if "seeds" in given.only or "baselines" in given.only:
        stamp(given.work)
    if failed:
        raise SystemExit("Failed: " + ", ".join(f"{one.folder} (its log.txt says why)" for one in failed))


if __name__ == "__main__":
    main()
