"""Lessons are kept with what came of them; whatever goes wrong is logged, and the run goes on."""

import asyncio
import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from tests.fakes.scoring import make_batch
from tests.unit.scoring.scores import SCORE
from yantra_bot.clock import SystemClock
from yantra_bot.collective.client import Client, ClientSettings
from yantra_bot.domain.graph import Language
from yantra_bot.domain.scores import Lesson
from yantra_bot.runs.learner import HELD_OUT, Buffers, Learner
from yantra_bot.scoring.numbers import write_numbers
from yantra_bot.scoring.replay import Kind, ReplayBuffer


def lesson(seed: int, origin: str = f"{1:016x}") -> Lesson:
    embedding = np.zeros(128, np.float32)
    embedding[seed] = 1.0
    numbers = write_numbers(make_batch(seed, scored=1, nodes=(3,)), embedding)
    assert numbers is not None
    return Lesson(Language.PYTHON, 2, ("query", "close"), base64.b64encode(numbers).decode(), origin)


SCORED = replace(SCORE, model="0123456789ab", lessons=(lesson(1), lesson(2)))


@pytest.fixture
def buffers(tmp_path: Path) -> Buffers:
    return Buffers(ReplayBuffer(tmp_path / "buffer"), ReplayBuffer(tmp_path / "held_out", most=3))


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(tmp_path / "shared", ClientSettings("https://c.example", "ab" * 32, "e" * 48), SystemClock())


async def test_lessons_are_kept_here_and_for_others(buffers: Buffers, client: Client) -> None:
    """Steps that are on no list of what may be said stay here."""
    await Learner(buffers, client, is_common=bool).learn(SCORED, 0.95)
    assert [(one.pass_share, one.kind) for one in buffers.taught.read()] == [(0.95, Kind.NEARLY)] * 2
    assert [(one.steps, one.is_passing, one.complexity) for one in client.outbox.waiting()] == [
        (("query",), False, 2)
    ] * 2


async def test_what_was_learned_on_here_is_not_shared(buffers: Buffers, client: Client) -> None:
    """Nobody else could read its embeddings, and the shared model cannot either."""
    learner = Learner(buffers, client, is_common=lambda version: version == "another")
    await learner.learn(SCORED, 1.0)
    assert len(buffers.taught.entries()) == 2
    assert client.outbox.waiting() == []
    assert await learner.ask(SCORED) == SCORED


async def test_part_of_a_version_empties_no_outbox(buffers: Buffers, client: Client) -> None:
    """A worker that names its first digit only is believed by nobody, and what waits goes on waiting."""
    learner = Learner(buffers, client, is_common=SCORED.model.startswith)
    for claimed in (SCORED.model, SCORED.model[:1], ""):
        await learner.learn(replace(SCORED, model=claimed), 1.0)
    assert len(client.outbox.waiting()) == 2


async def test_several_runs_at_once_lose_nothing(buffers: Buffers, client: Client) -> None:
    """One process writes, from several threads."""
    learner = Learner(buffers, client, is_common=bool)
    scores = [replace(SCORED, lessons=(lesson(seed),)) for seed in range(20)]
    await asyncio.gather(*(learner.learn(one, 1.0) for one in scores))
    assert [one.number for one in buffers.taught.entries()] == list(range(1, 21))
    assert len(client.outbox.waiting()) == 20


async def test_a_folder_that_cannot_be_written_ends_no_run(tmp_path: Path, buffers: Buffers) -> None:
    """It is logged."""
    (tmp_path / "buffer").rmdir()
    (tmp_path / "buffer").write_text("no folder")
    with capture_logs() as logs:
        await Learner(buffers, None, is_common=bool).learn(SCORED, 1.0)
    assert [line["event"] for line in logs] == ["a change was not learned from"] * 2


async def test_numbers_that_are_none_are_logged(buffers: Buffers, client: Client) -> None:
    """What was kept wrongly is not learned from, and the next lesson is."""
    broken = replace(SCORED, lessons=(replace(lesson(1), numbers="AAAA"), lesson(2)))
    with capture_logs() as logs:
        learner = Learner(buffers, client, is_common=bool)
        await learner.learn(broken, 1.0)
        assert await learner.ask(broken) == broken
    assert len(buffers.taught.entries()) == 1
    assert [line["log_level"] for line in logs] == ["warning"]


async def test_what_is_judged_by_is_chosen_by_the_file_and_never_learned_from(buffers: Buffers) -> None:
    """Whatever came of it, and as often as it comes again; no more are kept than were asked for."""
    learner = Learner(buffers, None, is_common=bool)
    for number in range(2 * HELD_OUT):
        for share in (1.0, 0.0):
            await learner.learn(replace(SCORED, lessons=(lesson(1, f"{number:016x}"),)), share)
    assert len(buffers.taught.entries()) == 4 * (HELD_OUT - 1)
    assert [one.kind for one in buffers.held_out.entries()] == [Kind.FAILED, Kind.PASSED, Kind.FAILED]
