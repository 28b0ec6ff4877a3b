"""The lessons and the situations that recall is to be measured on are whole."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from yantra_bot.domain.lessons import Category
from yantra_bot.domain.redaction import find_shapes

DATA = Path(__file__).parents[3] / "benchmarks" / "data"


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def test_each_lesson_that_is_asked_for_has_a_paraphrase_and_a_near_miss() -> None:
    """At least 150 of each over all categories, and a third of the store that nobody asks for."""
    lessons, questions = read("lessons.jsonl"), read("lesson_questions.jsonl")
    asked = {one["id"] for one in lessons if not one.get("distractor")}
    assert len(lessons) == len({one["id"] for one in lessons})
    assert Counter(one["lesson"] for one in questions) == dict.fromkeys(asked, 1)
    assert len(asked) >= 150
    assert len(lessons) - len(asked) >= 0.3 * len(lessons)
    assert {one["id"].rpartition("-")[0] for one in lessons} == set(Category)
    for kind in ("paraphrase", "near_miss"):
        assert {one[kind]["kind"] for one in questions} == {"failure", "task"}
        assert len({one[kind]["text"] for one in questions}) == len(questions)


def test_none_holds_what_looks_like_a_secret() -> None:
    """They are shown, searched and shipped."""
    for name in ("lessons.jsonl", "lesson_questions.jsonl"):
        assert find_shapes((DATA / name).read_text(encoding="utf-8")) == []
