"""Learning in use as it is run: which score file is in use, when an update is due, what is told of versions."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.experiences import SHAPE, fill
from tests.fakes.scoring import make_weights
from tests.unit.runs.test_learner import SCORED
from yantra_bot.app.home import Home
from yantra_bot.app.learning import (
    ScoreInUse,
    buffer_of,
    describe_versions,
    learn_once,
    learning,
    open_learner,
    versions_of,
)
from yantra_bot.app.online import WITHOUT_TORCH
from yantra_bot.clock import SystemClock
from yantra_bot.collective.outbox import Outbox
from yantra_bot.domain.scores import ScoreModel
from yantra_bot.errors import UserError
from yantra_bot.scoring.layout import FEATURE_VERSION
from yantra_bot.scoring.score_file import About, ScoreFile, hash_file, pin, write_score_file
from yantra_bot.scoring.versions import GIVEN, Versions
from yantra_bot.settings import Settings


def write(file: Path, seed: int = 0) -> Path:
    write_score_file(file, make_weights(SHAPE, seed), About(features=FEATURE_VERSION, shape=SHAPE))
    return file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state").lay_out()


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return write(tmp_path / "given.safetensors")


def settings_of(given: Path | None, *, score_learning: bool = True) -> Settings:
    return Settings(score_file=given, score_learning=score_learning)


def file_of(model: ScoreModel | None) -> Path | None:
    return None if model is None else model.file


def found_by(settings: Settings, home: Home) -> Path | None:
    return file_of(ScoreInUse(settings, home)())


def test_it_is_off_by_default(home: Home, given: Path) -> None:
    """The score file is used as it is, and nothing is kept."""
    settings = settings_of(given, score_learning=False)
    assert open_learner(settings, home, SystemClock()) is None
    assert learning(settings, home, SystemClock()) == []
    assert found_by(settings, home) == given
    assert not home.learned.exists()


async def test_what_was_set_up_is_taken_once_and_another_one_replaces_what_was_learned(home: Home, given: Path) -> None:
    """A file that the operator changes is the one in use, whatever was learned on from the one before."""
    found = ScoreInUse(settings_of(given), home)
    assert file_of(found()) == given
    said = await learn_once(home, ScoreModel(given), at=1.0)
    assert said.startswith("0 new changes")
    versions = Versions(versions_of(home))
    first = versions.current().version
    assert file_of(found()) == versions.path()
    assert versions.is_given(first)
    with versions.lock():
        learned = versions.adopt(
            write(home.folder / "more", 1), versions.current(), reason="Better.", figures={}, at=2.0
        )
    await learn_once(home, ScoreModel(given), at=3.0)
    assert versions.current().version == learned.version
    assert not versions.is_given(learned.version)
    path = file_of(found())
    assert path is not None
    assert learned.version in path.parts
    await learn_once(home, ScoreModel(write(given, 2)), at=4.0)
    assert versions.entries()[0].reason == GIVEN
    assert versions.is_given(versions.current().version)
    assert file_of(found()) == versions.path()


async def test_a_version_that_was_changed_on_the_disk_is_not_used(home: Home, given: Path) -> None:
    """What was set up is."""
    await learn_once(home, ScoreModel(given), at=1.0)
    path = Versions(versions_of(home)).path()
    assert path is not None
    path.write_bytes(b"another thing")
    assert found_by(settings_of(given), home) == given


async def test_a_score_file_that_is_none_is_not_taken(home: Home, given: Path) -> None:
    """It says why, with the cure; nothing is in use that cannot be read."""
    given.write_bytes(b"no weights")
    with pytest.raises(UserError, match="Cure: "):
        await learn_once(home, ScoreModel(given), at=1.0)
    assert Versions(versions_of(home)).path() is None


async def test_what_failed_does_not_count_for_an_update(home: Home, given: Path) -> None:
    """A step is taken for each success alone."""
    fill(buffer_of(home), 18)
    assert (await learn_once(home, ScoreModel(given), at=1.0)).startswith("9 new changes")


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="torch is installed")
def test_without_torch_the_log_says_so_once(home: Home, given: Path) -> None:
    """With the cure; what is seen is kept all the same, for the day that it is there."""
    with capture_logs() as logs:
        assert learning(settings_of(given), home, SystemClock()) == []
    assert [line["problem"] for line in logs] == [WITHOUT_TORCH]
    assert open_learner(settings_of(given), home, SystemClock()) is not None


def test_versions_are_told_with_the_reason(home: Home, given: Path) -> None:
    """Adopted or not; before there is any, what to do."""
    assert "YANTRA_SCORE_LEARNING" in describe_versions(home)
    versions = Versions(versions_of(home))
    with versions.lock():
        versions.give(given, at=86_400.0)
        first = versions.current().version
        versions.refuse(write(home.folder / "x", 5), versions.current(), reason="Worse.", figures={}, at=2 * 86_400.0)
    newest, oldest = describe_versions(home).splitlines()
    assert newest.endswith(f"1970-01-03 00:00  not adopted  from {first}: Worse.")
    assert oldest == f"{first}  1970-01-02 00:00  in use  from nothing: {GIVEN}"


async def test_a_worker_cannot_empty_the_outbox_by_naming_another_version(home: Home, tmp_path: Path) -> None:
    """What waits is of the operator's score file; what a worker says is of another is not shared."""
    given = write(tmp_path / "given.safetensors")
    settings = Settings(
        state_folder=tmp_path,
        score_file=given,
        collective=True,
        collective_url="https://c.example",
        collective_key="ab" * 32,
        collective_enrolment_key="e" * 48,  # type: ignore[arg-type] (a text becomes a secret)
    )
    learner = open_learner(settings, home, SystemClock())
    assert learner is not None
    version = ScoreFile.read(given, features=FEATURE_VERSION).version[:12]
    for claimed in (version, "0123456789ab", version[:1], ""):
        await learner.learn(replace(SCORED, model=claimed), 1.0)
    outbox = Outbox(home.collective)
    origin = outbox.origin()
    assert origin is not None
    assert origin.base == version
    assert len(outbox.waiting()) == 2


def test_the_next_worker_is_handed_the_file_with_its_hash(home: Home, given: Path) -> None:
    """As it is now; by the file beside it where there is one, and by the setting before that."""
    found = ScoreInUse(settings_of(given, score_learning=False), home)
    first = hash_file(given)
    assert found() == ScoreModel(given, first)
    second = hash_file(write(given, 3))
    assert found() == ScoreModel(given, second)
    pin(given)
    write(given, 4)
    assert found() == ScoreModel(given, second)
    pinned = Settings(score_file=given, score_sha256=first)
    assert ScoreInUse(pinned, home)() == ScoreModel(given, first)


async def test_another_file_than_the_pinned_one_is_not_learned_on_from(home: Home, given: Path) -> None:
    """It says so, with the cure, and nothing is in use."""
    with pytest.raises(UserError, match=r"not the file that was pinned.*YANTRA_SCORE_SHA256"):
        await learn_once(home, ScoreModel(given, "0" * 64), at=1.0)
    assert Versions(versions_of(home)).path() is None
