"""Learning in use: what is learned, the gate, the process, kills."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra `learned` is not installed")

from tests.fakes.experiences import fill, fill_faults, install, make_experience  # noqa: E402 (torch may not be there)
from yantra_bot.app.online import run_update  # noqa: E402 (as above)
from yantra_bot.errors import UserError  # noqa: E402 (as above)
from yantra_bot.scoring.layout import FEATURE_VERSION  # noqa: E402 (as above)
from yantra_bot.scoring.network import Network  # noqa: E402 (as above)
from yantra_bot.scoring.replay import Experience, Kind, ReplayBuffer  # noqa: E402 (as above)
from yantra_bot.scoring.score_file import Line, ScoreFile  # noqa: E402 (as above)
from yantra_bot.scoring.versions import Versions  # noqa: E402 (as above)
from yantra_bot.training.injected import MOST_PAIRS, keep_faults  # noqa: E402 (as above)
from yantra_bot.training.judging import ask, judge_version  # noqa: E402 (as above)
from yantra_bot.training.networks import ScoringNetwork  # noqa: E402 (as above)
from yantra_bot.training.online import Material, learn, to_torch, update  # noqa: E402 (as above)

TURNED = Line(-1.0, 0.0)
"""The weights drawn by lot tell tests the wrong way round; with this they tell them well."""


def material(folder: Path, buffer: ReplayBuffer, *, held_out: int = 60) -> Material:
    return Material(buffer, fill(folder / "h", held_out, start=1_000), fill_faults(folder / "f"))


def in_use(versions: Versions) -> ScoreFile:
    path = versions.path()
    assert path is not None
    return ScoreFile.read(path, features=FEATURE_VERSION)


def kept(folder: Path, several: list[Experience]) -> ReplayBuffer:
    buffer = ReplayBuffer(folder)
    for one in several:
        buffer.put(one)
    return buffer


def teach(network: ScoringNetwork, buffer: ReplayBuffer, *, before: int) -> int:
    return learn(network, buffer, buffer.entries(), buffer.entries(), before=before)


def test_what_is_new_is_learned_from_and_adopted_where_it_is_no_worse(tmp_path: Path) -> None:
    """Outcomes that can be told are told better than before; the next look has nothing new."""
    versions = install(tmp_path / "v")
    first = versions.current().version
    given = material(tmp_path, fill(tmp_path / "b", 40))
    came = update(given, versions, at=2.0)
    assert came.entry is not None
    assert came.entry.is_adopted, came.said
    assert came.entry.parent == first
    assert came.entry.figures["brier"] < came.entry.figures["parent_brier"] + 0.005
    assert {"failing_parent_auroc", "faults_parent_brier"} <= came.entry.figures.keys()
    now = versions.current()
    assert (now.version, now.seen, now.successes) == (came.entry.version, 40, 20)
    assert in_use(versions).about.parent == first
    assert update(given, versions, at=3.0).said == "Nothing new to learn from."


@pytest.mark.case("P15")
def test_what_makes_it_worse_is_thrown_away_with_the_reason(tmp_path: Path) -> None:
    """Outcomes that are upside down: the version in use stays, and they are not learned from again."""
    versions = install(tmp_path / "v", passing=TURNED)
    good = versions.current().version
    given = material(tmp_path, fill(tmp_path / "b", 40, upside_down=True))
    came = update(given, versions, at=3.0)
    assert came.entry is not None
    assert not came.entry.is_adopted, came.said
    assert "AUROC" in came.entry.reason
    assert (versions.current().version, versions.current().seen) == (good, 40)
    assert update(given, versions, at=4.0).said == "Nothing new to learn from."


@pytest.mark.parametrize(("held_out", "faults", "said"), [(4, 60, "4 held-out outcomes"), (60, 4, "injected faults")])
def test_without_enough_to_judge_by_nothing_is_learned_and_nothing_is_used_up(
    tmp_path: Path, held_out: int, faults: int, said: str
) -> None:
    """Nobody could tell whether it is worse; what there is to learn is kept for the day that somebody can."""
    versions = install(tmp_path / "v")
    judged = fill(tmp_path / "h", held_out), fill_faults(tmp_path / "f", faults)
    came = update(Material(fill(tmp_path / "b", 6), *judged), versions, at=2.0)
    assert came.said.startswith("Not adopted:")
    assert said in came.said
    assert "too few" in came.said
    assert versions.current().seen == 0


def test_without_a_version_there_is_nothing_to_learn_on_from(tmp_path: Path) -> None:
    """And it says what to do."""
    came = update(material(tmp_path, fill(tmp_path / "b", 4)), Versions(tmp_path / "v"), at=2.0)
    assert "yantra codex export" in came.said


def test_a_head_that_was_never_taught_what_tests_say_needs_enough_to_be_taught_by(tmp_path: Path) -> None:
    """Until then nothing is learned; then its word is shown, where it is better than chance."""
    versions = install(tmp_path / "v", has_passing=False)
    given = material(tmp_path, fill(tmp_path / "b", 60))
    assert "never taught" in update(given, versions, at=2.0).said
    assert versions.current().seen == 0
    fill(tmp_path / "b", 60, start=60)
    came = update(given, versions, at=3.0)
    assert came.entry is not None
    assert came.entry.is_adopted, came.said
    assert in_use(versions).about.has_passing


def test_what_says_no_more_of_tests_than_chance_does_not_show_it(tmp_path: Path) -> None:
    """A file that says the same of everything is no worse than its parent, and its word is not shown."""
    flat = in_use(install(tmp_path / "v"))
    silent = replace(flat, about=replace(flat.about, passing=Line(0.0, 0.0)))
    given = material(tmp_path, fill(tmp_path / "b", 4))
    judged = judge_version(silent, [silent], given.held_out, given.faults)
    assert judged.verdict.is_adopted, judged.verdict.reason
    assert not judged.tells_passing


def test_one_that_calls_nothing_a_fault_any_more_is_not_adopted(tmp_path: Path) -> None:
    """However well it tells what tests say: faults that were put in are judged by, too."""
    old = in_use(install(tmp_path / "v"))
    blind = replace(old, about=replace(old.about, faulty=Line(old.about.faulty.scale, -9.0)))
    given = material(tmp_path, fill(tmp_path / "b", 4))
    judged = judge_version(blind, [old], given.held_out, given.faults)
    assert not judged.verdict.is_adopted
    assert "P(fault) by injected faults, worse" in judged.verdict.reason
    assert judged.verdict.figures["faults_brier"] > judged.verdict.figures["faults_parent_brier"]


def test_it_is_held_against_the_first_and_the_best_too(tmp_path: Path) -> None:
    """One that is no worse than its parent, which was let through worse than those before, is not let through."""
    first = in_use(install(tmp_path / "v"))
    sunk = replace(first, about=replace(first.about, faulty=Line(first.about.faulty.scale, -9.0)))
    given = material(tmp_path, fill(tmp_path / "b", 4))
    assert judge_version(sunk, [sunk], given.held_out, given.faults).verdict.is_adopted
    judged = judge_version(sunk, [sunk, first], given.held_out, given.faults)
    assert not judged.verdict.is_adopted
    assert "root" in judged.verdict.reason


def test_a_step_is_taken_for_each_validated_success_only(tmp_path: Path) -> None:
    """Failures alone move nothing; a batch of what is known comes every fifty."""
    network = to_torch(in_use(install(tmp_path / "v")))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    failing = kept(tmp_path / "a", [make_experience(seed, is_passing=False) for seed in range(5)])
    assert teach(network, failing, before=7) == 7
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    nearly = kept(tmp_path / "b", [replace(make_experience(seed), pass_share=0.95) for seed in range(3)])
    assert teach(network, nearly, before=7) == 10
    assert not all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_successes_alone_teach_nothing_of_faults(tmp_path: Path) -> None:
    """Sound code beside no fault would drive the probability of a fault to 0; the head for tests alone is moved."""
    old = in_use(install(tmp_path / "v"))
    network = to_torch(old)
    teach(network, kept(tmp_path / "a", [make_experience(seed) for seed in range(8)]), before=0)
    came = network.state_dict()
    moved = [name for name, was in old.network.arrays.items() if not torch.equal(came[name], torch.tensor(was))]
    assert sorted(moved) == ["heads.passing.bias", "heads.passing.weight"]


def test_a_batch_with_both_kinds_teaches_both_heads(tmp_path: Path) -> None:
    """Half of it are failures, so that what failed its tests becomes likelier at fault than what passed them."""
    old = in_use(install(tmp_path / "v"))
    network, buffer = to_torch(old), fill(tmp_path / "a", 80)
    entries = buffer.entries()
    for before in range(49, 1_000, 50):
        learn(network, buffer, entries[:1], entries, before=before)
    arrays = {name: np.asarray(value.detach(), np.float32) for name, value in network.state_dict().items()}
    came, was = ask([Network(arrays, old.about.shape), old.network], fill(tmp_path / "h", 20, start=900).read())
    for said in ((came.faulty, was.faulty), (-came.passing, -was.passing)):
        now, before_it = (one[came.bad()].mean() - one[~came.bad()].mean() for one in said)
        assert now > before_it


def test_the_same_experiences_teach_the_same(tmp_path: Path) -> None:
    """Seeds are its count of successes: an update that was killed and begun again comes to the same weights."""
    file, several = in_use(install(tmp_path / "v")), fill(tmp_path / "a", 12)
    found = []
    for _ in range(2):
        network = to_torch(file)
        teach(network, several, before=47)
        found.append(network.state_dict())
    assert all(torch.equal(found[0][name], value) for name, value in found[1].items())


def rule(number: int) -> str:
    """Return a function."""
    return (
        f"def rule_{number}(prices, limit={number}):\n    total = 0\n    for price in prices:\n"
        f"        if price > limit:\n            total += price * {number}\n    return total\n\n\n"
    )


def test_faults_are_put_into_real_functions_once(tmp_path: Path) -> None:
    """Each sound and with a fault; the same set again, until what it is made of changes."""
    sources = tmp_path / "code"
    sources.mkdir()
    (sources / "rules.py").write_text("".join(map(rule, range(3, 9))))
    first = keep_faults(tmp_path / "f", sources)
    kinds = [one.kind for one in first.read()]
    assert len(kinds) >= 4
    assert kinds == [Kind.SOUND, Kind.FAULTY] * (len(kinds) // 2)
    stamps = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "f").glob("*.npz")}
    keep_faults(tmp_path / "f", sources)
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "f").glob("*.npz")} == stamps
    (sources / "rules.py").write_text("")
    assert keep_faults(tmp_path / "f", sources).entries() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_is_full_leaves_no_half_set_of_faults(tmp_path: Path) -> None:
    """What was written of it does not count, and with room it is made anew."""
    sources, folder = tmp_path / "code", tmp_path / "f"
    sources.mkdir()
    folder.mkdir()
    (sources / "rules.py").write_text("".join(map(rule, range(3, 40))))
    mounting = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if subprocess.run(mounting, capture_output=True).returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    try:
        with pytest.raises(OSError, match="No space left"):
            keep_faults(folder, sources)
        subprocess.run(["mount", "-o", "remount,size=16m", str(folder)], check=True)
        assert len(keep_faults(folder, sources).entries()) == 2 * 37
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    install(tmp_path / "v")
    fill(tmp_path / "b", 1)
    (tmp_path / "f").touch()
    said = await run_update(tmp_path / "b", tmp_path / "h", tmp_path / "f" / "faults", tmp_path / "v")
    assert "could not read or write" in said
    assert "Cure" in said


async def test_it_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """It judges by faults in the program's own functions, and says what came; one at a time."""
    versions = install(tmp_path / "v")
    # Made ahead: at a low priority that takes minutes where other tests use the cores.
    keep_faults(tmp_path / "f")
    given = material(tmp_path / "x", fill(tmp_path / "b", 4))
    fill(tmp_path / "h", 60, start=1_000)
    folders = [tmp_path / name for name in "bhfv"]
    with versions.lock():
        with pytest.raises(UserError):
            update(given, versions, at=1.0)
        assert "Another update" in await run_update(*folders)
    assert (await run_update(*folders)).startswith(("Adopted", "Not adopted: P(pass)"))
    assert versions.current().seen == 4
    assert len(ReplayBuffer(tmp_path / "f").entries()) == 2 * MOST_PAIRS


async def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The version in use stays."""
    versions = install(tmp_path / "v")
    fill(tmp_path / "b", 1)
    now = versions.current()
    assert "was ended" in await run_update(*(tmp_path / name for name in "bhfv"), seconds=0.01)
    assert versions.current() == now


@pytest.mark.case("P16")
def test_killed_at_any_point_a_whole_version_is_in_use(tmp_path: Path) -> None:
    """Before, in, and after the update; the next one does what is left."""
    versions = install(tmp_path / "v")
    given = material(tmp_path, fill(tmp_path / "b", 6))
    command = [sys.executable, "-m", "yantra_bot.training.online", *(str(tmp_path / name) for name in "bhgv")]
    for seconds in (0.3, 2.5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(os.environ)) as killed:
            try:
                killed.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                killed.send_signal(signal.SIGKILL)
        in_use(versions)
        assert versions.current().seen in (0, 6)
    update(given, versions, at=9.0)
    assert versions.current().seen == 6
