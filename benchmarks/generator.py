"""The generator: steps and whole functions of projects it was not trained on, beside plain rules; a stream of tasks.

    python -m benchmarks.generator [--tiny]

Needs the extra `learned`. The projects are those that `corpora.lock` pins, in its parts: train, validation and test.
The seed and the sizes are the defaults of the product. `--tiny` is a trial of the benchmark itself and no measurement.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.generator_stream import stream
from benchmarks.generator_tasks import Task, library_tasks, package_tasks, solve, step_f1
from benchmarks.measuring import percentile, time_it
from yantra_bot.codex.features import words_of
from yantra_bot.codex.generator import Answer, Generator, read_generator
from yantra_bot.codex.steps import Step, telling
from yantra_bot.domain.graph import Language
from yantra_bot.training.corpora import Part, corpus_store, read_projects
from yantra_bot.training.generator_samples import MOST_OF_PROJECT, Samples, read_corpus
from yantra_bot.training.generator_training import ABOUT, GeneratorTraining, export_generator, train_generator
from yantra_bot.training.loop import LoopSettings

Steps = tuple[Step, ...]
STREAM = 1_000


def most_frequent(train: Samples) -> Steps:
    """Return the sequence that most training bodies have."""
    return Counter(telling(steps) for steps in train.answers).most_common(1)[0][0]


def nearest(train: Samples, test: Samples) -> list[Steps]:
    """Return for each test problem the steps of the training problem whose features are most alike, by cosine."""
    rows = [np.stack([part.features[row] for row in part.rows]) for part in (train, test)]
    known, asked = (part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9) for part in rows)
    found = [
        int(place)
        for block in np.array_split(asked, max(1, len(asked) // 500))
        for place in (block @ known.T).argmax(1)
    ]
    return [telling(train.answers[place]) for place in found]


def by_words(train: Samples, test: Samples) -> list[Steps]:
    """Return the steps of the training problem that BM25 finds by the words of name and docstring."""
    bags = [Counter(words_of(f"{one.problem.name} {one.problem.text}")) for one in train.written]
    mean = sum(bag.total() for bag in bags) / len(bags)
    index: dict[str, list[tuple[int, float]]] = {}
    for place, bag in enumerate(bags):
        for word, count in bag.items():
            weight = count * 2.2 / (count + 1.2 * (0.25 + 0.75 * bag.total() / mean))
            index.setdefault(word, []).append((place, weight))
    found = []
    for one in test.written:
        scores: Counter[int] = Counter()
        for word in set(words_of(f"{one.problem.name} {one.problem.text}")):
            there = index.get(word, [])
            if 0 < len(there) < len(bags) / 10:
                rare = float(np.log(1 + len(bags) / len(there)))
                for place, weight in there:
                    scores[place] += rare * weight
        found.append(telling(train.answers[max(scores, key=scores.__getitem__, default=0)]))
    return found


def answers_of(generator: Generator, test: Samples) -> tuple[list[Answer], list[float]]:
    """Return the generator's answers, and the milliseconds that each took."""
    found, took = [], []
    for one in test.written:
        answer, time = time_it(lambda one=one: generator.answer(one.problem, one.beside))
        found.append(answer)
        took.append(1_000 * time.wall)
    return found, took


def score(said: Sequence[Steps], test: Samples) -> tuple[float, float, float]:
    """Return step F1, the standard error of it over projects, and the share that is exactly right."""
    real = [telling(steps) for steps in test.answers]
    scores = [step_f1(one, other) for one, other in zip(said, real, strict=True)]
    by_project: dict[str, list[float]] = {}
    for project, value in zip(test.projects, scores, strict=True):
        by_project.setdefault(project, []).append(value)
    means = [float(np.mean(values)) for values in by_project.values()]
    exact = sum(one == other for one, other in zip(said, real, strict=True)) / len(real)
    return float(np.mean(scores)), float(np.std(means) / max(1, len(means)) ** 0.5), exact


def print_steps(generator: Generator, train: Samples, test: Samples) -> tuple[float, float, float]:
    """Print the table of steps; return F1 of the generator and of the best plain rule, and an answer's milliseconds."""
    answers, took = answers_of(generator, test)
    rows = {
        "the generator": [telling(one.steps) for one in answers],
        "nearest by hashed words (cosine)": nearest(train, test),
        "nearest by words (BM25)": by_words(train, test),
        "the most frequent sequence": [most_frequent(train)] * len(test),
    }
    print(f"{len(test)} functions with a docstring of {len(set(test.projects))} projects; trained on {len(train)}.\n")
    print("| who | step F1 | standard error over projects | exactly right |\n|---|---|---|---|")
    found = {}
    for who, said in rows.items():
        found[who], error, exact = score(said, test)
        print(f"| {who} | {found[who]:.3f} | {error:.3f} | {exact:.3f} |", flush=True)
    print(f"\nAn answer takes {percentile(took, 0.5):.1f} ms (p50), {percentile(took, 0.99):.1f} ms (p99).\n")
    return found["the generator"], max(found[who] for who in rows if who != "the generator"), percentile(took, 0.5)


def print_passes(generator: Generator, tasks: Sequence[Task]) -> int:
    """Print how many whole functions pass their examples; return the number of tasks."""
    print("| language | tasks | sketches without a hole | pass@1 |\n|---|---|---|---|")
    plain = [task for task in tasks if task.calls]
    for language, some in ((Language.PYTHON, list(tasks)), (Language.JAVASCRIPT, plain)):
        solved = [
            solve(task, generator.answer(task.written.problem, task.written.beside).steps, language) for task in some
        ]
        whole, passed = (sum(one[place] for one in solved) for place in (0, 1))
        print(f"| {language} | {len(some)} | {whole} | {passed} ({passed / max(1, len(some)):.3f}) |", flush=True)
    print("| TypeScript, Rust, Go | not measured: no toolchain here | | |\n")
    return len(tasks)


def main() -> None:
    tiny = "--tiny" in sys.argv
    projects = read_projects(small=tiny)
    store = corpus_store(projects)
    parts = read_corpus(projects, store, 60 if tiny else MOST_OF_PROJECT)
    train, held_out, test = (parts[part] for part in Part)
    loop = LoopSettings(epochs=2 if tiny else 100, patience=3, halve_after=1, about=ABOUT)
    how = GeneratorTraining(loop)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network, took = time_it(lambda: train_generator(train, held_out, folder / "run", how))
        export_generator(network, held_out, folder / "generator.safetensors")
        print(f"Trained in {took.wall:.0f} s of wall time, {took.cpu:.0f} s of processor time.\n")
        generator = read_generator(folder / "generator.safetensors")
        f1, rival, slow = print_steps(generator, train, test)
        asked = [one.name for one in projects if one.part is not Part.TRAIN]
        tasks = [
            *library_tasks(),
            *([] if tiny else package_tasks({one.name: store.fetch(one.name) for one in projects}, asked)),
        ]
        count = print_passes(generator, tasks[:10] if tiny else tasks)
        by_problem = {task.written.problem: task for task in tasks}
        flow = Samples()
        for task in tasks:
            flow.add(task.module, [task.written])
        for place in np.random.default_rng(10).permutation(len(test)):
            flow.add("test", [test.written[int(place)]])
        at = {place: by_problem[one.problem] for place, one in enumerate(flow.written) if one.problem in by_problem}
        short = replace(how, loop=replace(loop, epochs=1 if tiny else 5))
        rounds = stream(flow, at, held_out, folder, short, 200 if tiny else STREAM)
    print("| tasks | step F1 | model's share | tried first | passed | threshold | answer, ms | training before, s |")
    print("|---|---|---|---|---|---|---|---|")
    for place, one in enumerate(rounds):
        told = f"{100 * place + 1} to {100 * place + 100} | {one.step_f1:.3f} | {one.model_share:.3f} | {one.tried}"
        print(f"| {told} | {one.passed} | {one.threshold:.2f} | {one.answer_ms:.1f} | {one.training_s:.1f} |")
    print_aims(
        [
            at_least("step F1 ahead of the best plain rule", f1 - rival, 0.05),
            at_most("an answer on the CPU, p50", slow, 15, "ms"),
            at_least("tasks whose functions were run", count, 100, digits=0),
        ]
    )


if __name__ == "__main__":
    main()
