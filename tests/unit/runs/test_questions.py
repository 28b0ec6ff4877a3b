"""Kept answers to questions: for those that ask the same of the same code by the same means, and for a day."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.models.bench import StillClock
from yantra_bot.domain.conversation import ToolSpec
from yantra_bot.domain.explanations import Citation, Explanation
from yantra_bot.runs import questions
from yantra_bot.runs.questions import Asked, Earlier, Floats, QuestionCache

ASKED = Asked(7, "one", "Where is `add` called?", "c0ffee", "m", "system", (ToolSpec("t", "d", {}),), "issue 1")
AGAIN = replace(ASKED, run="two", text="In which file do we call `add()`?")
ANSWER = Explanation("There [1].", ((1, Citation("a.py", 2, "add()")),), confidence=0.9)


class Meaning:
    """A sentence model that finds all alike, but for what it is told is far from everything."""

    def __init__(self) -> None:
        self.far: set[str] = set()
        self.width = 2

    def embed_query(self, text: str, *, limit: int | None = None) -> Floats:
        assert limit == questions.TOKENS
        return np.eye(self.width, dtype=np.float32)[int(text in self.far)]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def meaning() -> Meaning:
    return Meaning()


@pytest.fixture
def cache(tmp_path: Path, clock: StillClock, meaning: Meaning) -> QuestionCache:
    return QuestionCache(tmp_path / "questions.sqlite", clock, meaning, life=3600)


def test_another_run_is_given_the_answer_to_a_question_that_asks_the_same(
    cache: QuestionCache, clock: StillClock
) -> None:
    """With the earlier question and its time; the run itself is not."""
    cache.keep(ASKED, ANSWER)
    assert cache.find(AGAIN) == Earlier(ASKED.text, "one", clock.time, ANSWER)
    assert cache.find(replace(AGAIN, run="one")) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(AGAIN, repository=8),
        replace(AGAIN, commit="decade"),
        replace(AGAIN, model="n"),
        replace(AGAIN, system="System"),
        replace(AGAIN, tools=()),
        replace(AGAIN, text="Where is `sub` called?"),
        replace(AGAIN, text="Where is it called?"),
    ],
)
def test_all_that_an_answer_depends_on_is_in_the_key(cache: QuestionCache, other: Asked) -> None:
    """Another repository, commit, model, system text, tool or question."""
    cache.keep(ASKED, ANSWER)
    assert cache.find(other) is None


def test_what_names_no_code_belongs_to_its_place(cache: QuestionCache) -> None:
    """And is not known at all where there is none."""
    asked = replace(ASKED, text="Where is the limit set?")
    cache.keep(asked, ANSWER)
    again = replace(asked, run="two", text="Where do we set the limit?")
    assert cache.find(again) is not None
    assert cache.find(replace(again, place="issue 2")) is None
    cache.keep(replace(asked, place=""), ANSWER)
    assert cache.find(replace(again, place="")) is None


def test_what_the_sentence_model_finds_far_apart_is_not_given(cache: QuestionCache, meaning: Meaning) -> None:
    """Both opinions have to agree; vectors of another model are no opinion."""
    cache.keep(ASKED, ANSWER)
    meaning.far.add(AGAIN.text)
    assert cache.find(AGAIN) is None
    meaning.far.clear()
    meaning.width = 3
    assert cache.find(AGAIN) is None


def test_it_has_a_life_and_a_push_ends_it(cache: QuestionCache, clock: StillClock) -> None:
    """Of the repository that was pushed to alone."""
    other = replace(ASKED, repository=8)
    for one in (ASKED, other):
        cache.keep(one, ANSWER)
    cache.forget(7)
    assert cache.find(AGAIN) is None
    assert cache.find(replace(AGAIN, repository=8)) is not None
    clock.time += 3600
    assert cache.find(replace(AGAIN, repository=8)) is None


def test_it_is_bounded(cache: QuestionCache, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first; an answer that is too long is not kept at all."""
    monkeypatch.setattr(questions, "MOST", 3)
    cache.keep(ASKED, replace(ANSWER, text="x" * questions.MOST_CHARACTERS))
    assert cache.find(AGAIN) is None
    for number in range(4):
        clock.time += 1
        cache.keep(replace(ASKED, repository=number), ANSWER)
    assert [cache.find(replace(AGAIN, repository=number)) is not None for number in range(4)] == [
        False,
        True,
        True,
        True,
    ]


def test_the_newest_answer_counts(cache: QuestionCache, clock: StillClock) -> None:
    """`--fresh` asks anew, and what it was told is given from then on."""
    cache.keep(ASKED, ANSWER)
    clock.time += 1
    cache.keep(replace(ASKED, run="fresh"), replace(ANSWER, text="Here [1]."))
    found = cache.find(AGAIN)
    assert found is not None
    assert found.answer.text == "Here [1]."


def test_a_file_that_cannot_be_used_costs_a_call_and_nothing_else(
    tmp_path: Path, clock: StillClock, meaning: Meaning
) -> None:
    """Broken, a folder, or closed."""
    (tmp_path / "broken").write_bytes(b"no database" * 100)
    (tmp_path / "folder").mkdir()
    for name in ("broken", "folder", "fine"):
        cache = QuestionCache(tmp_path / name, clock, meaning, life=3600)
        if name == "fine":
            cache.close()
        cache.keep(ASKED, ANSWER)
        cache.forget(7)
        assert cache.find(AGAIN) is None
        cache.close()


def test_it_is_the_owners_alone(cache: QuestionCache, tmp_path: Path) -> None:
    """It holds what models said about private code."""
    cache.keep(ASKED, ANSWER)
    assert (tmp_path / "questions.sqlite").stat().st_mode & 0o077 == 0
