"""How well rankings name what a fix changed: pure functions over lists of names, and the rows that tables print.

Definitions, for one task whose truth is a set of names and a ranking without repetitions:
recall@k is the share of the truth that is among the first k; the reciprocal rank is 1 / the place of the first right
one, 0 where there is none; precision@3 is the share of the first three that are right (its best possible value is
below 1 where a fix changed fewer than three); hit@3 is 1 where one of the first three is right. A figure over several
tasks is their mean; every task counts once, also one without an answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

DEFINITIONS = (
    "R@k (recall): share of what the fix changed that is among the first k. MRR: 1 / the place of the first right one. "
    "precision@3: share of the first three that are right; most fixes change fewer than three, so the best possible "
    "value stands beside it. hit@3: share of the tasks with a right one among the first three. outermost: functions, "
    "where a nested function counts as the outermost one around it. Means over tasks; ms: of one search on a tree that "
    "was read before."
)
WIDTH = 3
"""How many the two figures about the first few look at."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The figures of one task, or their means over many."""

    recall_1: float = 0.0
    recall_5: float = 0.0
    recall_10: float = 0.0
    reciprocal: float = 0.0
    precision_3: float = 0.0
    best_precision_3: float = 0.0
    hit_3: float = 0.0

    def cells(self) -> str:
        """Return the figures as cells of a table, in the order of `COLUMNS`."""
        return " | ".join(f"{value:.3f}" for value in (self.recall_1, self.recall_5, self.recall_10, self.reciprocal))

    def few(self) -> str:
        """Return the figures about the first three as cells, in the order of `FEW`."""
        return f"{self.hit_3:.3f} | {self.precision_3:.3f} of {self.best_precision_3:.3f}"


COLUMNS = ("R@1", "R@5", "R@10", "MRR")
FEW = ("hit@3", "precision@3")


def judge(ranked: Iterable[str], truth: Iterable[str]) -> Marks:
    """Return the figures of one ranking, best first; a name that comes again counts where it comes first.

    Raises ValueError where there is no truth: such a task says nothing.
    """
    right = frozenset(truth)
    if not right:
        raise ValueError("A task without truth cannot be judged. Leave it out when the tasks are made.")
    order = list(dict.fromkeys(ranked))
    first = next((place for place, name in enumerate(order, 1) if name in right), 0)
    few = sum(name in right for name in order[:WIDTH])
    return Marks(
        recall_1=_recall(order, right, 1),
        recall_5=_recall(order, right, 5),
        recall_10=_recall(order, right, 10),
        reciprocal=1 / first if first else 0.0,
        precision_3=few / WIDTH,
        best_precision_3=min(len(right), WIDTH) / WIDTH,
        hit_3=float(few > 0),
    )


def average(marks: Sequence[Marks]) -> Marks:
    """Return the means; all 0 where there are none."""
    if not marks:
        return Marks()
    return Marks(*(sum(getattr(one, part.name) for one in marks) / len(marks) for part in fields(Marks)))


def _recall(order: Sequence[str], right: frozenset[str], first: int) -> float:
    return len(right.intersection(order[:first])) / len(right)
