"""From what the store finds to what a run is shown: what is similar enough, the most useful of it first. Pure.

Whether a lesson is shown is a question of similarity alone (`similarity`): age and usefulness order what fits, and
never lift anything over the threshold or drop it below.
"""

import math
from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.lessons import Lesson, Moment, Question, Recalled, Reminder, Severity, Standing
from yantra_bot.learning.candidates import Candidate, Found
from yantra_bot.learning.similarity import SURE, THRESHOLD, judge, measure_overlap

HALF_LIFE: Final = 180 * 24 * 3600.0
"""Seconds without being seen after which a lesson weighs half: the six months after which upkeep may archive it."""
OLDEST_WEIGHT: Final = 0.25
"""What age leaves at least, so that an old lesson that fits well still comes before a new one that fits badly."""
OTHER_FAMILY: Final = 0.8
"""What a mistake of another family of models weighs: it may not be one that this one makes."""
SEVERITIES: Final = {Severity.CRITICAL: 1.2, Severity.MAJOR: 1.0, Severity.MINOR: 0.85}
REPETITION: Final = 0.7
"""What a lesson loses, at most, that says what one before it says."""
SAME: Final = 1.0
"""Similarity of an error that has the signature of the question's."""
SAME_CODE: Final = 0.5
"""What is left of the difference where a lesson is about a symbol that the question is about, too."""


def recall(found: Found, question: Question, *, threshold: float | None = None) -> Recalled:
    """Return what fits the question, `question.most` at most of both sorts; in the order of usefulness.

    Without a threshold: THRESHOLD where a model is told, SURE where people are, of a review's finding or of a doubt.
    """
    told = threshold if threshold is not None else SURE if question.moment is Moment.REVIEW else THRESHOLD
    asked = threshold if threshold is not None else SURE
    candidates = [one for one in _distinct(found.candidates) if one.lesson.id not in question.ignored]
    if not candidates:
        return Recalled(problem=found.problem)
    similarities = [
        _know_better(candidate, question, similarity)
        for candidate, similarity in zip(candidates, judge(question.text, candidates), strict=True)
    ]
    fitting = [
        Reminder(candidate.lesson, similarity)
        for candidate, similarity in zip(candidates, similarities, strict=True)
        if similarity >= (asked if candidate.lesson.standing is Standing.DOUBTFUL else told)
    ]
    return Recalled(
        reminders=_choose([one for one in fitting if one.lesson.standing is Standing.ACTIVE], question),
        doubtful=_choose([one for one in fitting if one.lesson.standing is Standing.DOUBTFUL], question),
        nearest=max(similarities),
        problem=found.problem,
    )


def _know_better(candidate: Candidate, question: Question, similarity: float) -> float:
    """Return a similarity with what no text says: that it is the same error, or that it is about the same code."""
    lesson = candidate.lesson
    if candidate.is_same_error or _is_same_error(lesson, question):
        return SAME
    is_own = lesson.scope.repository == question.repository and not lesson.is_shared
    is_there = is_own and any(node.name in question.symbols for node in lesson.nodes)
    return 1 - (1 - similarity) * SAME_CODE if is_there else similarity


def rank(found: Found, question: Question) -> tuple[Reminder, ...]:
    """Return every candidate with its similarity, the most similar first, whatever the threshold."""
    candidates = _distinct(found.candidates)
    judged = zip(candidates, judge(question.text, candidates), strict=True)
    return tuple(sorted((Reminder(one.lesson, value) for one, value in judged), key=_by_similarity))


def measure_use(reminder: Reminder, question: Question) -> float:
    """Return how useful a reminder is likely to be, more than 0: fit, age, whether it helped, for whom, how grave."""
    lesson = reminder.lesson
    family = 1.0 if lesson.scope.family in ("", question.family) or not question.family else OTHER_FAMILY
    helps = 0.5 + lesson.help_rate
    return reminder.similarity * decay(lesson, question.now) * helps * family * SEVERITIES[lesson.severity]


def decay(lesson: Lesson, now: float) -> float:
    """Return what age leaves of a lesson's weight, in [OLDEST_WEIGHT, 1]."""
    age = max(now - lesson.last_seen, 0.0)
    return OLDEST_WEIGHT + (1 - OLDEST_WEIGHT) * math.pow(0.5, age / HALF_LIFE)


def _choose(fitting: Sequence[Reminder], question: Question) -> tuple[Reminder, ...]:
    """Return the most useful ones, each less useful the more it repeats of those before it."""
    left = {one.lesson.id: one for one in sorted(fitting, key=_by_similarity)}
    uses = {key: measure_use(one, question) for key, one in left.items()}
    repeated = dict.fromkeys(left, 0.0)
    chosen: list[Reminder] = []
    while left and len(chosen) < question.most:
        best = max(left, key=lambda key: uses[key] * (1 - REPETITION * repeated[key]))
        taken = left.pop(best)
        chosen.append(taken)
        for key in [key for key, one in left.items() if _have_one_signature(one.lesson, taken.lesson)]:
            del left[key]
        for key, one in left.items():
            repeated[key] = max(repeated[key], measure_overlap(one.lesson, taken.lesson))
    return tuple(chosen)


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return each lesson once, in an order that does not depend on the search's."""
    ordered = sorted(candidates, key=lambda one: (one.lesson.id, one.meaning or -1.0, one.words))
    return list({one.lesson.id: one for one in ordered}.values())


def _by_similarity(reminder: Reminder) -> tuple[float, str]:
    return -reminder.similarity, reminder.lesson.id


def _is_same_error(lesson: Lesson, question: Question) -> bool:
    return bool(question.signature) and lesson.signature == question.signature


def _have_one_signature(one: Lesson, other: Lesson) -> bool:
    return bool(one.signature) and one.signature == other.signature
