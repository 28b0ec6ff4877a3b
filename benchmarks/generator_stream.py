"""A stream of tasks: the generator learns from each hundred and answers the next. How much it takes over of a model.

    python -m benchmarks.generator_stream [--tiny] [--folder FOLDER]

A task is taken over where the generator goes first (its confidence reaches the threshold, its sketch has no hole) and
the sketch passes its examples. The rest is a model's, whose answer, here the real body, becomes a pair to learn from.
The tasks are functions of projects for test and those with examples of the standard library, once each, in an order
that is drawn with a fixed seed; projects for validation steer the confidence and are no task. With a folder each round
is written there when it is done, and a stream that was stopped goes on.
"""

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.generator_tasks import Task, library_tasks, package_tasks, solve, step_f1
from yantra_bot.codex.building import build
from yantra_bot.codex.generator import Generator, read_generator
from yantra_bot.codex.problem import Problem
from yantra_bot.codex.reading import Written
from yantra_bot.codex.rendering import has_holes
from yantra_bot.codex.steps import telling
from yantra_bot.codex.threshold import FIRST, next_threshold
from yantra_bot.domain.graph import Language
from yantra_bot.scoring.whole import write_whole
from yantra_bot.training.corpora import Part, corpus_store, read_projects
from yantra_bot.training.generator_samples import MOST_OF_PROJECT, Samples, read_corpus
from yantra_bot.training.recall import train_recall

ROUND = 100
TASKS = 1_000
HELD_OUT = 400
"""Functions of projects for validation that the confidence is fitted by."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a hundred tasks."""

    step_f1: float
    model_share: float
    """Of tasks that a model did: so much of a model's price is paid, and of its time."""
    tried: int
    passed: int
    threshold: float
    answer_ms: float
    """Of the generator for a task."""
    training_s: float
    """Before the round."""
    outcomes: list[bool] = field(default_factory=list)
    """Of all that went first so far: what the threshold follows."""


def stream(
    samples: Samples, tasks: Mapping[Problem, Task], held_out: Samples, folder: Path, *, rounds: int = TASKS // ROUND
) -> list[Round]:
    """Return the rounds over `samples`, those in the folder's file as they are; `tasks` has those with examples."""
    kept = folder / "rounds.jsonl"
    done = [Round(**json.loads(line)) for line in kept.read_text().splitlines()] if kept.exists() else []
    for number in range(len(done), min(rounds, len(samples) // ROUND)):
        began = time.perf_counter()
        generator = None
        if number:
            train_recall(some(samples, number * ROUND), held_out, folder / "stream.safetensors")
            generator = read_generator(folder / "stream.safetensors")
        trained = time.perf_counter() - began
        asked = samples.written[number * ROUND : (number + 1) * ROUND]
        before = done[-1] if done else Round(0, 1, 0, 0, FIRST, 0, 0)
        done.append(_play(asked, tasks, generator, before, trained))
        write_whole(kept, "".join(f"{json.dumps(asdict(one))}\n" for one in done).encode())
    return done


def some(samples: Samples, count: int) -> Samples:
    """Return the first of some samples."""
    found = Samples()
    for one in samples.written[:count]:
        found.add("stream", [one])
    return found


def _play(
    asked: Sequence[Written],
    tasks: Mapping[Problem, Task],
    generator: Generator | None,
    before: Round,
    trained: float,
) -> Round:
    scores, outcomes, threshold, took = [], list(before.outcomes), before.threshold, 0.0
    for written in asked:
        if generator is None:
            continue
        began = time.perf_counter()
        answer = generator.answer(written.problem)
        took += time.perf_counter() - began
        scores.append(step_f1(telling(answer.steps), telling(written.steps)))
        whole = not has_holes(build(answer.steps, written.problem), Language.PYTHON)
        if written.problem in tasks and whole and answer.confidence >= threshold:
            outcomes.append(solve(tasks[written.problem], answer.steps, Language.PYTHON)[1])
            threshold = next_threshold(threshold, outcomes)
    new = outcomes[len(before.outcomes) :]
    mean = sum(scores) / len(scores) if scores else 0.0
    return Round(mean, 1 - sum(new) / ROUND, len(new), sum(new), threshold, 10 * took, trained, outcomes)


def shuffled(parts: list[tuple[str, list[Task]]], test: Samples) -> tuple[Samples, dict[Problem, Task]]:
    """Return the stream, each problem once, and which of its problems have examples."""
    tasks = {task.written.problem: task for _, some_tasks in parts for task in some_tasks}
    written = {one.problem: one for one in [*(task.written for task in tasks.values()), *test.written]}
    rest = [problem for problem in written if problem not in tasks]
    rng = np.random.default_rng(10)
    chosen = [*tasks, *(rest[int(place)] for place in rng.permutation(len(rest))[: max(0, TASKS - len(tasks))])]
    flow = Samples()
    for place in rng.permutation(len(chosen)):
        flow.add("stream", [written[chosen[int(place)]]])
    return flow, tasks


def main() -> None:
    tiny = "--tiny" in sys.argv
    projects = read_projects(small=tiny)
    store = corpus_store(projects)
    parts = read_corpus([one for one in projects if one.part is not Part.TRAIN], store, 60 if tiny else MOST_OF_PROJECT)
    held_out = Samples()
    rng = np.random.default_rng(10)
    for place in rng.permutation(len(parts[Part.VALIDATION]))[:HELD_OUT]:
        held_out.add("held out", [parts[Part.VALIDATION].written[int(place)]])
    asked = [one.name for one in projects if one.part is Part.TEST]
    folders = {} if tiny else {one.name: store.fetch(one.name) for one in projects}
    own = [] if tiny else list(package_tasks(folders, asked))
    flow, tasks = shuffled([("library", list(library_tasks())), ("projects", own)], parts[Part.TEST])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[sys.argv.index("--folder") + 1] if "--folder" in sys.argv else name)
        folder.mkdir(parents=True, exist_ok=True)
        rounds = stream(flow, tasks, held_out, folder, rounds=3 if tiny else TASKS // ROUND)
    print(f"{len(flow)} tasks, {sum(one.problem in tasks for one in flow.written)} of them with examples.")
    print("The share of tasks that a model does is the share of its cost and time too.\n")
    print("| tasks | step F1 | model's share | tried first | passed | threshold | answer, ms | training, s |")
    print("|---|---|---|---|---|---|---|---|")
    for place, one in enumerate(rounds):
        f1 = f"{one.step_f1:.3f}" if place else "nobody answers yet"
        told = f"{ROUND * place + 1} to {ROUND * (place + 1)} | {f1} | {one.model_share:.3f} | {one.tried}"
        print(f"| {told} | {one.passed} | {one.threshold:.2f} | {one.answer_ms:.1f} | {one.training_s:.1f} |")


if __name__ == "__main__":
    main()
