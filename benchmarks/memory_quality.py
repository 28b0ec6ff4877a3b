"""Recall of lessons from a real store by situations in other words, beside plain searches by words and by meaning.

    python -m benchmarks.memory_quality

The set is that of benchmarks/lesson_set.py: 225 lessons, all of them in one store; 75 of its situations were used to
tune (weights, where to cut), the other 75 are reported. A lesson is right where it is the one that a paraphrase was
written for; what is shown to a near miss is always wrong. `recall@k` goes by the order of all candidates, whatever the
threshold; precision and recall at the threshold by what a run is shown. The plain searches get a threshold of their
own, chosen by the same rule on the same half: the lowest at which 8 of 10 lessons shown to paraphrases are right.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.aims import at_least, at_most, print_aims
from benchmarks.lesson_set import Asked, LessonSet, read_lesson_set
from benchmarks.measuring import median, percentile
from yantra_bot import artefacts
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Question
from yantra_bot.learning.candidates import Found
from yantra_bot.learning.recall import rank, recall
from yantra_bot.learning.rendering import show_reminders
from yantra_bot.learning.similarity import SURE, THRESHOLD
from yantra_bot.learning.slips import Circumstances, Repair, Slip, learn
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.runs.records import Records

MOST = 5
WANTED = 0.8
OTHERS = (0.5, 0.65, 0.85, SURE)
Scores = dict[str, float]
"""What each found lesson's id is worth."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What runs were shown at a threshold, over a half."""

    right: int
    """Paraphrases that were shown their lesson."""
    wrong: int
    """Other lessons that paraphrases were shown."""
    misled: int
    """Lessons that near misses were shown."""
    asked: int
    quiet: int
    """Near misses that were shown nothing."""

    @property
    def recall(self) -> float:
        return self.right / self.asked

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong + self.misled, 1)

    @property
    def precision_of_paraphrases(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    def cells(self) -> str:
        """Return the figures as cells of a table."""
        figures = " | ".join(f"{one:.3f}" for one in (self.recall, self.precision_of_paraphrases, self.precision))
        return f"{figures} | {self.quiet} of {self.asked}"


@dataclass(frozen=True, slots=True)
class Answers:
    """What one way of searching gave to both situations of each lesson of a half."""

    lessons: tuple[str, ...]
    meant: tuple[Scores, ...]
    missed: tuple[Scores, ...]

    def recall_at(self, most: int) -> float:
        """Return the share of paraphrases whose lesson is among the first."""
        pairs = zip(self.lessons, self.meant, strict=True)
        return sum(lesson in _best(scores, most) for lesson, scores in pairs) / len(self.lessons)

    def show(self, threshold: float) -> Shown:
        """Return what is shown at a threshold, MOST a situation at most."""
        meant = [_over(scores, threshold) for scores in self.meant]
        missed = [_over(scores, threshold) for scores in self.missed]
        right = sum(lesson in shown for lesson, shown in zip(self.lessons, meant, strict=True))
        return Shown(
            right,
            sum(map(len, meant)) - right,
            sum(map(len, missed)),
            len(self.lessons),
            sum(not shown for shown in missed),
        )

    def lowest(self) -> float:
        """Return the lowest threshold at which WANTED of what paraphrases are shown is right."""
        values = sorted({value for scores in self.meant for value in scores.values()}, reverse=True)
        fitting = [value for value in values if self.show(value).precision_of_paraphrases >= WANTED]
        return min(fitting, default=values[0])


def _best(scores: Scores, most: int) -> list[str]:
    return sorted(scores, key=lambda one: (-scores[one], one))[:most]


def _over(scores: Scores, threshold: float) -> list[str]:
    return [one for one in _best(scores, MOST) if scores[one] >= threshold]


def by_recall(found: Found, question: Question) -> Scores:
    return {one.lesson.id: one.similarity for one in rank(found, question)}


def by_meaning(found: Found, _: Question) -> Scores:
    return {one.lesson.id: one.meaning or 0.0 for one in found.candidates}


def by_words(found: Found, _: Question) -> Scores:
    return {one.lesson.id: one.words for one in found.candidates if one.words > 0}


WAYS: dict[str, Callable[[Found, Question], Scores]] = {
    "full text alone (BM25)": by_words,
    "vectors alone (cosine)": by_meaning,
    "as built": by_recall,
}


def answer(store: Mistakes, half: Sequence[Asked], way: Callable[[Found, Question], Scores]) -> Answers:
    """Ask a store about every situation of a half."""
    return Answers(
        tuple(one.lesson.id for one in half),
        tuple(way(store.find(one.paraphrase), one.paraphrase) for one in half),
        tuple(way(store.find(one.near_miss), one.near_miss) for one in half),
    )


def time_choices(store: Mistakes, whole: LessonSet) -> list[float]:
    """Return milliseconds of wall time of what is made of candidates; `memory_speed` measures the search."""
    taken = []
    for one in whole.reported:
        found = store.find(one.paraphrase)
        began = time.perf_counter()
        recall(found, one.paraphrase)
        taken.append(1_000 * (time.perf_counter() - began))
    return taken


def time_wording(store: Mistakes, whole: LessonSet) -> list[float]:
    """Return milliseconds that the warnings take to be put into words, five for each question."""
    taken = []
    for one in whole.reported:
        ranked = rank(store.find(one.paraphrase), one.paraphrase)[:MOST]
        began = time.perf_counter()
        show_reminders(ranked)
        taken.append(1_000 * (time.perf_counter() - began))
    return taken


def time_teaching(whole: LessonSet, folder: Path) -> list[float]:
    """Return milliseconds that a run waits for what it teaches: sanitised, and kept with the records on the disk."""
    records, taken = Records.open(folder / "records.sqlite"), []
    for one in whole.lessons:
        slip = Slip(one.category, one.severity, one.failed, one.failed, tried=one.tried, patch=one.wrong)
        began = time.perf_counter()
        records.tell_memory(*learn([slip], Repair(one.right, one.worked), Circumstances("r", one.scope, "", 0.0)))
        taken.append(1_000 * (time.perf_counter() - began))
    records.close()
    return taken


def count_unasked(store: Mistakes, half: Sequence[Asked]) -> int:
    """Return how many situations are shown something although the lesson that is meant is not in the memory."""
    count = 0
    for one in half:
        found = store.find(one.paraphrase)
        others = tuple(other for other in found.candidates if other.lesson.id != one.lesson.id)
        count += bool(recall(replace(found, candidates=others), one.paraphrase).reminders)
    return count


def main() -> None:
    whole = read_lesson_set()
    embedder = load_embedder(artefacts.path("embedding-model"), threads=1)
    with tempfile.TemporaryDirectory() as folder:
        places = {"with the sentence model": lambda: embedder, "without a sentence model": lambda: None}
        stores = {}
        for name, find_embedder in places.items():
            stores[name] = Mistakes(str(Path(folder) / name), find_embedder, clock=SystemClock())
            stores[name].replace(whole.lessons)
            stores[name].optimise()
        store, wordless = stores.values()
        print(
            "| way | half | recall@1 | recall@5 | threshold | recall there | precision, paraphrases alone "
            "| precision, near misses too | near misses shown nothing |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for name, way in WAYS.items():
            report(name, whole, store, way, THRESHOLD if way is by_recall else None)
        report("as built, no sentence model", whole, wordless, by_recall, THRESHOLD)
        built = answer(store, whole.reported, by_recall)
        choosing, wording = time_choices(store, whole), time_wording(store, whole)
        teaching, unasked = time_teaching(whole, Path(folder)), count_unasked(store, whole.reported)
        for one in stores.values():
            one.close()
    print(f"\nOther thresholds, reported half, as built; nothing was chosen by them, people are told from {SURE:g}:\n")
    print(
        "| threshold | recall | precision, paraphrases alone | precision, near misses too | near misses shown nothing |"
    )
    print("|---|---|---|---|---|")
    for threshold in OTHERS:
        print(f"| {threshold:g} | {built.show(threshold).cells()} |")
    shown, sure = built.show(THRESHOLD), built.show(SURE)
    print(f"\n{say(shown)}")
    print(f"\nWhere the lesson that is meant is not there, {unasked} of {len(whole.reported)} are shown another one.")
    print(f"\nOf the reported half by category (paraphrases shown their lesson): {by_category(built)}.")
    print_aims(
        [
            at_least("recall@5, reported half", built.recall_at(MOST), 0.9),
            at_least(
                "precision at the threshold, paraphrases alone, reported half", shown.precision_of_paraphrases, 0.9
            ),
            at_least("precision at the threshold, near misses too, reported half", shown.precision, 0.9),
            at_least(
                "precision where people are told, paraphrases alone, reported half", sure.precision_of_paraphrases, 0.9
            ),
            at_most("choosing among the candidates, p95", percentile(choosing, 0.95), 15, "ms"),
            at_most("putting five warnings into words, p95", percentile(wording, 0.95), 50, "ms"),
            at_most("what a run waits for to teach a lesson, p95", percentile(teaching, 0.95), 200, "ms"),
        ]
    )
    print(
        f"\nChoosing: median {median(choosing):.1f} ms; wording {median(wording):.2f}; teaching {median(teaching):.2f}."
    )


def report(
    name: str, whole: LessonSet, store: Mistakes, way: Callable[[Found, Question], Scores], threshold: float | None
) -> None:
    """Print a way's rows, one a half."""
    tuned = answer(store, whole.tuned, way)
    threshold = tuned.lowest() if threshold is None else threshold
    for half, answers in (("tuned", tuned), ("reported", answer(store, whole.reported, way))):
        shown = answers.show(threshold)
        cells = (f"{answers.recall_at(1):.3f}", f"{answers.recall_at(MOST):.3f}", f"{threshold:.3g}")
        print(f"| {name} | {half} | {' | '.join(cells)} | {shown.cells()} |", flush=True)


def say(shown: Shown) -> str:
    return (
        f"Shown in the reported half: {shown.right} right lessons and {shown.wrong} wrong ones to {shown.asked} "
        f"paraphrases, {shown.misled} to {shown.asked} near misses. A near miss names the files and functions of the "
        "lesson itself and has its repair already, or another cause: where the repaired form stands in the text it is "
        "noticed, else nothing short of reading it with understanding tells the two apart. What is shown asks the "
        "model to leave a lesson whose repair is there."
    )


def by_category(answers: Answers) -> str:
    """Return how many paraphrases of each category are shown their lesson."""
    counts: dict[str, list[int]] = {}
    for lesson, scores in zip(answers.lessons, answers.meant, strict=True):
        counts.setdefault(lesson.rpartition("-")[0], []).append(lesson in _over(scores, THRESHOLD))
    return ", ".join(f"{name} {sum(found)} of {len(found)}" for name, found in sorted(counts.items()))


if __name__ == "__main__":
    main()
