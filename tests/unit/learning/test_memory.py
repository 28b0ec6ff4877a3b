"""The memory as runs know it, over a real store: it answers whatever is wrong, and forgets what it is told to."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.memories import Floats, WordModel, ask, make_lesson, make_occurrence
from yantra_bot.clock import SystemClock
from yantra_bot.domain.lessons import Judgement, Showing, Standing
from yantra_bot.errors import Transient, tell_operator
from yantra_bot.learning.memory import StoredMemory
from yantra_bot.learning.recall import SAME
from yantra_bot.learning.sharing import NOBODYS, share
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


async def test_what_a_person_confirms_stays_so_whatever_upkeep_had_against_it(memory: StoredMemory) -> None:
    """Useless, old and contradicted: it counts as seen and as not shown yet, and its contradiction is retired."""
    await memory.learn([make_occurrence("one", RETRY, worked=PAGES), make_occurrence("two", PAGES, worked=RETRY)])
    holds, falls = make_lesson(RETRY), make_lesson(PAGES)
    memory.store.replace([replace(falls, standing=Standing.DOUBTFUL)])
    await memory.note([Showing(holds.id, f"run {one}", False, 101.0) for one in range(8)])
    now = 400 * 24 * 3600.0
    assert "1 archived, 0 doubted, 1 retired" in await memory.tend(now)
    await memory.judge(Judgement(holds.id, Standing.ACTIVE, now))
    for _ in range(2):
        await memory.tend(now + 24 * 3600.0)
        assert memory.store.known([holds.id])[holds.id].standing is Standing.ACTIVE
    await memory.note([Showing(holds.id, "run 8", True, now + 1)])
    kept = memory.store.known([holds.id])[holds.id]
    assert (kept.shown, kept.helped, kept.last_seen) == (1, 1, now)


async def test_what_contradicts_what_a_person_confirms_is_retired(memory: StoredMemory) -> None:
    """Neither is doubted again; whoever confirms the other one turns it round."""
    await memory.learn([make_occurrence("one", RETRY, worked=PAGES), make_occurrence("two", PAGES, worked="leave it")])
    one, two = make_lesson(RETRY).id, make_lesson(PAGES).id
    for number, (holds, falls) in enumerate([(one, two), (two, one)]):
        await memory.judge(Judgement(holds, Standing.ACTIVE, 200.0 + number))
        assert "0 doubted" in await memory.tend(300.0)
        found = memory.store.known([holds, falls])
        assert (found[holds].standing, found[falls].standing) == (Standing.ACTIVE, Standing.RETIRED)


async def test_the_id_of_a_merged_lesson_is_still_its_name(memory: StoredMemory) -> None:
    """For who names, judges and forgets it, and who meets its error; digits that are nobody's id are no words."""
    await memory.learn([make_occurrence("one", RETRY), make_occurrence("two", PAGES)])
    kept, gone = make_lesson(RETRY), make_lesson(PAGES)
    memory.store.merge(kept, [gone.id])
    assert [one.id for one in await memory.named(7, f"`{gone.id}`")] == [kept.id]
    assert await memory.named(8, gone.id) == ()
    asked = await memory.recall(ask("something else", signature=gone.signature))
    assert [(one.lesson.id, one.similarity) for one in asked.reminders] == [(kept.id, SAME)]
    await memory.judge(Judgement(gone.id, Standing.DOUBTFUL, 200.0))
    assert [one.standing for one in memory.store.lessons()] == [Standing.DOUBTFUL]
    assert await memory.forget(7, [gone.id]) == 1
    assert list(memory.store.lessons()) == []


async def test_what_was_shared_of_a_forgotten_lesson_goes_with_it(memory: StoredMemory) -> None:
    """Where it comes of nobody else, and of what was merged into it too; what others have met stays."""
    own = [make_occurrence("one", RETRY), make_occurrence("two", PAGES)]
    await memory.learn([*own, *map(share, own)])
    kept, gone = make_lesson(RETRY).id, make_lesson(PAGES).id
    memory.store.merge(make_lesson(RETRY), [gone])
    other = make_occurrence("three", PAGES, repository=8)
    await memory.learn([other, share(other)])
    assert await memory.forget(7, [kept]) == 1
    assert {one.scope.repository: one.tried for one in memory.store.lessons()} == {8: PAGES, NOBODYS: PAGES}
    assert await memory.forget(8, [other.lesson.id]) == 1
    assert [one.frequency for one in memory.store.lessons()] == [2], "of which one is no longer known whose it was"


async def test_who_names_or_forgets_is_not_held_up_by_a_store_that_hangs(tmp_path: Path) -> None:
    """They are told how to go on; what answers again answers."""
    answers = threading.Event()

    def wait() -> None:
        answers.wait()

    before = StoredMemory(Mistakes(str(tmp_path), lambda: None, clock=SystemClock()))
    await before.learn([make_occurrence("one", RETRY)])
    await before.close()
    store = Mistakes(str(tmp_path), wait, clock=SystemClock())
    hanging, memory = StoredMemory(store, answers_within=0.01), StoredMemory(store)
    try:
        with pytest.raises(Transient, match="Cure: ask again"):
            await hanging.named(7, RETRY)
        with pytest.raises(Transient, match="Cure: ask again"):
            await hanging.forget(7, [make_lesson(RETRY).id])
    finally:
        answers.set()
    await hanging.close()
    await memory.learn([make_occurrence("one", RETRY)])
    assert len(await memory.named(7, RETRY)) == 1
    await memory.close()


class Tired(WordModel):
    """A sentence model that has no memory left, the first time."""

    def embed(self, texts: Sequence[str], *, limit: int | None = None) -> Floats:
        self.read += texts
        if len(self.read) == len(texts):
            raise Transient("no memory left")
        return super().embed(texts)


async def test_what_could_not_keep_up_tries_again(tmp_path: Path) -> None:
    """Some time later; not with each question until then."""
    before = StoredMemory(Mistakes(str(tmp_path), lambda: None, clock=SystemClock()))
    await before.learn([make_occurrence("one", RETRY)])
    await before.close()
    for again, is_behind in ((3600.0, True), (0.0, False)):
        model = Tired()
        memory = StoredMemory(
            Mistakes(str(tmp_path), lambda model=model: model, clock=SystemClock()), keeps_up_again=again
        )
        for _ in range(2):
            await memory.recall(ask(RETRY))
            while memory.is_keeping_up:
                await asyncio.sleep(0.01)
        assert memory.store.is_behind is is_behind
        await memory.close()


async def test_a_run_goes_on_without_a_memory_that_cannot_be_read(memory: StoredMemory, tmp_path: Path) -> None:
    """What is told is to be told again, and its cure is for the operator: none stands in what a run shows."""
    (tmp_path / "memory").write_text("no folder")
    recalled = await memory.recall(ask(RETRY))
    assert recalled.reminders == ()
    with pytest.raises(Transient, match="memory of mistakes") as caught:
        await memory.learn([make_occurrence("one", RETRY)])
    assert str(tmp_path) not in str(caught.value)
    assert str(tmp_path) in tell_operator(caught.value)
    assert "Cure: " in tell_operator(caught.value)


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
