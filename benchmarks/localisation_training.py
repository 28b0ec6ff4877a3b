"""Tunes the weights of the search on the training half of the repositories, and writes them into the product.

    python -m benchmarks.localisation_training --repo GITDIR [--repo …] [--most 90] [--tasks FOLDER]

Only repositories of the training half (`localisation.half_of`) are read; the testing half is never looked at. The
loss is the pairwise logistic one: a function that the fix changed should stand above each of the best others. It is
convex, so that the same tasks give the same weights.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.localisation import half_of, load_tasks, named_repositories
from benchmarks.localisation_git import name_repository
from benchmarks.localisation_tasks import Task
from yantra_bot.cli.searching import MAX_COMMITS, find_meaning, open_repository, open_trees
from yantra_bot.retrieval import weights as shipped
from yantra_bot.retrieval.filing import measure_files
from yantra_bot.retrieval.git_trees import Pasts
from yantra_bot.retrieval.links import Links
from yantra_bot.retrieval.query import read_query
from yantra_bot.retrieval.search import POOL, Searcher, Similarity, place_meaning
from yantra_bot.retrieval.signals import Columns, Shelf, measure
from yantra_bot.retrieval.spreading import spread
from yantra_bot.retrieval.terms import Ints
from yantra_bot.retrieval.weights import Weights, load_model

RIDGE = 10.0
"""How much weights are held near 0; chosen by leaving one training repository out at a time."""
RIVALS = 60
"""Others that each right row is compared with."""
CANDIDATES = 150
MEANING_EVERY = 2
"""One task of so many is compared by meaning: embedding takes nine tenths of the time."""
COMPARED = 90
"""Rows whose meaning is compared: more than the second look sees, since its first look moves while it is tuned."""
Floats = npt.NDArray[np.float64]


@dataclass(slots=True)
class Example:
    """One task, measured: what both looks need, without the tree."""

    columns: Columns
    is_function: npt.NDArray[np.bool_]
    links: Links
    classes: Ints
    files: Ints
    paths: tuple[str, ...]
    near: Floats
    """The cosine of each row with the text; NaN where it was not compared."""
    right: list[int]
    """Rows of functions that the fix changed."""
    right_files: list[int]


def measure_tasks(repository: Path, tasks: Sequence[Task]) -> Iterator[Example]:
    """Yield each task with its columns of the first look."""
    opened = open_repository(repository)
    if opened is None:
        raise SystemExit(f"{repository} is no git repository.")
    similarity = find_meaning()
    with open_trees(opened) as trees:
        pasts = Pasts(opened.git, [task.sha for task in tasks], trees.counting, max_commits=MAX_COMMITS)
        for number, task in enumerate(tasks):
            shelf = Searcher(trees.corpus(task.sha), pasts.of(task.sha)).shelf
            yield _measure(task, shelf, similarity if number % MEANING_EVERY == 0 else None)


def _measure(task: Task, shelf: Shelf, similarity: Similarity | None) -> Example:
    code, functions, paths = shelf.groups.code, set(task.functions), set(task.files)
    columns = measure(shelf, read_query(task.query, shelf.counting, shelf.past))
    near = np.full(len(code), np.nan)
    best = np.argsort(-load_model().rows.score(columns), kind="stable")[:COMPARED]
    compared = similarity(task.query, code.at(best)) if similarity is not None else None
    if compared is not None:
        near[best] = compared
    return Example(
        columns={name: values.astype(np.float32) for name, values in columns.items()},
        is_function=code.is_function,
        links=shelf.links,
        classes=code.class_rows,
        files=code.file_rows,
        paths=code.paths,
        near=near,
        right=[int(row) for row in code.is_function.nonzero()[0] if code.chunks[row].plain_key in functions],
        right_files=[number for number, path in enumerate(code.paths) if path in paths],
    )


def train(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Return the weights of every look, by the names of their columns."""
    names = sorted(examples[0].columns)
    rows = fit([(one.columns, one.right, _candidates(one)) for one in examples], names)
    for one in examples:
        _look_again(one, Weights(rows))
    near = [(one.columns, *_in_pool(one, Weights(rows))) for one in examples]
    again_names = sorted(set(examples[0].columns) - {"meaning", "rank_meaning"})
    again = fit(near, again_names)
    with_meaning = [group for group in near if "meaning" in group[0]]
    meant = fit(with_meaning, sorted(with_meaning[0][0])) if with_meaning else again
    files = _fit_files(examples, Weights(rows), Weights(again), Weights(meant))
    return {"rows": rows, "again": again, "meant": meant, "files": files}


def _candidates(one: Example) -> list[int]:
    columns = one.columns
    likely = columns["words_weighed"] + 0.5 * columns["name"] + 0.3 * columns["past"]
    return [int(row) for row in np.argsort(-likely, kind="stable")[:CANDIDATES] if one.is_function[row]]


def _look_again(one: Example, rows: Weights) -> None:
    """Add the columns of the second look."""
    scores = rows.score(one.columns)
    pool = np.argsort(-scores, kind="stable")[:POOL]
    one.columns |= spread(scores, one.links, one.classes, one.files)
    place_meaning(one.columns, pool, one.near[pool])


def _in_pool(one: Example, rows: Weights) -> tuple[list[int], list[int]]:
    pool = np.argsort(-rows.score(one.columns), kind="stable")[:POOL].tolist()
    return [row for row in one.right if row in set(pool)], [row for row in pool if one.is_function[row]]


def _fit_files(examples: Sequence[Example], rows: Weights, again: Weights, meant: Weights) -> dict[str, float]:
    groups = []
    for one in examples:
        scores = rows.score(one.columns)
        pool = np.argsort(-scores, kind="stable")[:POOL]
        second = (meant if "meaning" in one.columns else again).score(one.columns)
        scores[pool] = scores[pool].min() + 1e-6 + second[pool] - second[pool].min()
        columns = measure_files(one.columns, scores, one.files, one.paths)
        groups.append((columns, one.right_files, np.argsort(-columns["best_row"])[:40].tolist()))
    return fit(groups, sorted(set.intersection(*(set(columns) for columns, _, _ in groups)) - {"row_meaning"}))


def fit(groups: Sequence[tuple[Columns, Sequence[int], Sequence[int]]], names: Sequence[str]) -> dict[str, float]:
    """Return the weights that put right rows above others. A group: columns, right rows, rows to compare with."""
    differences, importance = [], []
    for columns, right, others in groups:
        rivals = [row for row in others if row not in set(right)][:RIVALS]
        if not right or not rivals:
            continue
        table = np.stack([columns[name] for name in names], axis=1)
        for row in right:
            differences.append(table[row] - table[rivals])
            importance.append(np.full(len(rivals), 1 / len(rivals) / len(right)))
    found = _descend(np.concatenate(differences), np.concatenate(importance))
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


def _descend(differences: Floats, importance: Floats) -> Floats:
    """Return the minimum of the weighted logistic loss with a ridge, by Newton's method."""
    weights = np.zeros(differences.shape[1])
    for _ in range(25):
        wrong = 1 / (1 + np.exp(differences @ weights))
        slope = RIDGE * weights - differences.T @ (importance * wrong)
        bend = (differences * (importance * wrong * (1 - wrong))[:, None]).T @ differences
        step = np.linalg.solve(bend + RIDGE * np.eye(len(weights)), slope)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def save(found: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """Write weights where the product reads them."""
    path.write_text(json.dumps(found, indent=1) + "\n")


def main() -> None:
    """Train on what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repo", type=Path, action="append", help="a clone with its past; may be repeated")
    parser.add_argument("--most", type=int, default=90, help="tasks of each")
    parser.add_argument("--tasks", type=Path, help="where the tasks are kept")
    arguments = parser.parse_args()
    examples: list[Example] = []
    for repository in arguments.repo or named_repositories():
        if half_of(name_repository(repository)) == "training":
            tasks = load_tasks(repository, arguments.tasks, arguments.most)
            examples += measure_tasks(repository, tasks)
            sys.stderr.write(f"{name_repository(repository)}: {len(tasks)} tasks\n")
    if not examples:
        raise SystemExit("None of these repositories is of the training half.")
    save(train(examples), Path(shipped.__file__).parent / "weights.json")
    sys.stdout.write(f"{len(examples)} tasks; weights.json is written.\n")


if __name__ == "__main__":
    main()
