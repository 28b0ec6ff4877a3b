"""The generator: steps and whole functions of projects it was not trained on, beside plain rules and the network.

    python -m benchmarks.generator [--tiny] [--without-network]

Needs the extra `learned`. The projects are those that `corpora.lock` pins: trained on its part for training, steered
and chosen by that for validation, measured on that for test. All see the same 978 numbers of a problem, but for BM25,
which sees its words. `--tiny` is a trial of the benchmark itself and no measurement. `benchmarks.generator_stream` has
the learning curve.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.generator_rivals import (
    Steps,
    by_project,
    by_words,
    exactly,
    halves,
    most_frequent,
    nearest,
    scores_of,
)
from benchmarks.generator_tasks import Task, installed_tasks, library_tasks, package_tasks, solve
from benchmarks.measuring import percentile, time_it
from yantra_bot.codex.generator import Answer, Generator, read_generator
from yantra_bot.domain.graph import Language
from yantra_bot.training.corpora import Part, corpus_store, read_projects
from yantra_bot.training.generator_samples import MOST_OF_PROJECT, Samples, read_corpus
from yantra_bot.training.generator_training import ABOUT, GeneratorTraining, export_generator, train_generator
from yantra_bot.training.loop import LoopSettings
from yantra_bot.training.recall import train_recall

PRODUCT, NETWORK, NEAREST = "the generator", "the network of SPEC 10", "the nearest by hashed words"
MINUTES = 25
"""For the network: no further epoch begins after so long."""


def answers_of(generator: Generator, test: Samples) -> tuple[list[Answer], list[float]]:
    """Return the generator's answers, and the milliseconds that each took."""
    found, took = [], []
    for one in test.written:
        answer, time = time_it(lambda one=one: generator.answer(one.problem, one.beside))
        found.append(answer)
        took.append(1_000 * time.cpu)
    return found, took


def train_network(train: Samples, held_out: Samples, folder: Path, *, tiny: bool) -> Generator:
    """Return the network, stopped by the projects for validation or after a bounded time."""
    loop = LoopSettings(epochs=1 if tiny else 100, patience=3, halve_after=1, seconds=60 * MINUTES, about=ABOUT)
    network, took = time_it(lambda: train_generator(train, held_out, folder / "run", GeneratorTraining(loop)))
    export_generator(network, held_out, folder / "network.safetensors")
    print(f"The network was trained in {took.wall:.0f} s of wall time, {took.cpu:.0f} s of processor time.\n")
    return read_generator(folder / "network.safetensors")


def print_steps(said: dict[str, list[Steps]], train: Samples, test: Samples) -> float:
    """Print the table of steps; return how far the product is ahead of the best single rule."""
    print(f"{len(test)} functions with a docstring of {len(set(test.projects))} projects; trained on {len(train)}.\n")
    print("| who | step F1 | standard error over projects | behind the generator, by project | exactly right |")
    print("|---|---|---|---|---|")
    scores = {who: scores_of(answers, test) for who, answers in said.items()}
    own = by_project(scores[PRODUCT], test)
    for who, values in scores.items():
        means = by_project(values, test)
        error, gaps = float(means.std() / len(means) ** 0.5), own - means
        behind = "" if who == PRODUCT else f"{gaps.mean():.3f} ± {gaps.std() / len(gaps) ** 0.5:.3f}"
        print(f"| {who} | {values.mean():.3f} | {error:.3f} | {behind} | {exactly(said[who], test):.3f} |", flush=True)
    rivals = [float(values.mean()) for who, values in scores.items() if who != PRODUCT]
    return float(scores[PRODUCT].mean()) - max(rivals)


def print_confidence(answers: Sequence[Answer], test: Samples) -> None:
    """Print how often an answer is exactly right, by how sure it was said to be."""
    right = np.array([exactly([one.steps], _only(test, place)) for place, one in enumerate(answers)])
    sure = np.array([one.confidence for one in answers])
    print("\n| said confidence | answers | said on average | exactly right |\n|---|---|---|---|")
    for low, high in ((0, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 0.7), (0.7, 1.01)):
        some = (low <= sure) & (sure < high)
        told = f"{sure[some].mean():.3f} | {right[some].mean():.3f}" if some.any() else " | "
        print(f"| {low:.2f} to {min(high, 1):.2f} | {some.sum()} | {told} |")
    print()


def _only(test: Samples, place: int) -> Samples:
    return Samples(answers=[test.answers[place]], rows=[test.rows[place]])


def print_passes(tasks: Sequence[Task], who: dict[str, Callable[[int], Steps]]) -> None:
    """Print how many whole functions pass their examples; `who` answers the task of a place."""
    print("| who | language | tasks | sketches without a hole | pass@1 |\n|---|---|---|---|---|")
    plain = [place for place, task in enumerate(tasks) if task.calls]
    languages = {Language.PYTHON: range(len(tasks)), Language.JAVASCRIPT: plain, Language.TYPESCRIPT: plain}
    for name, answer in who.items():
        for language, places in languages.items():
            solved = [solve(tasks[place], answer(place), language) for place in places]
            whole, passed = (sum(one[place] for one in solved) for place in (0, 1))
            share = passed / max(1, len(solved))
            print(f"| {name} | {language} | {len(solved)} | {whole} | {passed} ({share:.3f}) |", flush=True)
    print("\nTypeScript runs with its types taken out. Rust and Go are not run: their sketches are parsed alone.\n")


def held_out_tasks(store_of: Callable[[str], Path], *, tiny: bool) -> list[Task]:
    """Return the tasks of the standard library, of installed packages, and of projects that were not trained on."""
    found = list(library_tasks())
    if not tiny:
        projects = read_projects()
        asked = [one.name for one in projects if one.part is not Part.TRAIN]
        found += [*installed_tasks(), *package_tasks({one.name: store_of(one.name) for one in projects}, asked)]
    return found[:10] if tiny else found


def main() -> None:
    tiny = "--tiny" in sys.argv
    projects = read_projects(small=tiny)
    store = corpus_store(projects)
    parts = read_corpus(projects, store, 60 if tiny else MOST_OF_PROJECT)
    train, held_out, test = (parts[part] for part in Part)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, took = time_it(lambda: train_recall(train, held_out, folder / "generator.safetensors"))
        size = (folder / "generator.safetensors").stat().st_size / 1e6
        print(f"The generator was trained in {took.wall:.0f} s, {took.cpu:.0f} s of processor time: {size:.1f} MB.\n")
        generator = read_generator(folder / "generator.safetensors")
        network = None if "--without-network" in sys.argv else train_network(train, held_out, folder, tiny=tiny)
    answers, slow = answers_of(generator, test)
    said: dict[str, list[Steps]] = {PRODUCT: [one.steps for one in answers]}
    if network is not None:
        said[NETWORK] = [one.steps for one in answers_of(network, test)[0]]
    said |= halves(train, test)
    said |= {NEAREST: nearest(train, test), "the nearest by words (BM25)": by_words(train, test)}
    said["the most frequent body"] = most_frequent(train, test)
    ahead = print_steps(said, train, test)
    print(
        f"\nAn answer takes {percentile(slow, 0.5):.1f} ms (p50), {percentile(slow, 0.99):.1f} ms (p99) of a processor."
    )
    print_confidence(answers, test)
    tasks = held_out_tasks(store.fetch, tiny=tiny)
    asked = Samples()
    for task in tasks:
        asked.add(task.module, [task.written])
    near = dict(zip([one.problem for one in asked.written], nearest(train, asked), strict=True))
    print_passes(
        tasks,
        {
            PRODUCT: lambda place: generator.answer(tasks[place].written.problem).steps,
            NEAREST: lambda place: near.get(tasks[place].written.problem, ()),
        },
    )
    print_aims(
        [
            at_least("step F1 ahead of the best single rule", ahead, 0.05),
            at_most("an answer on the CPU, p50", percentile(slow, 0.5), 15, "ms"),
            at_least("tasks whose functions were run", len(tasks), 100, digits=0),
        ]
    )


if __name__ == "__main__":
    main()
