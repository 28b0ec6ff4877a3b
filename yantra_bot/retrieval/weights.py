"""How much each signal counts: read from weights.json, which training writes. Pure arithmetic.

The weights come from the training half of the tasks alone (`python -m benchmarks.localisation_training`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from yantra_bot.retrieval.hits import ReasonKind
from yantra_bot.retrieval.lexical import Scores

Columns = Mapping[str, Scores]

KINDS: Final[Mapping[ReasonKind, tuple[str, ...]]] = {
    ReasonKind.NAMED: ("written", "spoken", "class_named", "pair_named", "row_written"),
    ReasonKind.WORDS: (
        *(
            "words",
            "words_mild",
            "words_weighed",
            "name",
            "name_plain",
            "path",
            "doc",
            "body",
            "cover",
            "name_cover",
            "title",
            "title_name",
        ),
        *("name_and_words", "rank_words", "rank_words_weighed", "rank_name"),
        *(
            "row_path",
            "row_words_weighed",
            "row_name",
            "row_cover",
            "row_title",
            "row_title_name",
        ),
    ),
    ReasonKind.FILE: (
        *("file", "class", "siblings", "around", "rank_file", "rank_class", "best_of_class", "best_of_file"),
        *("row_file", "row_class"),
    ),
    ReasonKind.PAST: (
        *("past", "past_best", "past_class", "past_file", "past_words", "past_file_words", "changed_with"),
        *(
            "meant",
            "meant_name",
            "rank_past",
            "row_past_file",
            "row_past_file_words",
            "row_past",
            "row_meant",
            "row_meant_name",
            "rank_past_file",
        ),
    ),
    ReasonKind.ACTIVITY: ("activity", "file_activity", "row_file_activity"),
    ReasonKind.NEIGHBOURS: ("callers", "callees", "users", "needs", "near", "best_user", "best_used"),
    ReasonKind.TESTS: ("tested", "row_tested"),
    ReasonKind.MEANING: ("meaning", "rank_meaning", "row_meaning"),
}
"""Which part of the search each signal belongs to. What is in none is what a row is like: length, depth, …"""


@dataclass(frozen=True)
class Weights:
    """A weight for each column, by name."""

    by_name: Mapping[str, float]

    def score(self, columns: Columns) -> Scores:
        """Return the weighted sum of the columns that have a weight."""
        total: Scores = np.zeros(len(next(iter(columns.values()))))
        for name, weight in self.by_name.items():
            if name in columns:
                total = total + weight * columns[name]
        return total

    def without(self, kinds: frozenset[ReasonKind]) -> "Weights":
        """Return the weights with some parts of the search left out."""
        left_out = {name for kind in kinds for name in KINDS.get(kind, ())}
        return Weights({name: weight for name, weight in self.by_name.items() if name not in left_out})

    def share(self, columns: Columns, row: int, average: Mapping[str, float]) -> dict[ReasonKind, float]:
        """Return how much each part of the search lifts a row above the average one, as shares that sum to 1."""
        lifts = {
            kind: sum(
                self.by_name[name] * (float(columns[name][row]) - average[name])
                for name in names
                if name in self.by_name and name in columns
            )
            for kind, names in KINDS.items()
        }
        total = sum(lift for lift in lifts.values() if lift > 0)
        return {kind: lift / total for kind, lift in lifts.items() if lift > 0} if total else {}


@dataclass(frozen=True)
class Model:
    """The weights of the rankings."""

    rows: Weights
    """The first look at rows of code."""
    again: Weights
    """The second look at the best of them."""
    meant: Weights
    """The second look where embeddings are at hand."""
    files: Weights

    def without(self, kinds: frozenset[ReasonKind]) -> "Model":
        """Return the model with some parts of the search left out."""
        return Model(
            self.rows.without(kinds), self.again.without(kinds), self.meant.without(kinds), self.files.without(kinds)
        )


@cache
def load_model() -> Model:
    """Return the weights that the product ships."""
    said = json.loads(files(__package__).joinpath("weights.json").read_text("utf-8"))
    return Model(*(Weights(said[name]) for name in ("rows", "again", "meant", "files")))
