"""A second look: what stands near the first hits, by links, class and file. Columns like those of `signals`."""

from typing import Final

import numpy as np

from yantra_bot.retrieval.lexical import Scores
from yantra_bot.retrieval.links import Links
from yantra_bot.retrieval.signals import Columns, rank
from yantra_bot.retrieval.terms import Ints

SEEDS: Final = 12
DAMPING: Final = 0.6
STEPS: Final = 8


def spread(scores: Scores, links: Links, classes: Ints, files: Ints) -> Columns:
    """Return what the best of the first scores lend to the rows around them.

    `near` is personalised PageRank from the first hits along links in both directions; the others are the highest
    first score among the other rows of the class, of the file, of those that use it and of those that it uses.
    """
    first = _level(scores)
    return {
        "first": first,
        "rank_first": rank(scores),
        "near": _walk(first, links),
        "best_of_class": _best_other(first, classes),
        "best_of_file": _best_other(first, files),
        "best_user": links.pull(first, len(first)),
        "best_used": links.push(first, len(first)),
    }


def _level(scores: Scores) -> Scores:
    """Return scores from 0 (the middle one) to 1 (the best)."""
    above = np.maximum(scores - np.median(scores), 0.0) if len(scores) else scores
    level: Scores = above / max(float(above.max(initial=0.0)), 1e-9)
    return level


def _walk(first: Scores, links: Links) -> Scores:
    count = len(first)
    seeds = np.zeros(count)
    best = np.argsort(-first, kind="stable")[:SEEDS]
    seeds[best] = first[best] ** 2
    total = seeds.sum()
    if not total or not len(links.sources):
        return np.zeros(count)
    seeds /= total
    sources = np.concatenate([links.sources, links.targets])
    targets = np.concatenate([links.targets, links.sources])
    weights = np.concatenate([links.weights, links.weights])
    leaving = np.maximum(np.bincount(sources, weights=weights, minlength=count), 1e-9)
    share = weights / leaving[sources]
    at = seeds
    for _ in range(STEPS):
        at = (1 - DAMPING) * seeds + DAMPING * np.bincount(targets, weights=at[sources] * share, minlength=count)
    # The seeds' own start is no news: what came over links is.
    found = np.maximum(at - (1 - DAMPING) * seeds, 0.0)
    return found / max(float(found.max()), 1e-9)


def _best_other(values: Scores, groups: Ints) -> Scores:
    """Return for each row the highest value among the other rows of its group."""
    if not len(values):
        return values
    order = np.lexsort((-values, groups))
    starts = np.searchsorted(groups[order], np.arange(int(groups.max()) + 1))
    best = order[starts]
    second = np.zeros(len(starts))
    has_second = np.append(starts[1:], len(order)) - starts > 1
    second[has_second] = values[order[starts[has_second] + 1]]
    found = values[best][groups]
    found[best] = second
    return found
