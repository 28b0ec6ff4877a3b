"""The central training: makes a version, watches it with a tenth, hands it to all or withdraws it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.collective_world import World, flip, make_world
from yantra_bot.collective.head import Head, make_head, miss, read_head, tell_apart
from yantra_bot.collective.identity import WEEK_SECONDS, week_of
from yantra_bot.collective.job import run_job
from yantra_bot.collective.releasing import Verdict, compare, is_better, is_first
from yantra_bot.collective.service import choose_version
from yantra_bot.collective.store import ALL, FIRST, GONE, Store

NOW = 1_796_000_000.0
CLIENTS = 8


@pytest.fixture
def world() -> World:
    return make_world(np.random.default_rng(4), clients=CLIENTS)


def tell(store: Store, world: World, *, at: float, count: int = 150, is_upside_down: bool = False) -> None:
    chance = np.random.default_rng(int(at) % 1_000)
    for place in range(CLIENTS):
        patterns = world.draw(place, count, chance)
        told = flip(patterns, chance) if is_upside_down else patterns
        store.add(week_of(at), f"{place:064x}", told, at=at, most=10_000)


def test_a_version_is_made_reaches_a_tenth_and_then_all(tmp_path: Path, world: World) -> None:
    """Better than nothing on what it has not learned from, and again on what came since."""
    store = Store(tmp_path / "p.sqlite")
    tell(store, world, at=NOW)
    assert run_job(store, now=NOW + 1, seed="s").startswith("New version for the first tenth: 8 voices")
    (made,) = store.versions()
    assert made.stage == FIRST
    assert run_job(store, now=NOW + 2, seed="s") == "Version 1 watched on: 0 outcomes of 0 clients are too few."
    tell(store, world, at=NOW + 3, count=40)
    assert run_job(store, now=NOW + 4, seed="s").startswith("Version 1 to all: Brier -")
    assert store.versions()[0].stage == ALL
    assert [one.version for one in store.changes(5)] == [1, 1]
    after = world.draw(0, 500, np.random.default_rng(9))
    assert miss(read_head(made.weights), after) < 0.25


@pytest.mark.case("P13")
def test_one_enrolment_is_one_client_however_many_weeks_it_has_an_id(tmp_path: Path, world: World) -> None:
    """Eight weeks' ids of one who says the contrary do not outvote six who speak in one of these weeks."""
    store, chance = Store(tmp_path / "p.sqlite"), np.random.default_rng(5)
    for weeks in range(8):
        at = NOW - weeks * WEEK_SECONDS
        store.add(week_of(at), f"{99 + weeks:064x}", flip(world.draw(7, 400, chance), chance), at=at, most=10_000)
    for place in range(6):
        store.add(week_of(NOW), f"{place:064x}", world.draw(place, 150, chance), at=NOW, most=10_000)
    assert "6 voices heard, 1 clients refused" in run_job(store, now=NOW + 1, seed="s")
    (made,) = store.versions()
    assert tell_apart(read_head(made.weights), world.draw(6, 1_000, chance)) > 0.6


def test_four_installations_are_no_majority_in_any_number_of_weeks(tmp_path: Path, world: World) -> None:
    """Neither is a version made of them, nor one decided on."""
    store, chance = Store(tmp_path / "p.sqlite"), np.random.default_rng(5)
    for weeks in range(2):
        for place in range(4):
            at, who = NOW - weeks * WEEK_SECONDS, f"{10 * weeks + place:064x}"
            store.add(week_of(at), who, world.draw(place, 150, chance), at=at, most=10_000)
    assert run_job(store, now=NOW + 1, seed="s").startswith("No new version: 0 voices heard")
    store.release(make_head().to_bytes(), stage=FIRST, at=NOW - 2 * WEEK_SECONDS, patterns=0, said="One.")
    assert "150 outcomes" not in run_job(store, now=NOW + 1, seed="s")
    assert store.versions()[0].stage == FIRST


def test_the_first_to_speak_in_a_week_do_not_have_it_to_themselves(tmp_path: Path, world: World) -> None:
    """Five that plot at the begin of a week are not learned from while the week before had more clients."""
    store, chance = Store(tmp_path / "p.sqlite"), np.random.default_rng(5)
    tell(store, world, at=NOW - WEEK_SECONDS)
    for place in range(5):
        store.add(week_of(NOW), f"{99 + place:064x}", flip(world.draw(place, 150, chance), chance), at=NOW, most=500)
    assert "New version" in run_job(store, now=NOW + 1, seed="s")
    (made,) = store.versions()
    assert tell_apart(read_head(made.weights), world.draw(6, 1_000, chance)) > 0.6


def test_a_version_that_too_few_speak_of_is_withdrawn(tmp_path: Path, world: World) -> None:
    """After three weeks, and not before; nothing reaches all because nobody said anything."""
    store, chance = Store(tmp_path / "p.sqlite"), np.random.default_rng(5)
    store.release(make_head().to_bytes(), stage=ALL, at=NOW - 1, patterns=0, said="One.")
    store.release(Head(make_head().weights + 0.1).to_bytes(), stage=FIRST, at=NOW, patterns=0, said="Two.")
    for place in range(4):
        store.add(week_of(NOW), f"{place:064x}", world.draw(place, 150, chance), at=NOW + 1, most=500)
    assert run_job(store, now=NOW + 3 * WEEK_SECONDS - 1, seed="s").startswith("Version 2 watched on")
    assert run_job(store, now=NOW + 3 * WEEK_SECONDS, seed="s") == (
        "Version 2 withdrawn: after 3 weeks 600 outcomes of 4 clients are too few."
    )
    assert [(one.version, one.stage) for one in store.versions()] == [(3, ALL), (2, GONE), (1, ALL)]


@pytest.mark.case("P10")
def test_a_version_that_does_worse_is_withdrawn_and_what_was_before_comes_back(tmp_path: Path, world: World) -> None:
    """Under a new number, so that who took it takes the old weights again; the log says why."""
    store = Store(tmp_path / "p.sqlite")
    store.release(make_head().to_bytes(), stage=ALL, at=NOW - 2, patterns=0, said="The first.")
    tell(store, world, at=NOW)
    run_job(store, now=NOW + 1, seed="s")
    tell(store, world, at=NOW + 2, count=60, is_upside_down=True)
    assert run_job(store, now=NOW + 3, seed="s").startswith("Version 2 withdrawn: ")
    assert [(one.version, one.stage) for one in store.versions()] == [(3, ALL), (2, GONE), (1, ALL)]
    assert store.versions()[0].weights == make_head().to_bytes()
    chosen = choose_version(store.versions(), "0" * 64)
    assert chosen is not None
    assert chosen.version == 3
    assert "withdrawn" in store.changes(5)[0].said


def test_nothing_is_made_of_too_little_or_of_what_teaches_nothing(tmp_path: Path, world: World) -> None:
    """No pattern; few clients; outcomes by chance. The change log says so."""
    store = Store(tmp_path / "p.sqlite")
    assert run_job(store, now=NOW, seed="s").startswith("No new version: 0 voices heard")
    chance = np.random.default_rng(1)
    for place in range(4):
        store.add(week_of(NOW), f"{place:064x}", world.draw(place, 200, chance), at=NOW, most=1_000)
    assert run_job(store, now=NOW, seed="s").startswith("No new version: 0 voices heard")
    assert store.versions() == []
    assert len(store.changes(5)) == 2


def test_old_patterns_are_forgotten(tmp_path: Path, world: World) -> None:
    """After four weeks."""
    store = Store(tmp_path / "p.sqlite")
    tell(store, world, at=NOW)
    run_job(store, now=NOW + 5 * WEEK_SECONDS, seed="s")
    assert store.count() == 0


def test_tests_that_fail_where_the_new_version_is_withdraw_it(world: World) -> None:
    """However well it foretells that they fail."""
    chance = np.random.default_rng(2)
    good = Head(make_head().weights.copy())
    clients = {f"{place}": world.draw(place % CLIENTS, 40, chance) for place in range(12)}
    passing = {name: [one for one in told if one.is_passing] for name, told in clients.items()}
    failing = {name: [one for one in told if not one.is_passing] for name, told in clients.items()}
    half = list(clients)[:6]
    first = {name: failing[name] + passing[name][:2] for name in half}
    others = {name: passing[name] + failing[name][:2] for name in clients if name not in half}
    found = compare(good, make_head(), first, others)
    assert found.verdict is Verdict.WITHDRAWN
    assert "elsewhere" in found.reason


@pytest.mark.case("P11")
def test_one_who_talks_much_does_not_decide_on_a_version(world: World) -> None:
    """A verdict is of the median client."""
    chance = np.random.default_rng(2)
    clients = {f"{place}": world.draw(place, 40, chance) for place in range(7)}
    better = Head(make_head().weights.copy())
    better.weights[0, :128] = 10 * world.truth
    loud = flip(world.draw(7, 3_000, chance), chance)
    assert is_better(better, make_head(), clients).verdict is Verdict.TO_ALL
    assert is_better(better, make_head(), {**clients, "loud": loud}).verdict is Verdict.TO_ALL


@pytest.mark.case("P12")
def test_the_job_is_a_process_of_its_own_and_a_kill_leaves_the_old_version(tmp_path: Path, world: World) -> None:
    """Killed at any moment, what is served is what was; the next one does the work."""
    path = tmp_path / "p.sqlite"
    store = Store(path)
    store.release(make_head().to_bytes(), stage=ALL, at=NOW - 2, patterns=0, said="The first.")
    tell(store, world, at=NOW)
    command = [sys.executable, "-P", "-m", "yantra_bot.collective.job", str(path), str(NOW + 1)]
    for seconds in (0.05, 0.4, 0.8):
        job = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]})
        try:
            job.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            job.kill()
            job.wait()
        assert [one.version for one in store.versions() if one.stage == ALL] == [1]
    if not any(one.stage == FIRST for one in store.versions()):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
        assert done.stdout.startswith("New version for the first tenth")
    assert [(one.version, one.stage) for one in store.versions()] == [(2, FIRST), (1, ALL)]
    secret = store.versions()[0].secret
    assert any(is_first(secret, f"{number:064x}") for number in range(100))
