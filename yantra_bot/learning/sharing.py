"""What of a lesson leaves its repository: an anonymised copy that is nobody's. Pure.

Only what both repositories agreed to: the one that shares, and the one that takes shared lessons.
"""

from dataclasses import replace
from typing import Final

from yantra_bot.domain.lessons import Lesson, Occurrence, Scope, name_lesson, name_occurrence
from yantra_bot.learning.places import find_own_names
from yantra_bot.learning.sanitise import anonymise

NOBODYS: Final = -1
"""The repository of shared lessons; 0 is a local folder's."""


def anonymise_lesson(lesson: Lesson, repository: int, *, file: str = "") -> Lesson:
    """Return a lesson without names of the business, code, place or counts of showings, for another repository.

    `file` is where the mistake was made.
    """
    texts = (lesson.tried, lesson.failed, lesson.worked, lesson.wrong, lesson.right)
    tried, failed, worked, wrong, right = anonymise(
        texts, own=find_own_names(texts, [node.name for node in lesson.nodes], file)
    )
    return replace(
        lesson,
        id=name_lesson(repository, lesson.signature),
        scope=Scope(repository, lesson.scope.language, lesson.scope.family),
        tried=tried,
        failed=failed,
        worked=worked,
        wrong=wrong,
        right=right,
        nodes=(),
        source="",
        shown=0,
        helped=0,
        is_shared=True,
    )


def share(occurrence: Occurrence) -> Occurrence:
    """Return what other repositories may learn of an occurrence; told twice, it is the same one."""
    lesson = anonymise_lesson(occurrence.lesson, NOBODYS, file=occurrence.file)
    return Occurrence(name_occurrence("shared", occurrence.id), lesson, is_fixed=occurrence.is_fixed)
