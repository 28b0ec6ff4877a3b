"""Versions of the learned score: one in use, others to go back to, and why each was taken or not."""

import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from yantra_bot.errors import UserError
from yantra_bot.scoring.calibration import Scores, Truths
from yantra_bot.scoring.gate import better_than_chance, judge
from yantra_bot.scoring.versions import KEPT, RECORDED, Current, Versions


def make(folder: Path, said: str) -> Path:
    file = folder.parent / "made"
    file.write_bytes(said.encode())
    return file


def adopt(versions: Versions, folder: Path, said: str, seen: int = 0) -> str:
    with versions.lock():
        then = Current(seen=seen, successes=seen)
        return versions.adopt(make(folder, said), then, reason=f"{said}.", figures={"auroc": 0.7}, at=1.0).version


def test_a_version_is_used_with_its_parent_and_figures(tmp_path: Path) -> None:
    """The chain is kept, and how far was learned."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    assert versions.path() is None
    first, second = adopt(versions, folder, "one"), adopt(versions, folder, "two", 40)
    path = versions.path()
    assert path is not None
    assert path.read_bytes() == b"two"
    assert versions.current() == Current(second, 40, 40)
    assert [(one.version, one.parent, one.figures["auroc"]) for one in versions.entries()] == [
        (second, first, 0.7),
        (first, "", 0.7),
    ]


def test_going_back_uses_the_parent_again(tmp_path: Path) -> None:
    """Once, or to one by its name; where there is none it says so."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    first, second = adopt(versions, folder, "one"), adopt(versions, folder, "two", 40)
    with versions.lock():
        assert versions.roll_back(at=2.0).version == first
        assert versions.current() == Current(first, 40, 40)
        with pytest.raises(UserError, match="yantra codex versions"):
            versions.roll_back(at=3.0)
        assert versions.roll_back(second, at=4.0).version == second
        with pytest.raises(UserError, match="no version"):
            versions.roll_back("../../etc", at=5.0)


def test_what_was_not_adopted_is_recorded_with_the_reason_and_not_used(tmp_path: Path) -> None:
    """It is not tried again either: what was learned from counts as seen."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    first = adopt(versions, folder, "one")
    with versions.lock():
        refused = versions.refuse(make(folder, "bad"), Current(seen=9), reason="Worse.", figures={}, at=2.0)
    assert (versions.current().version, versions.current().seen) == (first, 9)
    assert versions.entries()[0].reason == "Worse."
    assert versions.path(refused.version) is None
    assert not (folder / refused.version).exists()


def test_weights_that_were_changed_are_not_used(tmp_path: Path) -> None:
    """By their hash."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    first = adopt(versions, folder, "one")
    (folder / first / "score.safetensors").write_bytes(b"other")
    assert versions.path() is None


def test_long_past_versions_are_deleted(tmp_path: Path) -> None:
    """Ten are kept; the record of them is."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    for number in range(KEPT + 4):
        adopt(versions, folder, f"v{number}")
    assert len([one for one in folder.iterdir() if one.is_dir()]) == KEPT
    assert len(versions.entries()) == KEPT + 4


def test_the_version_in_use_is_never_forgotten(tmp_path: Path) -> None:
    """However many were refused since: it is found with its weights, and so are those that it began with."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    with versions.lock():
        root = versions.give(make(folder, "root"), at=1.0)
    assert root is not None
    parent, used = adopt(versions, folder, "parent"), adopt(versions, folder, "used")
    with versions.lock():
        for number in range(RECORDED + 20):
            versions.refuse(make(folder, f"bad {number}"), versions.current(), reason="Worse.", figures={}, at=2.0)
        assert versions.path() is not None
        assert [one.version for one in versions.lineage()] == [used, parent, root.version]
        assert len(versions.entries()) == RECORDED + 3
        assert versions.roll_back(at=3.0).version == parent
        assert versions.roll_back(at=4.0).version == root.version
        assert [one.version for one in versions.lineage()] == [root.version]


def test_the_root_and_the_best_stay_however_many_follow(tmp_path: Path) -> None:
    """They are what a new version is held against."""
    folder = tmp_path / "v"
    versions = Versions(folder)
    with versions.lock():
        root = versions.give(make(folder, "root"), at=1.0)
        made = [
            versions.adopt(
                make(folder, f"v{number}"),
                Current(),
                reason="Good.",
                figures={"auroc": 0.9 if number == 2 else 0.6},
                at=2.0,
            )
            for number in range(2 * KEPT)
        ]
    assert root is not None
    kept = [one.version for one in versions.lineage() if versions.path(one.version) is not None]
    assert len(kept) == KEPT
    assert {root.version, made[2].version, made[-1].version, made[-2].version} <= set(kept)


def test_one_update_at_a_time(tmp_path: Path) -> None:
    """The second is told so."""
    with Versions(tmp_path).lock(), pytest.raises(UserError, match="Another update"), Versions(tmp_path).lock():
        pass


WRITER = """
import sys
from pathlib import Path
from yantra_bot.scoring.versions import Current, Versions
folder = Path(sys.argv[1])
versions, file, number = Versions(folder), folder.parent / "made", 0
with versions.lock():
    print("at work", flush=True)
    while True:
        number += 1
        file.write_bytes(b"v%d" % number * 5000)
        versions.adopt(file, Current(seen=number), reason="r", figures={}, at=1.0)
        print(number, flush=True)
"""


@pytest.mark.case("P14")
def test_kill_at_any_point_leaves_a_version_that_can_be_used(tmp_path: Path) -> None:
    """Twelve kills at moments drawn by lot: each time the one in use is whole, known, and the lock is free."""
    folder, chance = tmp_path / "v", np.random.default_rng(0)
    versions = Versions(folder)
    for _ in range(12):
        command = [sys.executable, "-c", WRITER, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as writer:
            assert writer.stdout is not None
            for _ in range(2 + int(chance.integers(6))):
                writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        path, current = versions.path(), versions.current()
        assert path is not None
        assert path.read_bytes() == b"v%d" % current.seen * 5000
        assert versions.find(current.version) is not None


def scores(truths: Truths, strength: float, seed: int) -> Scores:
    noise = np.random.default_rng(seed).normal(size=len(truths))
    return np.asarray(1 / (1 + np.exp(-(strength * (truths - 0.5) + noise))))


def test_a_version_that_is_not_worse_passes_the_gate_and_a_worse_one_does_not() -> None:
    """By AUROC and Brier on the same outcomes."""
    truths = np.arange(300) % 3 == 0
    old = scores(truths, 2.0, 1)
    assert judge(old, {"parent": old}, truths).is_adopted
    better = judge(scores(truths, 4.0, 1), {"parent": old}, truths)
    assert better.is_adopted
    assert better.figures["auroc"] > better.figures["parent_auroc"]
    worse = judge(scores(truths, 0.5, 1), {"parent": old}, truths)
    assert not worse.is_adopted
    assert "AUROC" in worse.reason
    overbold = np.clip(np.round(old), 0.001, 0.999) * 0.5 + old * 0.0
    assert not judge(overbold, {"parent": old}, truths).is_adopted


@pytest.mark.parametrize(("count", "each"), [(39, 3), (300, 299), (0, 1)])
def test_too_few_outcomes_adopt_nothing(count: int, each: int) -> None:
    """Nothing can be told of it."""
    truths = np.arange(count) % each == 0
    found = judge(np.full(count, 0.5), {"parent": np.full(count, 0.5)}, truths)
    assert not found.is_adopted
    assert "too few" in found.reason


def test_what_is_no_number_is_not_adopted() -> None:
    """Weights that ran away."""
    truths = np.arange(300) % 3 == 0
    assert not judge(np.full(300, np.nan), {"parent": np.full(300, 0.5)}, truths).is_adopted


def test_many_small_losses_do_not_add_up() -> None:
    """One that its parent would let through is held against what all of them began with, too."""
    truths = np.arange(800) % 2 == 0
    steps = [scores(truths, strength, 1) for strength in np.linspace(2.0, 1.2, 30)]
    assert all(judge(new, {"parent": old}, truths).is_adopted for old, new in pairwise(steps))
    found = judge(steps[-1], {"parent": steps[-2], "root": steps[0]}, truths)
    assert not found.is_adopted
    assert found.figures["root_auroc"] > found.figures["auroc"]
    assert "root" in found.reason


def test_what_is_no_better_than_chance_is_told() -> None:
    """By the lower bound; of too few nothing is known."""
    truths = np.arange(300) % 3 == 0
    assert (better_than_chance(scores(truths, 2.0, 1), truths) or 0) > 0
    assert (better_than_chance(scores(truths, 0.0, 3), truths) or 0) < 0
    assert better_than_chance(scores(truths[:30], 2.0, 1), truths[:30]) is None
