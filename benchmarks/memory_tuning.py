"""Fits what recall weighs its traits by, on the tuning half of the labelled questions alone.

    python -m benchmarks.memory_tuning

It prints the constants of yantra_bot/learning/similarity.py and the words of common_words.py that are counted here, and
says where the product has others. The weights are those of two logistic regressions, none of them below 0: the first
tells the lesson that is meant from the others of its language by the three traits; the second adds how far it is
ahead, in memories of 1 to 75 lessons of which every other one does not have the lesson that is meant: most tasks find
none. The cut is at a likelihood of CUT, and of CUT_SURE where people are told. They were chosen by what is printed
beside them, for folds that the weights have not seen: how many are shown the lesson that is meant, and how many are
shown any where there is none. A wrong reminder costs a model a hundred tokens, a missed one an attempt.
`CURE` comes from the tuning half's near misses.

Tried on the same half and left, as none moved by more than chance what is shown where 9 of 10 shown are right:
several vectors a lesson (of what was tried, what worked, the error, the examples) and their best or mean, sentences
of the question one by one, vectors less their mean, paths and numbers taken out, forms of the error beside those of
the example, letters in fours. Nothing but the repaired form told near misses apart without taking names of the
repository's own for evidence against a lesson, which in use they are not; fitted freely, a regression did just that.
"""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.lesson_set import Asked, find_unasked, read_lesson_set
from yantra_bot import artefacts
from yantra_bot.domain.lessons import Lesson
from yantra_bot.learning import common_words, similarity
from yantra_bot.learning.candidates import Candidate
from yantra_bot.learning.similarity import Traits, Weights
from yantra_bot.learning.texts import embedded_text
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder
from yantra_bot.retrieval.words import split_words

FOLDS = 5
NEAREST = 5
"""Candidates of a question that the second regression sees."""
SIZES = (1, 3, 10, 30, 75)
"""Lessons of the memories that are made of each question's."""
CUT, CUT_SURE = 0.25, 0.6
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One question's candidates, and which of them is meant; -1: none is."""

    candidates: tuple[Candidate, ...]
    traits: tuple[Traits, ...]
    meant: int


class Rows:
    """Questions as rows; each lesson is embedded once."""

    def __init__(self, lessons: Sequence[Lesson], embedder: Embedder) -> None:
        self._lessons = lessons
        self._embedder = embedder
        self._vectors = embedder.embed([embedded_text(lesson) for lesson in lessons])

    def make(self, asked: Asked, *, near_miss: bool) -> Row:
        """Return the row of one of the two questions of a lesson."""
        question = asked.near_miss if near_miss else asked.paraphrase
        cosines = self._vectors @ self._embedder.embed_query(question.text)
        own = [place for place, one in enumerate(self._lessons) if one.scope.language in question.languages]
        candidates = tuple(Candidate(self._lessons[place], float(cosines[place]), 0.0) for place in own)
        reading = similarity.read_text(question.text)
        traits = tuple(similarity.compare(reading, one) for one in candidates)
        return Row(candidates, traits, [one.lesson.id for one in candidates].index(asked.lesson.id))


def fit_logistic(x: Floats, y: Floats, weight: Floats, *, steps: int = 2_000) -> tuple[Floats, float]:
    """Return coefficients, none below 0, and the intercept, by Adam on standardised columns with a small ridge."""
    middle, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z, weight = (x - middle) / spread, weight / weight.sum()
    at, first, second = np.zeros(z.shape[1] + 1), np.zeros(z.shape[1] + 1), np.zeros(z.shape[1] + 1)
    for step in range(1, steps + 1):
        error = weight * (1 / (1 + np.exp(-(z @ at[:-1] + at[-1]))) - y)
        slope = np.append(z.T @ error + at[:-1] / len(y), error.sum())
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        at -= 0.02 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        at[:-1] = np.maximum(at[:-1], 0)
    return at[:-1] / spread, float(at[-1] - (at[:-1] * middle / spread).sum())


def fit_weights(rows: Sequence[Row], *, has_meaning: bool) -> Weights:
    """Return the weights of the rows; the bias is that of the regression."""
    x = np.array([_columns(one, has_meaning) for row in rows for one in row.traits])
    y = np.array([float(place == row.meant) for row in rows for place in range(len(row.traits))])
    found, _ = fit_logistic(x, y, np.where(y > 0, 8.0, 1.0))
    meaning, words, form = found if has_meaning else (0.0, *found)
    weights = Weights(meaning, words, form, 0.0, 0.0, 0.0, 0.0)
    fits = [[similarity.measure_fit(one, weights) for one in row.traits] for row in rows]
    seconds = [sorted(one)[-2] for one in fits]
    weights = replace(weights, floor=float(np.mean(seconds) - np.std(seconds)))
    pairs, right = [], []
    for row in small_memories(rows):
        fit = [similarity.measure_fit(one, weights) for one in row.traits]
        rivals = similarity.find_rivals(row.candidates, fit)
        for place in sorted(range(len(fit)), key=lambda one: -fit[one])[:NEAREST]:
            pairs.append((fit[place], fit[place] - max(rivals[place], weights.floor)))
            right.append(float(place == row.meant))
    (alone, lead), bias = fit_logistic(np.array(pairs), np.array(right), np.ones(len(right)))
    return replace(weights, fit=float(alone), lead=float(lead), bias=bias)


def small_memories(rows: Sequence[Row], *, sizes: Sequence[int] = SIZES, times: int = 2) -> list[Row]:
    """Return each question with some of its candidates, as often with the one that is meant as without it."""
    chance, found = random.Random(3), []
    for row in rows:
        others = [place for place in range(len(row.traits)) if place != row.meant]
        for size in sizes:
            for _ in range(times):
                drawn = chance.sample(others, min(size, len(others)))
                found += [_take(row, drawn), _take(row, [row.meant, *drawn[1:]])]
    return found


def _take(row: Row, places: Sequence[int]) -> Row:
    meant = places.index(row.meant) if row.meant in places else -1
    candidates, traits = ([part[place] for place in places] for part in (row.candidates, row.traits))
    return Row(tuple(candidates), tuple(traits), meant)


def judge_row(row: Row, weights: Weights) -> list[float]:
    """Return the similarities of a row's candidates."""
    return list(similarity.judge_traits(row.candidates, row.traits, weights))


def judge_unseen(rows: Sequence[Row], size: int, *, has_meaning: bool) -> tuple[list[float], list[float]]:
    """Return how alike the lesson is that is meant, and the likest where it is not there, by weights of other rows."""
    mixed = list(rows)
    random.Random(1).shuffle(mixed)
    meant, absent = [], []
    for fold in range(FOLDS):
        weights = fit_weights([one for at, one in enumerate(mixed) if at % FOLDS != fold], has_meaning=has_meaning)
        for row in small_memories(mixed[fold::FOLDS], sizes=(size,), times=6):
            judged = judge_row(row, weights)
            (absent if row.meant < 0 else meant).append(max(judged) if row.meant < 0 else judged[row.meant])
    return meant, absent


def find_logit(likelihood: float) -> float:
    """Return the logit of a likelihood."""
    return math.log(likelihood / (1 - likelihood))


def find_cure(meant: Sequence[Row], missed: Sequence[Row]) -> float:
    """Return how much less likely a lesson is meant where its cure is found in full than where nothing of it is.

    As if there were as many near misses as mistakes.
    """

    def share(found: bool) -> float:
        yes, no = (sum((row.traits[row.meant].cure >= 0.5) is found for row in rows) + 0.5 for rows in (meant, missed))
        return yes / (yes + no)

    return 1 - share(True) / share(False)


def count_words(lessons: Sequence[Lesson]) -> tuple[set[str], set[str]]:
    """Return the stems that 4 % of lessons have, and those that 2 % have."""
    texts = ["\n".join((one.tried, one.failed, one.worked, one.wrong, one.right)) for one in lessons]
    counts = Counter(word for text in texts for word in set(split_words(text)) if not word.isdigit())
    often = {word for word, count in counts.items() if count >= 0.04 * len(lessons)}
    return often, {word for word, count in counts.items() if count >= 0.02 * len(lessons)} - often


def _columns(traits: Traits, has_meaning: bool) -> tuple[float, ...]:
    return ((traits.meaning or 0.0,) if has_meaning else ()) + (traits.words, traits.form)


def tune(name: str, rows: Sequence[Row], *, has_meaning: bool) -> None:
    """Print the weights, with the bias that puts the cut at the threshold, and where it is surer."""
    threshold = find_logit(similarity.THRESHOLD)
    weights = fit_weights(rows, has_meaning=has_meaning)
    weights = replace(weights, bias=weights.bias + threshold - find_logit(CUT))
    sure = 1 / (1 + math.exp(find_logit(CUT) - threshold - find_logit(CUT_SURE)))
    values = ", ".join(f"{field}={getattr(weights, field):.3g}" for field in Weights.__slots__)
    print(f"{name}: Weights({values})\n    in the product: {getattr(similarity, name)}")
    print(f"SURE by these: {sure:.3f}\n    in the product: {similarity.SURE}")
    for size in SIZES:
        meant, absent = judge_unseen(rows, size, has_meaning=has_meaning)
        for cut in (CUT, 0.4, CUT_SURE):
            there, none = (float(np.mean(np.array(one) >= cut)) for one in (meant, absent))
            print(f"    {size} lessons, from {cut}: {there:.2f} see what is meant, {none:.2f} see one where none is")


def main() -> None:
    whole = read_lesson_set()
    rows = Rows(whole.lessons, load_embedder(artefacts.path("embedding-model"), threads=1))
    meant = [rows.make(one, near_miss=False) for one in whole.tuned]
    missed = [rows.make(one, near_miss=True) for one in whole.tuned]
    for name, has_meaning in (("WITH_MEANING", True), ("WITHOUT_MEANING", False)):
        tune(name, meant, has_meaning=has_meaning)
    print(f"CURE: {find_cure(meant, missed):.2f}\n    in the product: {similarity.CURE}")
    often, frequent = count_words(find_unasked(whole))
    same = often == common_words.COMMON and frequent == common_words.FREQUENT
    print(
        f"Words: {len(often)} common, {len(frequent)} frequent; the product's are {'the same' if same else 'others'}."
    )


if __name__ == "__main__":
    main()
