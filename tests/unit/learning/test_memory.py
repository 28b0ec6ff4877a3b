"""The memory as runs know it, over a real store: it answers whatever is wrong, and forgets what it is told to."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.memories import WordModel, ask, make_lesson, make_occurrence
from yantra_bot.clock import SystemClock
from yantra_bot.errors import Transient
from yantra_bot.learning.memory import StoredMemory
from yantra_bot.learning.store.mistakes import Mistakes

RETRY = "retry the request without a pause"
PAGES = "count the pages of the list from zero"


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[StoredMemory]:
    model = WordModel()
    memory = StoredMemory(Mistakes(str(tmp_path / "memory"), lambda: model, clock=SystemClock()))
    yield memory
    await memory.close()


async def test_what_was_learnt_is_recalled(memory: StoredMemory) -> None:
    """A lesson that was told is answered with; before anything was, nothing is, and nothing is wrong."""
    empty = await memory.recall(ask(RETRY))
    assert (empty.reminders, empty.problem) == ((), "")
    await memory.learn([make_occurrence("one", RETRY), make_occurrence("two", PAGES)])
    recalled = await memory.recall(ask(RETRY))
    assert recalled.reminders[0].lesson.tried == RETRY
    assert recalled.nearest is not None


async def test_lessons_are_named_by_their_id_or_by_words_and_forgotten(memory: StoredMemory) -> None:
    """Every word has to be there, and no repository names or takes away what is another's."""
    await memory.learn([make_occurrence("one", RETRY, at=1), make_occurrence("two", f"{RETRY} twice", at=2)])
    await memory.learn([make_occurrence("three", RETRY, repository=8)])
    retry = make_lesson(RETRY)
    assert [one.tried for one in await memory.named(7, "Retrying requests")] == [f"{RETRY} twice", RETRY]
    assert [one.tried for one in await memory.named(7, f" {retry.id} ")] == [RETRY]
    for words in ("", "the", "retry elsewhere", make_lesson(RETRY, repository=8).id):
        assert await memory.named(7, words) == ()
    assert await memory.forget(7, [retry.id, make_lesson(RETRY, repository=8).id, "unknown"]) == 1
    assert [one.tried for one in memory.store.lessons(repository=7)] == [f"{RETRY} twice"]
    assert len(list(memory.store.lessons(repository=8))) == 1


async def test_a_run_goes_on_without_a_memory_that_cannot_be_read(memory: StoredMemory, tmp_path: Path) -> None:
    """Whatever is wrong with the store, recalling says so with the cure; what is told is to be told again."""
    (tmp_path / "memory").write_text("no folder")
    recalled = await memory.recall(ask(RETRY))
    assert recalled.reminders == ()
    with pytest.raises(Transient, match="Cure:"):
        await memory.learn([make_occurrence("one", RETRY)])


async def test_a_new_sentence_model_reads_lessons_beside_the_runs(tmp_path: Path) -> None:
    """Lessons that were learnt without a model are recalled by their words, and by meaning once it has read them."""
    before = StoredMemory(Mistakes(str(tmp_path), lambda: None, clock=SystemClock()))
    await before.learn([make_occurrence("one", RETRY)])
    await before.close()
    memory = StoredMemory(Mistakes(str(tmp_path), WordModel, clock=SystemClock()))
    first = await memory.recall(ask(RETRY))
    assert first.problem.startswith("1 past mistakes are found by their words alone")
    while memory.store.is_behind:
        await asyncio.sleep(0.01)
    assert (await memory.recall(ask(RETRY))).problem == ""
    await memory.close()
