"""What the generator learns from: problems as rows of features, their neighbours, and how often step follows step.

Everything is split by project: a project is whole in training, in the held-out set that training is steered by, or in
the test set that is looked at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.artefacts import Store
from yantra_bot.codex.features import features_of, words_of
from yantra_bot.codex.pattern import counts_of
from yantra_bot.codex.problem import Problem
from yantra_bot.codex.reading import MOST_BESIDE, Written, read_functions
from yantra_bot.codex.steps import Step, complexity_of, telling
from yantra_bot.errors import UserError
from yantra_bot.training.corpora import Part, Project, fetch_project, source_files

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
LEAST_WORDS: Final = 3
"""Of a docstring: a shorter one says nothing."""
LEAST: Final = 10
"""Problems to train on, and as many to judge by."""
MOST_OF_PROJECT: Final = 1_500


@dataclass(slots=True)
class Samples:
    """Problems with answers of some projects."""

    features: list[Floats] = field(default_factory=list)
    """[978] of each problem, of neighbours too."""
    rows: list[int] = field(default_factory=list)
    """Of the problems that have an answer, in `features`."""
    beside: list[tuple[int, ...]] = field(default_factory=list)
    """Rows of each problem's neighbours."""
    answers: list[tuple[Step, ...]] = field(default_factory=list)
    projects: list[str] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, project: str, functions: Sequence[Written]) -> None:
        """Take the functions of one file, those with a docstring as problems."""
        at: dict[Problem, int] = {}
        for one in functions:
            if len(words_of(one.problem.text)) < LEAST_WORDS or not telling(one.steps):
                continue
            for problem in (one.problem, *one.beside):
                if problem not in at:
                    at[problem] = len(self.features)
                    self.features.append(features_of(problem))
            self.rows.append(at[one.problem])
            self.beside.append(tuple(at[problem] for problem in one.beside))
            self.answers.append(one.steps)
            self.projects.append(project)
            self.written.append(one)

    def counts(self, which: Sequence[int]) -> Floats:
        """Return [b, 32, 32], how often step follows step in the answers of some problems."""
        return np.stack([counts_of(self.answers[place]) for place in which])


def refuse_too_few(train: Samples, held_out: Samples) -> None:
    """Raise UserError where there is too little to learn from."""
    if min(len(train), len(held_out)) < LEAST:
        raise UserError(
            f"There are {len(train)} problems to train on and {len(held_out)} to judge by, and each has to be at least "
            f"{LEAST}. Cure: give more projects; functions without a docstring are no problems."
        )


def read_corpus(projects: Sequence[Project], store: Store, most: int = MOST_OF_PROJECT) -> dict[Part, Samples]:
    """Return samples of pinned projects by their part, fetched if need be; see `corpora.fetch_project` for errors."""
    return read_samples(
        ((one.name, one.part, [text for _, text in source_files(fetch_project(store, one))]) for one in projects), most
    )


def read_samples(
    projects: Iterable[tuple[str, Part, Sequence[bytes]]], most: int = MOST_OF_PROJECT
) -> dict[Part, Samples]:
    """Return samples by part. `projects` gives name, part and Python files; what does not parse is passed over.

    Of a project about `most` functions are taken, evenly from its files' order, so that none is most of the data.
    """
    parts = {part: Samples() for part in Part}
    for project, part, sources in projects:
        for functions in _thinned([read_functions(source) for source in sources], most):
            parts[part].add(project, functions)
    return parts


def _thinned(files: Sequence[list[Written]], most: int) -> Iterator[list[Written]]:
    total = sum(len(functions) for functions in files)
    every = max(1, -(-total // most))
    for place, functions in enumerate(files):
        if place % every == 0:
            yield functions


@dataclass(frozen=True, slots=True)
class GeneratorBatch:
    """Stars: each problem's node, its neighbours' nodes, and edges from the neighbours to it and back."""

    features: Floats
    """[n, 978], the problems first."""
    edges: Ints
    """[2, m], both directions."""
    counts: Floats
    """[b, 32, 32]"""
    complexity: Ints
    """[b]"""


def make_batch(samples: Samples, which: Sequence[int], *, with_neighbours: Sequence[bool]) -> GeneratorBatch:
    """Return the problems `which`, each with its neighbours or, where a place of `with_neighbours` is false, alone."""
    nodes = [samples.rows[place] for place in which]
    edges: list[tuple[int, int]] = []
    for own, (place, has) in enumerate(zip(which, with_neighbours, strict=True)):
        for row in samples.beside[place][:MOST_BESIDE] if has else ():
            edges += [(len(nodes), own), (own, len(nodes))]
            nodes.append(row)
    return GeneratorBatch(
        np.stack([samples.features[row] for row in nodes]),
        np.array(edges, dtype=np.int64).reshape(-1, 2).T,
        samples.counts(which),
        np.array([complexity_of(samples.answers[place]) for place in which], dtype=np.int64),
    )


def batches_of(samples: Samples, size: int, generator: np.random.Generator) -> Iterator[GeneratorBatch]:
    """Return all samples once, in a random order; half of them without neighbours, as most tasks come."""
    order = generator.permutation(len(samples))
    for first in range(0, len(order), size):
        which = [int(place) for place in order[first : first + size]]
        yield make_batch(samples, which, with_neighbours=[bool(one) for one in generator.random(len(which)) < 0.5])
