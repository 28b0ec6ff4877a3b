"""Kept answers: for the same request of another run, for a while, and never worse than asking."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.models.bench import StillClock
from yantra_bot.domain.conversation import (
    Message,
    ModelAnswer,
    ModelRequest,
    Opaque,
    Role,
    StopReason,
    Text,
    ToolCall,
    ToolSpec,
    Usage,
)
from yantra_bot.runs import answers
from yantra_bot.runs.answers import AnswerCache, KeptAnswer, name_request

REQUEST = ModelRequest("m", "system", (ToolSpec("t", "d", {}),), (Message(Role.USER, (Text("why?"),)),), 100)
ANSWER = ModelAnswer(
    "m",
    (Text("because"), ToolCall("1", "t", {"a": [1]}), Opaque("V", {"block": {}})),
    StopReason.TOOL_CALLS,
    Usage(1, 2, 3, 4),
    0.5,
    "id",
    1.5,
)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def cache(tmp_path: Path, clock: StillClock) -> AnswerCache:
    return AnswerCache(tmp_path / "answers.sqlite", clock, life=3600)


def test_another_run_is_given_what_one_was_answered(cache: AnswerCache, clock: StillClock) -> None:
    """Whole, with the time it was given; the run itself is not."""
    cache.keep(7, REQUEST, ANSWER, run="one")
    assert cache.find(7, REQUEST, run="two") == KeptAnswer(ANSWER, clock.time)
    assert cache.find(7, REQUEST, run="one") is None


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, model="n"),
        replace(REQUEST, system="System"),
        replace(REQUEST, tools=()),
        replace(REQUEST, max_output_tokens=99),
        replace(REQUEST, messages=(Message(Role.USER, (Text("why ?"),)),)),
        replace(REQUEST, messages=(Message(Role.ASSISTANT, (Text("why?"),)),)),
    ],
)
def test_any_other_request_is_another_one(cache: AnswerCache, other: ModelRequest) -> None:
    """Everything that decides an answer is in the key; so is the repository."""
    cache.keep(7, REQUEST, ANSWER, run="one")
    assert cache.find(7, other, run="two") is None
    assert cache.find(8, REQUEST, run="two") is None
    assert name_request(7, REQUEST) == name_request(7, replace(REQUEST))


def test_an_answer_has_a_life(cache: AnswerCache, clock: StillClock) -> None:
    """After it nothing is found, and the row goes with the next one that is kept."""
    cache.keep(7, REQUEST, ANSWER, run="one")
    clock.time += 3600
    assert cache.find(7, REQUEST, run="two") is None


@pytest.mark.parametrize("stop", [StopReason.MAX_TOKENS, StopReason.REFUSAL, StopReason.OTHER])
def test_what_was_cut_off_or_declined_is_asked_again(cache: AnswerCache, stop: StopReason) -> None:
    """Only a whole answer is worth keeping."""
    cache.keep(7, REQUEST, replace(ANSWER, stop_reason=stop), run="one")
    assert cache.find(7, REQUEST, run="two") is None


def test_it_is_bounded(cache: AnswerCache, clock: StillClock) -> None:
    """The oldest go first; one that is too long is not kept at all."""
    cache.keep(7, REQUEST, replace(ANSWER, blocks=(Text("x" * answers.MOST_CHARACTERS),)), run="one")
    assert cache.find(7, REQUEST, run="two") is None
    for number in range(answers.MOST + 1):
        clock.time += 0.001
        cache.keep(number, REQUEST, ANSWER, run="one")
    assert cache.find(0, REQUEST, run="two") is None
    assert cache.find(1, REQUEST, run="two") is not None


def test_a_file_that_cannot_be_used_costs_a_call_and_nothing_else(tmp_path: Path, clock: StillClock) -> None:
    """Broken, a folder, or of another shape."""
    (tmp_path / "broken").write_bytes(b"no database" * 100)
    (tmp_path / "folder").mkdir()
    for name in ("broken", "folder"):
        cache = AnswerCache(tmp_path / name, clock, life=3600)
        cache.keep(7, REQUEST, ANSWER, run="one")
        assert cache.find(7, REQUEST, run="two") is None
        cache.close()
        cache.close()
    shut = AnswerCache(tmp_path / "fine", clock, life=3600)
    shut.close()
    assert shut.find(7, REQUEST, run="two") is None


def test_it_is_the_owners_alone_and_outlives_a_restart(tmp_path: Path, clock: StillClock) -> None:
    """It holds what models said about private code."""
    path = tmp_path / "answers.sqlite"
    first = AnswerCache(path, clock, life=3600)
    first.keep(7, REQUEST, ANSWER, run="one")
    first.close()
    assert path.stat().st_mode & 0o077 == 0
    assert AnswerCache(path, clock, life=3600).find(7, REQUEST, run="two") is not None
