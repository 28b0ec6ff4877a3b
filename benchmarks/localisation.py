"""Localisation: does a search name the files and functions that a bug's fix changed? On tasks from real history.

    python -m benchmarks.localisation --repo GITDIR [--repo …] [--most 30] [--half testing] [--tasks FOLDER]
        [--vectors FOLDER]

A repository is a clone with its past, bare or not; without `--repo` those that the environment variable
BENCHMARK_REPOSITORIES names are taken (separated like a PATH). Its tasks are made by `localisation_tasks`, or
kept in FOLDER as NAME.jsonl and read from there. Weights of the search are tuned on the training half alone, so the
aims are judged on the testing half.
"""

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.aims import Aim, at_least, print_aims
from benchmarks.localisation_bm25 import PlainSearch
from benchmarks.localisation_git import Blobs, name_repository
from benchmarks.localisation_metrics import COLUMNS, DEFINITIONS, FEW, Marks, average, judge
from benchmarks.localisation_own import open_search
from benchmarks.localisation_tasks import Answer, Retriever, Task, make_tasks, read_tasks, write_tasks
from benchmarks.machine import describe_machine

VARIABLE = "BENCHMARK_REPOSITORIES"
MOST = 30
"""Tasks of each repository, unless told otherwise."""
HALVES = ("training", "testing")
GOALS = (
    ("files: recall@1", "files", "recall_1", 0.65),
    ("files: recall@5", "files", "recall_5", 0.91),
    ("functions: recall@10", "functions", "recall_10", 0.75),
    ("functions: MRR", "functions", "reciprocal", 0.60),
    ("a right function among the first three (hit@3)", "functions", "hit_3", 0.85),
)
PLAIN = "plain BM25 over functions"


@dataclass(frozen=True, slots=True)
class Bench:
    """The retrievers of one repository by name; the first is the rival, the second is what the product answers."""

    retrievers: dict[str, Retriever]
    prepare: Callable[[Task], None] = lambda _: None
    """Does what is done once for each tree."""


@dataclass(slots=True)
class Score:
    """What one retriever got, task by task."""

    files: list[Marks] = field(default_factory=list)
    functions: list[Marks] = field(default_factory=list)
    outer: list[Marks] = field(default_factory=list)
    """As `functions`, where a nested function counts as the outermost one around it, in truth and answer."""
    seconds: float = 0.0

    def add(self, other: "Score") -> None:
        """Take the tasks of another."""
        self.files += other.files
        self.functions += other.functions
        self.outer += other.outer
        self.seconds += other.seconds

    def row(self, name: str) -> str:
        """Return it as a row of a table."""
        files, functions = average(self.files), average(self.functions)
        per_task = 1000 * self.seconds / max(len(self.files), 1)
        cells = f"{files.cells()} | {functions.cells()} | {functions.few()} | {_outermost(average(self.outer))}"
        return f"| {name} | {len(self.files)} | {cells} | {per_task:.0f} |"


def _outermost(marks: Marks) -> str:
    return f"{marks.recall_10:.3f} | {marks.reciprocal:.3f}"


def half_of(name: str) -> str:
    """Return the half that a repository belongs to: by a hash of its name, whatever other repositories there are."""
    return HALVES[hashlib.sha256(name.encode()).digest()[0] & 1]


def mark(score: Score, task: Task, answer: Answer) -> None:
    """Count one task's answer."""
    score.files.append(judge(answer.files, task.files))
    score.functions.append(judge(answer.functions, task.functions))
    score.outer.append(judge(fold(answer.functions, task.outer), task.outer))


def score_all(bench: Bench, tasks: Iterable[Task]) -> dict[str, Score]:
    """Return what each retriever gets on the tasks of one repository. What is done once for a tree is not timed."""
    found = {name: Score() for name in bench.retrievers}
    for task in tasks:
        bench.prepare(task)
        for name, retrieve in bench.retrievers.items():
            began = time.perf_counter()
            answer = retrieve(task)
            found[name].seconds += time.perf_counter() - began
            mark(found[name], task, answer)
    return found


def fold(ranked: Sequence[str], outer: Sequence[str]) -> list[str]:
    """Return a ranking in which what is nested in one of the outermost functions is called like that."""
    return [next((one for one in outer if name.startswith(f"{one}.")), name) for name in ranked]


def load_tasks(repository: Path, folder: Path | None, most: int) -> list[Task]:
    """Return tasks of a repository: some of those of a file in the folder, which is made where it is missing."""
    known = folder / f"{name_repository(repository)}.jsonl" if folder else None
    if known is None:
        return make_tasks(repository, most=most)
    if not known.exists():
        write_tasks(known, make_tasks(repository))
    tasks = list(read_tasks(known))
    return [tasks[number * len(tasks) // most] for number in range(most)] if len(tasks) > most else tasks


@contextmanager
def open_bench(repository: Path, tasks: Sequence[Task], vectors: Path | None) -> Iterator[Bench]:
    """Yield every retriever that is measured."""
    with Blobs(repository.resolve()) as blobs, open_search(repository, tasks, vectors) as own:
        plain = PlainSearch(blobs)

        def prepare(task: Task) -> None:
            plain.prepare(task.sha)
            own.prepare(task)

        yield Bench({PLAIN: plain} | own.list_retrievers(reads_all=vectors is not None), prepare)


def measure(repositories: Sequence[Path], options: argparse.Namespace) -> dict[str, dict[str, Score]]:
    """Return the scores by repository and retriever."""
    found: dict[str, dict[str, Score]] = {}
    for repository in repositories:
        tasks = load_tasks(repository, options.tasks, options.most)
        with open_bench(repository, tasks, options.vectors) as bench:
            found[name_repository(repository)] = score_all(bench, tasks)
        print(f"{name_repository(repository)}: {len(tasks)} tasks are judged", file=sys.stderr, flush=True)
    return found


def sum_up(scores: dict[str, dict[str, Score]], half: str = "") -> dict[str, Score]:
    """Return the scores by retriever over all repositories, or over those of one half."""
    total: dict[str, Score] = {}
    for name, of_repository in scores.items():
        if half in ("", half_of(name)):
            for retriever, one in of_repository.items():
                total.setdefault(retriever, Score()).add(one)
    return total


def print_tables(scores: dict[str, dict[str, Score]]) -> None:
    """Print every retriever over the halves and over all, then each repository with the product's own answer."""
    parts = [f"{kind} {name}" for kind in ("files", "functions") for name in COLUMNS]
    columns = ["n", *parts, *(f"functions {name}" for name in FEW), "outermost R@10", "outermost MRR", "ms"]
    head = f"{' | '.join(columns)} |\n|{'---|' * (len(columns) + 1)}"
    halves = [half for half in HALVES if sum_up(scores, half)]
    for half in (*halves, "") if len(halves) > 1 else halves:
        total = sum_up(scores, half)
        print(f"\n| {f'{half} half' if half else 'all repositories'} | {head}")
        print("\n".join(one.row(name) for name, one in total.items()), flush=True)
    print(f"\n| repository | {head}")
    for name, of_repository in scores.items():
        for retriever, one in list(of_repository.items())[:2]:
            print(one.row(f"{name} ({half_of(name)}): {retriever}"), flush=True)


def find_aims(scores: dict[str, dict[str, Score]]) -> Iterator[Aim]:
    """Yield the aims, judged on the testing half by what the product answers."""
    total = [one for name, one in sum_up(scores, "testing").items() if name != PLAIN]
    for what, kind, figure, goal in GOALS:
        if total:
            yield at_least(what, getattr(average(getattr(total[0], kind)), figure), goal)
        else:
            yield Aim(what, f"≥ {goal:g}", "not measured", None)


def named_repositories() -> list[Path]:
    """Return the repositories that the environment names."""
    return [Path(one) for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, action="append", default=[])
    parser.add_argument("--tasks", type=Path)
    parser.add_argument("--vectors", type=Path, help="keeps embeddings here, and measures meaning alone too")
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--half", choices=HALVES)
    options = parser.parse_args()
    repositories = [
        one
        for one in options.repo or named_repositories()
        if options.half in (None, half_of(name_repository(one)))
    ]  # fmt: skip
    print(describe_machine("python -m benchmarks.localisation"))
    print(f"{DEFINITIONS}\n")
    scores = measure(repositories, options)
    if scores:
        print_tables(scores)
    else:
        print(f"not measured: name repositories with --repo, or in {VARIABLE}; none is shipped with this one.")
    print_aims(find_aims(scores))


if __name__ == "__main__":
    main()
