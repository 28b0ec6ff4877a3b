"""The labelled set of lessons and of questions about them, in two fixed halves: one to tune on, one to report.

benchmarks/data/lessons.jsonl holds 225 lessons, of which 75 are asked for by nobody; lesson_questions.jsonl holds for
each of the others a situation in which the same mistake is about to be made, in other words (a paraphrase), and one
that looks like it and is no such mistake (a near miss). Both were written by somebody who had not seen how recall
works. The half of a question follows from its lesson's id.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from yantra_bot.domain.lessons import Category, Lesson, Moment, Question, Scope, Severity

DATA: Final = Path(__file__).parent / "data"
REPOSITORY: Final = 1
NOW: Final = 1_795_000_000.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Two situations about one lesson."""

    lesson: Lesson
    paraphrase: Question
    near_miss: Question


@dataclass(frozen=True, slots=True)
class LessonSet:
    """Everything, and the questions of both halves."""

    lessons: tuple[Lesson, ...]
    tuned: tuple[Asked, ...]
    reported: tuple[Asked, ...]


def read_lesson_set() -> LessonSet:
    """Return the whole set."""
    lessons = {row["id"]: make_lesson(row) for row in _read("lessons.jsonl")}
    asked = [
        Asked(
            lessons[row["lesson"]],
            ask(row["paraphrase"], lessons[row["lesson"]]),
            ask(row["near_miss"], lessons[row["lesson"]]),
        )
        for row in _read("lesson_questions.jsonl")
    ]
    asked.sort(key=lambda one: hashlib.sha256(one.lesson.id.encode()).digest())
    half = len(asked) // 2
    return LessonSet(tuple(lessons.values()), tuple(asked[:half]), tuple(asked[half:]))


def make_lesson(row: dict[str, Any]) -> Lesson:
    """Return a lesson of the set, as a store would hold it."""
    return Lesson(
        id=row["id"],
        scope=Scope(REPOSITORY, row["language"], "claude"),
        category=Category(row["id"].rpartition("-")[0]),
        severity=Severity.MAJOR,
        **{field: row[field] for field in ("tried", "failed", "worked", "wrong", "right")},
        signature=hashlib.sha256(row["id"].encode()).hexdigest()[:16],
        first_seen=NOW,
        last_seen=NOW,
    )


def ask(situation: dict[str, str], lesson: Lesson) -> Question:
    """Return a situation as the memory is asked about it: the language is known, the signature is another's."""
    return Question(
        text=situation["text"],
        moment=Moment(situation["kind"]),
        repository=REPOSITORY,
        now=NOW,
        family="claude",
        languages=(lesson.scope.language,),
    )


def find_unasked(whole: LessonSet) -> Sequence[Lesson]:
    """Return the lessons that the reported half does not ask for: what may be counted when something is tuned."""
    reported = {one.lesson.id for one in whole.reported}
    return [lesson for lesson in whole.lessons if lesson.id not in reported]


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
