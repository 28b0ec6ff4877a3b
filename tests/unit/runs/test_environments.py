"""What holds deployments apart and back is stored before anybody acts on it, and a kill leaves it true."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.harness import make_order
from yantra_bot.domain.deployments import Approval, BlockedCommit, Deployed, EnvironmentLock, LockCause, Pin
from yantra_bot.domain.environment import Release
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Actor
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.runs.records import Records
from yantra_bot.runs.schema import StorageUnavailable

PLACE = ("main", "shop")
LOCK = EnvironmentLock("production", LockCause.PERSON, "ann", "we look at the queue", 100.0, commit="c1")
DONE = Ending(Phase.COMPLETE, "done")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    for number in range(1, 6):
        opened.start_run(make_order(f"run-{number}", issue=number), 10.0)
    yield opened
    opened.close()


def release(commit: str) -> Release:
    return Release(commit, "ghcr.io/acme/shop", f"sha256:{commit}", "main")


def deployed(run_id: str, commit: str, *, environment: str = "production", at: float = 1.0) -> Deployed:
    return Deployed(run_id, environment, *PLACE, release(commit), "ann", at)


@pytest.mark.case("H15")
def test_one_deployment_at_a_time_holds_a_target(records: Records) -> None:
    """The other one is told who; another namespace is another target."""
    assert records.claim_target(*PLACE, "run-1", at=1.0) == "run-1"
    assert records.claim_target(*PLACE, "run-1", at=2.0) == "run-1"
    assert records.claim_target(*PLACE, "run-2", at=2.0) == "run-1"
    assert records.claim_target("main", "other", "run-2", at=2.0) == "run-2"
    assert records.target_holder(*PLACE) == "run-1"
    assert not records.free_target(*PLACE, "run-2")
    assert records.free_target(*PLACE, "run-1")
    assert records.target_holder(*PLACE) is None
    assert records.claim_target(*PLACE, "run-2", at=3.0) == "run-2"


@pytest.mark.case("H15")
def test_the_claim_of_a_run_that_ended_is_taken_over(records: Records) -> None:
    """And a run that is told again after its end finds out that it lost it."""
    records.claim_target(*PLACE, "run-1", at=1.0)
    records.end_run("run-1", DONE, 2.0)
    assert records.target_holder(*PLACE) is None
    assert records.claim_target(*PLACE, "run-2", at=3.0) == "run-2"
    assert records.claim_target(*PLACE, "run-1", at=4.0) == "run-2"


@pytest.mark.case("H15")
def test_a_claim_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    """Killed right after, without a word: the target is held until that run has ended, and no longer."""
    path = tmp_path / "records.sqlite"
    with closing(Records.open(path)) as records:
        for number in (1, 2):
            records.start_run(make_order(f"run-{number}", issue=number), 10.0)
    code = (
        "import sys, time; from pathlib import Path; from yantra_bot.runs.records import Records\n"
        "records = Records.open(Path(sys.argv[1]))\n"
        "print(records.claim_target('main', 'shop', 'run-1', at=1.0), flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"run-1"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with closing(Records.open(path)) as records:
        assert records.claim_target(*PLACE, "run-2", at=2.0) == "run-1"
        assert records.claim_target(*PLACE, "run-1", at=2.0) == "run-1"
        records.end_run("run-1", DONE, 3.0)
        assert records.claim_target(*PLACE, "run-2", at=4.0) == "run-2"


@pytest.mark.case("H15")
def test_of_many_that_claim_at_once_one_wins(records: Records, tmp_path: Path) -> None:
    """Each over a connection of its own, as processes have them."""
    answers: list[str] = []

    def claim(run_id: str) -> None:
        with closing(Records.open(tmp_path / "records.sqlite")) as mine:
            while True:
                try:
                    answers.append(mine.claim_target(*PLACE, run_id, at=1.0))
                    return
                except StorageUnavailable:
                    continue

    threads = [threading.Thread(target=claim, args=(f"run-{number}",)) for number in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 5
    assert set(answers) == {records.target_holder(*PLACE)}


def test_an_environment_is_locked_by_a_person_and_by_a_roll_out(records: Records) -> None:
    """The first of each cause stays; the same again is the same lock; other repositories are free."""
    failed = EnvironmentLock("production", LockCause.ROLL_OUT, "yantra", "it crashed", 200.0, "c2", "run-1")
    assert records.lock_environment(1, LOCK) == LOCK
    assert records.lock_environment(1, replace(LOCK, by="bob", since=150.0)) == LOCK
    assert records.lock_environment(1, failed) == failed
    assert records.environment_locks(1, "production") == records.environment_locks(1) == (LOCK, failed)
    assert records.environment_locks(1, "staging") == records.environment_locks(2) == ()
    assert records.unlock_environment(1, "production", at=300.0) == (LOCK, failed)
    assert records.environment_locks(1) == ()


def test_an_old_word_does_not_open_a_lock_that_came_after_it(records: Records) -> None:
    """A command that is heard again after a kill, when a later roll-out failed."""
    records.lock_environment(1, LOCK)
    assert records.unlock_environment(1, "production", at=99.0) == ()
    assert records.environment_locks(1) == (LOCK,)


def test_a_lock_that_cannot_be_read_is_no_free_environment(records: Records, tmp_path: Path) -> None:
    """The storage says that it is unavailable, and nobody goes on."""
    records.lock_environment(1, LOCK)
    records.close()
    with closing(sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageUnavailable):
            Records.open(tmp_path / "records.sqlite").environment_locks(1, "production")


@pytest.mark.case("H20")
def test_a_commit_that_failed_is_kept_from_its_environment(records: Records) -> None:
    """Until a person says otherwise, by a word that is younger than the failure."""
    blocked = BlockedCommit("production", "c1", "it crashed", "yantra", 100.0, "run-1")
    records.block_commit(1, blocked)
    records.block_commit(1, replace(blocked, reason="again"))
    assert records.blocked_commits(1, "production") == (blocked,)
    assert records.blocked_commits(1, "staging") == records.blocked_commits(2, "production") == ()
    assert not records.unblock_commit(1, "production", "c1", at=99.0)
    assert records.unblock_commit(1, "production", "c1", at=101.0)
    assert records.blocked_commits(1, "production") == ()


def test_an_approval_is_kept_with_exactly_what_was_agreed_to(records: Records) -> None:
    """The same again is not a second one; another commit, image or manifest is."""
    ann, bob, pin = Actor(5, "ann", False), Actor(6, "bob", False), Pin("c1", "sha256:1", "sha256:m")
    assert records.approve_deployment("run-1", Approval(ann, pin, 1.0))
    assert not records.approve_deployment("run-1", Approval(replace(ann, login="anna"), pin, 2.0))
    assert records.approve_deployment("run-1", Approval(bob, replace(pin, manifests="sha256:n"), 3.0))
    found = (Approval(ann, pin, 1.0), Approval(bob, replace(pin, manifests="sha256:n"), 3.0))
    assert records.deployment_approvals("run-1") == found
    assert records.deployment_approvals("run-2") == ()


def test_what_was_deployed_is_told_newest_first(records: Records) -> None:
    """With how it ended; what is told twice counts once, and the first word about an end stands."""
    records.begin_deployment(1, deployed("run-1", "c1"))
    records.begin_deployment(1, deployed("run-1", "c9", at=9.0))
    records.begin_deployment(1, replace(deployed("run-2", "c2"), is_rollback=True))
    assert records.end_deployment("run-1", "production", Verdict.PASS, reason="healthy", at=5.0)
    assert not records.end_deployment("run-1", "production", Verdict.FAIL, reason="late", at=6.0)
    assert not records.end_deployment("run-3", "production", Verdict.FAIL, reason="never began", at=6.0)
    first = replace(deployed("run-1", "c1"), verdict=Verdict.PASS, reason="healthy", ended_at=5.0)
    second = replace(deployed("run-2", "c2"), is_rollback=True)
    assert records.deployments(1, "production") == (second, first)
    assert records.deployments(1, "production", limit=1) == (second,)
    assert records.deployments(1, "production", without="run-2") == (first,)
    assert records.deployment("run-1", "production") == first
    assert records.deployment("run-1", "staging") is None
    assert records.deployments(1, "staging") == records.deployments(2, "production") == ()


def test_what_was_good_is_known_each_release_once(records: Records) -> None:
    """The newest first, after a roll-back the one that serves again; what failed, or is blocked now, is left out."""
    ends = [("run-1", "c1", Verdict.PASS), ("run-2", "c2", Verdict.PASS), ("run-3", "c3", Verdict.FAIL)]
    for run_id, commit, verdict in (*ends, ("run-4", "c1", Verdict.PASS), ("run-5", "c5", Verdict.INCONCLUSIVE)):
        records.begin_deployment(1, deployed(run_id, commit))
        records.end_deployment(run_id, "production", verdict, reason="", at=2.0)
    assert [(one.run_id, one.release.commit) for one in records.good_releases(1, "production")] == [
        ("run-4", "c1"),
        ("run-2", "c2"),
    ]
    records.block_commit(1, BlockedCommit("production", "c1", "bad after all", "ann", 3.0))
    assert [one.release.commit for one in records.good_releases(1, "production")] == ["c2"]
    assert records.good_releases(1, "staging") == ()
