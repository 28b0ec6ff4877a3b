"""Lessons and their sentence model: a missing one, an unfit one, another one, and one of another dimension."""

import threading
from pathlib import Path

from tests.fakes.memories import WordModel, ask, make_lesson, make_occurrence
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Standing
from yantra_bot.errors import UserError
from yantra_bot.learning.store.mistakes import Mistakes
from yantra_bot.learning.store.opened import MOST_FILES
from yantra_bot.retrieval.embedding.embedder import Embedder

RETRY = "retry the request without a pause"
PAGES = "count the pages of the list from zero"


def open_store(folder: Path, model: Embedder | None) -> Mistakes:
    return Mistakes(str(folder), lambda: model, clock=SystemClock())


def fill(folder: Path, model: Embedder | None) -> None:
    store = open_store(folder, model)
    store.learn([make_occurrence("one", RETRY), make_occurrence("two", PAGES)])
    store.close()


def test_without_a_model_words_are_searched_and_it_is_said(tmp_path: Path) -> None:
    """A memory without a sentence model finds lessons by their words, with the cure beside them."""
    fill(tmp_path, None)
    found = open_store(tmp_path, None).find(ask("a pause before requests"))
    assert [(one.lesson.tried, one.meaning) for one in found.candidates] == [(RETRY, None)]
    assert "by their words alone" in found.problem
    assert "Cure: `make setup`" in found.problem
    assert open_store(tmp_path, None).stats().problem == found.problem


def test_an_unfit_model_is_as_none_and_its_cure_is_said(tmp_path: Path) -> None:
    """A folder that is no sentence model leaves the words, and says what is wrong with it."""
    fill(tmp_path, WordModel())

    def find_none() -> Embedder | None:
        raise UserError("There is no embedding model in /there. Cure: set another folder.")

    found = Mistakes(str(tmp_path), find_none, clock=SystemClock()).find(ask(RETRY))
    assert [one.lesson.tried for one in found.candidates] == [RETRY]
    assert found.problem.endswith("There is no embedding model in /there. Cure: set another folder.")


def test_what_was_learnt_without_a_model_is_embedded_when_there_is_one(tmp_path: Path) -> None:
    """Lessons of before are found by their words meanwhile, by meaning after upkeep, each read once."""
    fill(tmp_path, None)
    model = WordModel()
    store = open_store(tmp_path, model)
    found = store.find(ask("a pause before requests"))
    assert [(one.lesson.tried, one.meaning) for one in found.candidates] == [(RETRY, None)]
    assert found.problem.startswith("2 past mistakes are found by their words alone")
    assert store.is_behind
    store.optimise()
    found = store.find(ask("a pause before requests"))
    assert found.problem == ""
    assert not store.is_behind
    assert {one.lesson.tried for one in found.candidates if one.meaning is not None} == {RETRY, PAGES}
    store.optimise()
    assert len(model.read) == 2


def test_another_model_reads_everything_anew(tmp_path: Path) -> None:
    """Vectors of one model are never compared with those of another, of the same size or not."""
    fill(tmp_path, WordModel())
    for other in (WordModel(name="other"), WordModel(name="wide", dimension=96)):
        store = open_store(tmp_path, other)
        before = store.find(ask(RETRY))
        assert {one.meaning for one in before.candidates} == {None}
        assert store.stats().without_vector == 2
        assert store.embed_missing() == 2
        after = {one.lesson.tried: one.meaning for one in store.find(ask(RETRY)).candidates}
        assert (after[RETRY] or 0) > (after[PAGES] or 0)
        assert store.stats().without_vector == 0
        store.close()


def test_a_text_that_stays_is_not_embedded_again(tmp_path: Path) -> None:
    """Counting, standing and examples that are not embedded cost no reading; another text does."""
    model = WordModel()
    store = open_store(tmp_path, model)
    store.learn([make_occurrence("one", RETRY)])
    store.learn([make_occurrence("two", RETRY, at=200)])
    store.replace([make_lesson(RETRY, standing=Standing.DOUBTFUL)])
    assert len(model.read) == 1
    store.replace([make_lesson(RETRY, worked="ask the client to retry")])
    assert len(model.read) == 2
    assert "ask the client to retry" in model.read[-1]
    meaning = store.find(ask(model.read[-1])).candidates[0].meaning
    assert meaning is not None
    assert meaning > 0.99


def test_many_writes_are_joined_so_that_a_search_opens_few_files(tmp_path: Path) -> None:
    """What each write adds is joined once there is much of it; nothing of it is lost or counted twice."""
    store = open_store(tmp_path, WordModel())
    for number in range(MOST_FILES + 1):
        store.learn([make_occurrence(f"occurrence {number}", RETRY, at=100.0 + number)])
    assert store.is_behind
    assert files(tmp_path, "fixes") > MOST_FILES
    store.keep_up(threading.Event())
    assert not store.is_behind
    assert (files(tmp_path, "fixes"), files(tmp_path, "mistakes")) == (1, 1)
    assert [one.frequency for one in store.lessons()] == [MOST_FILES + 1]


def files(folder: Path, table: str) -> int:
    return len(list((folder / f"{table}.lance" / "data").iterdir()))
