"""Learning in use: what is learned, the gate, the process, kills."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the extra `learned` is not installed")

from tests.fakes.experiences import fill, install, make_experience  # noqa: E402 (torch may not be there)
from yantra_bot.app.online import run_update  # noqa: E402 (as above)
from yantra_bot.errors import UserError  # noqa: E402 (as above)
from yantra_bot.scoring.layout import FEATURE_VERSION  # noqa: E402 (as above)
from yantra_bot.scoring.score_file import ScoreFile  # noqa: E402 (as above)
from yantra_bot.training.online import learn, read_network, update  # noqa: E402 (as above)


def test_what_is_new_is_learned_from_and_adopted_where_it_is_no_worse(tmp_path: Path) -> None:
    """Outcomes that can be told are told better than before; the next look has nothing new."""
    versions = install(tmp_path / "v")
    first = versions.current().version
    buffer, held = fill(tmp_path / "b", 40), fill(tmp_path / "h", 40, start=1_000)
    came = update(buffer, held, versions, at=2.0)
    assert came.entry is not None
    assert came.entry.is_adopted, came.said
    assert came.entry.parent == first
    assert came.entry.figures["brier"] < came.entry.figures["parent_brier"] + 0.005
    now = versions.current()
    assert (now.version, now.seen) == (came.entry.version, 40)
    assert now.successes == 16
    path = versions.path()
    assert path is not None
    assert ScoreFile.read(path, features=FEATURE_VERSION).about.parent == first
    assert update(buffer, held, versions, at=3.0).said == "Nothing new to learn from."


@pytest.mark.case("P15")
def test_what_makes_it_worse_is_thrown_away_with_the_reason(tmp_path: Path) -> None:
    """Outcomes that are upside down: the version in use stays, and they are not learned from again."""
    versions = install(tmp_path / "v")
    held, good = fill(tmp_path / "h", 40, start=1_000), versions.current().version
    poisoned = fill(tmp_path / "b", 40, upside_down=True)
    came = update(poisoned, held, versions, at=3.0)
    assert came.entry is not None
    assert not came.entry.is_adopted, came.said
    assert "AUROC" in came.entry.reason
    assert (versions.current().version, versions.current().seen) == (good, 40)
    assert update(poisoned, held, versions, at=4.0).said == "Nothing new to learn from."


def test_without_enough_held_out_nothing_is_adopted(tmp_path: Path) -> None:
    """Nobody could tell whether it is worse."""
    versions = install(tmp_path / "v")
    came = update(fill(tmp_path / "b", 6), fill(tmp_path / "h", 4), versions, at=2.0)
    assert came.said.startswith("Not adopted:")
    assert "too few" in came.said


def test_without_a_version_there_is_nothing_to_learn_on_from(tmp_path: Path) -> None:
    """And it says what to do."""
    from yantra_bot.scoring.versions import Versions

    came = update(fill(tmp_path / "b", 4), fill(tmp_path / "h", 4), Versions(tmp_path / "v"), at=2.0)
    assert "yantra codex export" in came.said


def test_a_step_is_taken_for_each_validated_success_only(tmp_path: Path) -> None:
    """Failures alone move nothing; a batch of what is known comes every fifty."""
    versions = install(tmp_path / "v")
    path = versions.path()
    assert path is not None
    network = read_network(path, ScoreFile.read(path, features=FEATURE_VERSION))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    failing = [make_experience(seed, is_passing=False) for seed in range(5)]
    assert learn(network, failing, failing, before=7) == 7
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    nearly = [replace(make_experience(seed), pass_share=0.95) for seed in range(3)]
    assert learn(network, nearly, nearly, before=7) == 10
    assert not all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_the_same_experiences_teach_the_same(tmp_path: Path) -> None:
    """Seeds are its count of successes: an update that was killed and begun again comes to the same weights."""
    versions = install(tmp_path / "v")
    path = versions.path()
    assert path is not None
    several, found = [make_experience(seed) for seed in range(6)], []
    for _ in range(2):
        network = read_network(path, ScoreFile.read(path, features=FEATURE_VERSION))
        learn(network, several, several, before=47)
        found.append(network.state_dict())
    assert all(torch.equal(found[0][name], value) for name, value in found[1].items())


async def test_it_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """And says what came of it; one at a time."""
    versions = install(tmp_path / "v")
    fill(tmp_path / "b", 4)
    fill(tmp_path / "h", 4, start=1_000)
    with versions.lock(), pytest.raises(UserError):
        update(fill(tmp_path / "x", 1), fill(tmp_path / "x", 1), versions, at=1.0)
    assert (await run_update(tmp_path / "b", tmp_path / "h", tmp_path / "v")).startswith(("Adopted", "Not adopted"))
    assert versions.current().seen == 4


async def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The version in use stays."""
    versions = install(tmp_path / "v")
    fill(tmp_path / "b", 1)
    now = versions.current()
    assert "was ended" in await run_update(tmp_path / "b", tmp_path / "h", tmp_path / "v", seconds=0.01)
    assert versions.current() == now


@pytest.mark.case("P16")
def test_killed_at_any_point_a_whole_version_is_in_use(tmp_path: Path) -> None:
    """Before, in, and after the update; the next one does what is left."""
    versions = install(tmp_path / "v")
    buffer, held = fill(tmp_path / "b", 6), fill(tmp_path / "h", 4, start=1_000)
    command = [sys.executable, "-m", "yantra_bot.training.online", *(str(tmp_path / name) for name in "bhv")]
    for seconds in (0.3, 2.5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ)) as killed:
            try:
                killed.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                killed.send_signal(signal.SIGKILL)
        path = versions.path()
        assert path is not None
        ScoreFile.read(path, features=FEATURE_VERSION)
        assert versions.current().seen in (0, 6)
    update(buffer, held, versions, at=9.0)
    assert versions.current().seen == 6
