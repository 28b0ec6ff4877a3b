"""What the generator is held against: plain rules over the same functions, each of which answers with a real body."""

from collections import Counter

import numpy as np

from yantra_bot.codex.features import words_of
from yantra_bot.codex.recall import NEAR, Floats, agreement, tallies
from yantra_bot.codex.steps import Step, telling
from yantra_bot.training.generator_samples import Samples
from yantra_bot.training.recall import RIDGE, choose_bodies, fit_linear, rows_of

Steps = tuple[Step, ...]


def most_frequent(train: Samples, test: Samples) -> list[Steps]:
    """Return the sequence that most training bodies have, for each problem."""
    return [Counter(train.answers).most_common(1)[0][0]] * len(test)


def nearest(train: Samples, test: Samples) -> list[Steps]:
    """Return for each test problem the steps of the training problem whose features are most alike, by cosine."""
    likeness = _likeness(train, test)
    return [train.answers[int(place)] for place in likeness.argmax(1)]


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
        found.append(train.answers[max(scores, key=scores.__getitem__, default=0)])
    return found


def halves(train: Samples, test: Samples) -> dict[str, list[Steps]]:
    """Return what each of the two rules says alone, of which the product takes the sum."""
    bodies = choose_bodies(train)
    worth = agreement(tallies(train.answers), tallies(bodies))
    linear = fit_linear(rows_of(train), worth, RIDGE * len(train) / 10_000)
    near = np.argsort(-_likeness(train, test), axis=1, kind="stable")[:, :NEAR]
    said = {
        "the linear map alone": rows_of(test) @ linear[:-1] + linear[-1],
        f"the {NEAR} nearest alone": np.stack([worth[places].mean(0) for places in near]),
    }
    return {who: [bodies[int(place)] for place in values.argmax(1)] for who, values in said.items()}


def _likeness(train: Samples, test: Samples) -> Floats:
    known, asked = (
        rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9) for rows in map(rows_of, (train, test))
    )
    return np.asarray(asked @ known.T, dtype=np.float32)


def scores_of(said: list[Steps], test: Samples) -> Floats:
    """Return the step F1 of each answer."""
    told, real = tallies(said), tallies(test.answers)
    shared = np.minimum(told, real).sum(1)
    return np.asarray(2 * shared / np.maximum(told.sum(1) + real.sum(1), 1), dtype=np.float32)


def by_project(values: Floats, test: Samples) -> Floats:
    """Return the mean of each project: functions of one are alike, so that errors are taken over projects."""
    projects = np.array(test.projects)
    return np.array([values[projects == one].mean() for one in sorted(set(test.projects))], dtype=np.float32)


def exactly(said: list[Steps], test: Samples) -> float:
    """Return the share of answers that are exactly the real steps."""
    return sum(telling(one) == telling(other) for one, other in zip(said, test.answers, strict=True)) / len(test)
