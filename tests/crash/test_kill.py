"""Real kills: a child process with an engine dies by SIGKILL, and the next one finishes its run."""

import json
import signal
from pathlib import Path

import pytest

from tests.crash.harness import House, World, run_child
from yantra_bot.domain.run import Phase

POINTS = ["before-work", "during-work", "after-work", "after-record", "after-step"]


def finish(folder: Path, story: str = "three_steps", **options: object) -> dict:
    """Run a child that is not killed; return what it printed."""
    done = run_child(folder, story, **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.case("L01")
@pytest.mark.parametrize("point", POINTS)
def test_a_model_that_answered_is_never_asked_again(tmp_path: Path, point: str) -> None:
    """Killed at any moment of the model step, the run ends once; only what was never stored is asked again."""
    killed = run_child(tmp_path, "three_steps", kill=f"model#1@{point}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    ending = finish(tmp_path)["ending"]
    world = World(tmp_path)
    again = point in ("during-work", "after-work")
    assert world.effects().count("model#1") == (2 if again else 1)
    assert (world.effects().count("read#1"), world.effects().count("write#1")) == (1, 1)
    assert (ending["phase"], ending["reason"]) == ("Complete", f"answer {2 if again else 1}")


@pytest.mark.case("L01")
def test_a_run_that_is_killed_in_every_step_still_ends_once(tmp_path: Path) -> None:
    """Three kills in a row, in three steps, cost one repetition at most where the work itself was cut."""
    for point in ("read#1@after-step", "model#1@after-record", "write#1@during-work"):
        assert run_child(tmp_path, "three_steps", kill=point).returncode == -signal.SIGKILL
    assert finish(tmp_path)["ending"]["reason"] == "answer 1"
    assert finish(tmp_path)["ending"]["reason"] == "answer 1"
    assert World(tmp_path).effects() == ["read#1", "model#1", "write#1", "write#1"]
    house = House(tmp_path)
    assert [phase for phase, _ in house.records.timeline("run-1")].count(Phase.COMPLETE) == 1
    assert house.records.active() == ()
    house.close()


@pytest.mark.case("L13")
def test_a_run_that_kills_the_process_each_time_is_given_up(tmp_path: Path) -> None:
    """After five deaths without progress the run ends Failed, the person is told, and the process lives."""
    deaths = 0
    while run_child(tmp_path, "poison", always="always", wait_for="told").returncode == -signal.SIGKILL:
        deaths += 1
        assert deaths <= 5
    assert deaths == 5
    house = House(tmp_path)
    ending = house.records.ending("run-1")
    house.close()
    assert ending is not None
    assert ending.phase is Phase.FAILED
    assert [effect for effect in World(tmp_path).effects() if effect.startswith("told")] == [
        f"told run-1: {ending.reason}"
    ]
