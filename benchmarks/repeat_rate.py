"""Repeats of mistakes with and without the memory: a simulated repository's life, the real store, recall and rendering.

    python -m benchmarks.repeat_rate

A life has 200 tasks, one a day. Half of them are worded so that a mistake of a class lies near: a scripted model makes
it at a base rate, unless it was shown a warning of that very class and obeys it, with probability p. What it makes is
learnt at once, in the words of the failure, which no later task has: tasks are the paraphrases of the half of
benchmarks/lesson_set.py that nothing was tuned on. Another third are tasks that have nothing to do with any class,
the rest near misses, in which the mistake is not made and a warning is false. A warning counts as shown where the text
that a model is given has the link of its lesson. A repeat is a mistake of a class that was made before in that life.
With and without memory the tasks and the rolls of the dice are the same, so that the difference is the memory's.
"""

import random
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from benchmarks.aims import Aim, print_aims
from benchmarks.lesson_set import NOW, Asked, LessonSet, read_lesson_set
from yantra_bot import artefacts
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Lesson, Moment, Occurrence, Question, Showing, name_lesson, sign
from yantra_bot.learning.recall import recall
from yantra_bot.learning.rendering import show_reminders
from yantra_bot.learning.sanitise import sanitise
from yantra_bot.learning.similarity import SURE, THRESHOLD
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.retrieval.embedding.embedder import Embedder, load_embedder

TASKS, SEEDS = 200, 5
BASE_RATE = 0.7
OBEYS, AIMED = (0.5, 0.8, 1.0), 0.8
CLASSES = 20
"""Classes of a life: each comes up some five times."""
DAY = 86_400.0
GOAL = 0.4


class Kind(StrEnum):
    """What a task is to the memory."""

    PRONE = "prone"
    """A mistake of a class lies near."""
    NEAR_MISS = "near miss"
    UNRELATED = "unrelated"


SHARES = {Kind.PRONE: 0.5, Kind.NEAR_MISS: 0.15, Kind.UNRELATED: 0.35}


@dataclass(frozen=True, slots=True)
class Task:
    """One day's task: what is asked, the lesson of the mistake that lies near, and the dice."""

    kind: Kind
    question: Question
    lesson: Lesson
    """Of a prone task: what is learnt where the mistake is made."""
    slips: float
    obeys: float


@dataclass(slots=True)
class Life:
    """What happened."""

    tasks: Counter[Kind] = field(default_factory=Counter)
    false: Counter[Kind] = field(default_factory=Counter)
    """Warnings of another class than the task's, by the kind of task."""
    mistakes: int = 0
    repeats: int = 0
    chances: int = 0
    """Tasks in which a mistake lay near that had been made before."""
    warned: int = 0
    """Of those, how many were shown the right lesson."""


def plan(whole: LessonSet, seed: int) -> list[Task]:
    """Return the tasks of a life."""
    dice = random.Random(seed)
    classes = dice.sample([one for one in whole.reported if one.paraphrase.moment is Moment.TASK], CLASSES)
    other = [one.paraphrase for one in whole.tuned if one.paraphrase.moment is Moment.TASK]
    near = [one for one in classes if one.near_miss.moment is Moment.TASK]
    return [_plan_one(dice, classes, other, near, day) for day in range(TASKS)]


def _plan_one(
    dice: random.Random, classes: Sequence[Asked], other: Sequence[Question], near: Sequence[Asked], day: int
) -> Task:
    kind = dice.choices(list(SHARES), list(SHARES.values()))[0]
    slips, obeys, now = dice.random(), dice.random(), NOW + day * DAY
    prone, missed, aside = dice.choice(classes), dice.choice(near), dice.choice(other)
    question = {Kind.PRONE: prone.paraphrase, Kind.NEAR_MISS: missed.near_miss, Kind.UNRELATED: aside}[kind]
    return Task(kind, replace(question, now=now), learn_from(prone.lesson, now), slips, obeys)


def learn_from(lesson: Lesson, now: float) -> Lesson:
    """Return what a failed run leaves of a mistake: sanitised, signed by its error, with the run's address."""
    signature = sign(lesson.category, f"{lesson.id} {lesson.failed}")
    identity = name_lesson(lesson.scope.repository, signature)
    source = f"https://github.example/acme/shop/pull/{int(identity[:6], 16)}"
    return replace(
        lesson,
        id=identity,
        tried=sanitise(lesson.tried),
        failed=sanitise(lesson.failed),
        worked=sanitise(lesson.worked),
        wrong=sanitise(lesson.wrong),
        right=sanitise(lesson.right),
        signature=signature,
        source=source,
        first_seen=now,
        last_seen=now,
    )


def live(tasks: Sequence[Task], store: Mistakes | None, obeys: float, threshold: float = THRESHOLD) -> Life:
    """Go through the tasks of a life, with a memory or without one."""
    life, made = Life(), set[str]()
    for number, task in enumerate(tasks):
        shown = _warn(store, task.question, threshold) if store else frozenset()
        own = task.lesson.id if task.kind is Kind.PRONE else ""
        life.tasks[task.kind] += 1
        life.false[task.kind] += len(shown - {own})
        errs = bool(own) and task.slips < BASE_RATE and not (own in shown and task.obeys < obeys)
        life.chances += own in made
        life.warned += own in made and own in shown
        life.mistakes += errs
        life.repeats += errs and own in made
        if errs:
            made.add(own)
        if store:
            _tell(store, f"run {number}", task, shown, errs=errs)
    return life


def _warn(store: Mistakes, question: Question, threshold: float) -> frozenset[str]:
    """Return the lessons that the text which a model is given has the link of."""
    reminders = recall(store.find(question), question, threshold=threshold).reminders
    text = "\n".join(part for pair in show_reminders(reminders) for part in pair)
    return frozenset(one.lesson.id for one in reminders if one.lesson.source in text)


def _tell(store: Mistakes, run: str, task: Task, shown: frozenset[str], *, errs: bool) -> None:
    if errs:
        store.learn([Occurrence(f"{run} {task.lesson.id}", task.lesson, run)])
    if shown:
        made = {task.lesson.id} if errs else set()
        store.note([Showing(one, run, has_helped=one not in made, at=task.question.now) for one in sorted(shown)])


@dataclass(frozen=True, slots=True)
class Outcome:
    """Lives at one probability of obeying, each beside the same life without a memory."""

    obeys: float
    threshold: float
    without: Sequence[Life]
    having: Sequence[Life]

    @property
    def shares(self) -> list[float]:
        """Repeats with memory of those without, a life each."""
        return [one.repeats / off.repeats for one, off in zip(self.having, self.without, strict=True)]

    @property
    def share(self) -> float:
        """The same over all lives."""
        return sum(one.repeats for one in self.having) / sum(one.repeats for one in self.without)

    def row(self) -> str:
        without, having = (_spread([one.repeats for one in lives]) for lives in (self.without, self.having))
        lowest, *_, highest = sorted(self.shares)
        return (
            f"| {self.obeys:g} | {self.threshold:g} | {without} | {having} | {self.share:.0%} "
            f"| {lowest:.0%} to {highest:.0%} | {self.warned:.0%} | {1 - self.obeys:.0%} |"
        )

    @property
    def warned(self) -> float:
        """Share of the tasks with a known mistake near that were warned of it."""
        return sum(one.warned for one in self.having) / sum(one.chances for one in self.having)

    def false_row(self, kind: Kind) -> str:
        tasks, false = sum(one.tasks[kind] for one in self.having), sum(one.false[kind] for one in self.having)
        return f"| {kind} | {self.threshold:g} | {tasks} | {false} | {false / tasks:.2f} |"


class Remembering:
    """A sentence model that embeds a question once: the tasks of a life come back, and so do lives."""

    def __init__(self, model: Embedder) -> None:
        self.name, self.digest, self.dimension, self.limit = model.name, model.digest, model.dimension, model.limit
        self.embed = model.embed
        self.embed_query = lru_cache(maxsize=None)(model.embed_query)


def _spread(counts: Sequence[int]) -> str:
    return f"{statistics.mean(counts):.1f} ± {statistics.stdev(counts):.1f}"


def main() -> None:
    whole = read_lesson_set()
    model = Remembering(load_embedder(artefacts.path("embedding-model"), threads=1))
    lives = [plan(whole, seed) for seed in range(SEEDS)]
    without = [live(tasks, None, 0.0) for tasks in lives]
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for obeys, threshold in [*((one, THRESHOLD) for one in OBEYS), (AIMED, SURE)]:
            having = []
            for number, tasks in enumerate(lives):
                place = str(Path(folder) / f"{obeys} {threshold} {number}")
                store = Mistakes(place, lambda: model, clock=SystemClock())
                having.append(live(tasks, store, obeys, threshold))
                store.close()
            outcomes.append(Outcome(obeys, threshold, without, having))
    print(
        f"{SEEDS} lives of {TASKS} tasks over {CLASSES} classes, base rate {BASE_RATE:g}; mean and standard deviation "
        f"of lives. The threshold is {THRESHOLD:g}; {SURE:g} stands beside it for what it would spare and cost.\n"
    )
    print("| p | threshold | repeats without | repeats with | share | lives | warned of the known | were all warned |")
    print("|---|---|---|---|---|---|---|---|")
    for outcome in outcomes:
        print(outcome.row(), flush=True)
    print("\n| task, p = 0.8 | threshold | tasks | false warnings | a task |\n|---|---|---|---|---|")
    aimed = [one for one in outcomes if one.obeys == AIMED]
    for outcome in aimed:
        for kind in Kind:
            print(outcome.false_row(kind))
    share = aimed[0].share
    print_aims(
        [Aim(f"repeats beside those without memory, p = {AIMED:g}", f"≤ {GOAL:.0%}", f"{share:.0%}", share <= GOAL)]
    )


if __name__ == "__main__":
    main()
