"""Lessons as examples to train a model on: a conversation each, in the form that vendors take for chat models. Pure."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from yantra_bot.domain.lessons import Lesson, Standing

SYSTEM: Final = "You repair code. You are shown what was tried and how it failed; answer with what works."
_SHOWN: Final = frozenset({Standing.ACTIVE})


def write_examples(lessons: Iterable[Lesson]) -> Iterator[str]:
    """Yield a line of JSON for each lesson that shows both what was wrong and what is right, without line ends."""
    for lesson in lessons:
        if (asked := _ask(lesson)) and (answered := _answer(lesson)):
            roles = (("system", SYSTEM), ("user", asked), ("assistant", answered))
            yield json.dumps({"messages": [{"role": role, "content": text} for role, text in roles]})


def _ask(lesson: Lesson) -> str:
    """Return the task, the wrong attempt and its error; empty where there is no attempt."""
    if lesson.standing not in _SHOWN or not (lesson.wrong or (lesson.tried and lesson.failed)):
        return ""
    parts = (lesson.tried, _fence(lesson.wrong), f"It fails:\n{lesson.failed}" if lesson.failed else "")
    return "\n\n".join(part for part in parts if part)


def _answer(lesson: Lesson) -> str:
    return "\n\n".join(part for part in (lesson.worked, _fence(lesson.right)) if part) if lesson.right else ""


def _fence(code: str) -> str:
    return f"```\n{code}\n```" if code else ""
