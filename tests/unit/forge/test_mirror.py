"""The mirror: one writer, no leftovers, made anew when damaged."""

import asyncio
import fcntl
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fakes.forge_bench import Bench, VirtualClock
from tests.fakes.mirror import run_git
from yantra_bot.errors import Permanent, Transient
from yantra_bot.forge.git_process import Git, Limits
from yantra_bot.forge.mirror import LARGEST_BLOB, PACKS_BEFORE_CLEANING, Mirror

ROOT = Path(__file__).parents[3]
CONTROL = """
import asyncio, sys
from pathlib import Path
from tests.unit.forge.test_mirror import open_mirror
async def work():
    mirror = open_mirror(Path(sys.argv[1]))
    async with mirror.writing():
        await mirror.ask("-c", "alias.wait=!sleep 60", "wait")
asyncio.run(work())
"""
HOLDER = """
import fcntl, sys, time
lock = open(sys.argv[1], "a")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def open_mirror(tmp_path: Path, *, limits: Limits | None = None) -> Mirror:
    return Mirror(tmp_path / "mirrors" / "7.git", Git(tmp_path / "helper", limits=limits), VirtualClock())


async def test_it_is_made_when_it_is_first_written(tmp_path: Path) -> None:
    """An empty bare repository, readable by the worker's user, with nothing of a template in it."""
    mirror = open_mirror(tmp_path)
    before = os.umask(0o077)
    try:
        async with mirror.writing():
            assert await mirror.must("rev-parse", "--is-bare-repository") == "true"
    finally:
        os.umask(before)
    assert stat.S_IMODE(mirror.folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((mirror.folder / "config").stat().st_mode) == 0o644
    assert not (mirror.folder / "hooks").exists()
    assert sorted(path.name for path in mirror.folder.parent.iterdir()) == ["7.git", "7.lock"]


async def test_writers_take_turns(tmp_path: Path) -> None:
    """Two tasks of this process never write at the same time."""
    mirror = open_mirror(tmp_path)
    inside: list[str] = []

    async def write(name: str) -> None:
        async with mirror.writing():
            inside.append(name)
            await mirror.ask("rev-parse", "--git-dir")
            inside.append(name)

    await asyncio.gather(*(write(name) for name in "abc"))
    assert inside[0::2] == inside[1::2]


async def test_another_process_is_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    """While somebody else writes, this one waits, then says so and leaves the run to be tried again."""
    mirror = open_mirror(tmp_path)
    async with mirror.writing():
        pass
    lock = str(mirror.folder.with_suffix(".lock"))
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, lock), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    await holder.stdout.readline()
    with pytest.raises(Transient, match="Another process"):
        async with mirror.writing():
            pass
    holder.stdin.close()
    await holder.communicate()
    async with mirror.writing():
        pass


async def test_no_git_outlives_us(tmp_path: Path) -> None:
    """After a real kill -9 of control its git ends with all its helpers, and the lock is free at once."""
    mirror = open_mirror(tmp_path)
    lock = mirror.folder.with_suffix(".lock")
    control = await asyncio.create_subprocess_exec(*(sys.executable, "-c", CONTROL, str(tmp_path)), cwd=ROOT)
    while not (holders(lock) - {control.pid} if lock.exists() else set()):
        await asyncio.sleep(0.02)
    control.kill()
    await control.wait()
    while holders(lock):
        await asyncio.sleep(0.02)
    async with mirror.writing():
        assert await mirror.must("rev-parse", "--is-bare-repository") == "true"


async def test_a_cancelled_caller_leaves_no_git_behind(tmp_path: Path) -> None:
    """Who stops a run stops its git, and the lock is free at once."""
    mirror = open_mirror(tmp_path)
    lock = mirror.folder.with_suffix(".lock")
    async with mirror.writing():
        working = asyncio.create_task(mirror.ask("-c", "alias.wait=!sleep 60", "wait"))
        while not holders(lock) - {os.getpid()}:
            await asyncio.sleep(0.01)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
    assert holders(lock) == set()


async def test_one_that_is_cancelled_while_its_git_starts_leaves_none(tmp_path: Path) -> None:
    """All that it had started by then is ended at once, not the first process alone."""
    mirror, loop = open_mirror(tmp_path), asyncio.get_running_loop()
    lock = mirror.folder.with_suffix(".lock")

    def cancel_at_its_start() -> None:
        """Cancel once the process is there and the loop does not know its pipes yet, though it has come far."""
        if not working.done() and len(holders(lock)) == 1:
            loop.call_soon(cancel_at_its_start)
            return
        until = time.monotonic() + 60
        while len(holders(lock)) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        working.cancel()

    async with mirror.writing():
        await mirror.ask("rev-parse", "--git-dir")
        working = asyncio.create_task(mirror.ask("-c", "alias.wait=!sleep 600", "wait"))
        loop.call_soon(cancel_at_its_start)
        with pytest.raises(asyncio.CancelledError):
            await working
    assert holders(lock) == set()


def holders(lock: Path) -> set[int]:
    """Return the processes that have this file open."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == lock:
                found.add(int(link.parts[2]))
        except OSError:
            continue
    return found


async def test_leftovers_of_a_killed_git_are_swept_away(bench: Bench) -> None:
    """Stale lock files and half a pack do not stop the next fetch, and take no room after it."""
    base = await bench.remote.fetch("main")
    await bench.remote.hold(base, "run-1")
    left = [
        *("shallow.lock", "config.lock", "HEAD.lock", "packed-refs.lock", "refs/yantra/runs/run-1.lock"),
        *("objects/pack/tmp_pack_x", "objects/pack/tmp_idx_y", "objects/pack/.tmp-1-pack-z.pack"),
    ]
    for name in left:
        (bench.mirror / name).write_bytes(b"half")
    bench.fake.commit(bench.there, {"a": "b"})
    assert await bench.remote.fetch("main") == bench.head()
    assert [name for name in left if (bench.mirror / name).exists()] == []


@pytest.mark.parametrize(
    "damage", ["no HEAD", "no objects", "bad ref", "bad config", "bad shallow", "torn pack", "a file"]
)
async def test_a_damaged_mirror_is_made_anew(bench: Bench, damage: str) -> None:
    """Whatever a crash or a full disk left, the next fetch has the commit again."""
    await bench.remote.fetch("main")
    spoil(bench.mirror, damage)
    assert await bench.remote.fetch("main") == bench.head()
    commit = await bench.remote.commit(
        str(bench.head()), bench.blobs.change({"src/app.py": b"fixed\n"}), message="fix\n", at=1_700_000_000.0
    )
    await bench.remote.push(commit, "yantra/1-add", expected=None)
    assert {path.name for path in bench.mirror.parent.iterdir()} == {bench.mirror.name, f"{bench.there.id}.lock"}


def spoil(mirror: Path, damage: str) -> None:
    if damage == "no HEAD":
        (mirror / "HEAD").unlink()
    elif damage == "no objects":
        shutil.rmtree(mirror / "objects")
    elif damage == "bad ref":
        (ref,) = (mirror / "refs" / "yantra" / "heads").iterdir()
        ref.write_text("garbage\n")
    elif damage == "bad config":
        (mirror / "config").write_text("[core\n")
    elif damage == "bad shallow":
        (mirror / "shallow").write_text("garbage\n")
    elif damage == "torn pack":
        for file in (mirror / "objects").rglob("*"):
            if file.is_file():
                file.chmod(0o600)
                file.write_bytes(file.read_bytes()[:20])
    else:
        shutil.rmtree(mirror)
        mirror.write_text("a file in its place")


async def test_what_no_run_holds_is_cleaned_away(bench: Bench) -> None:
    """After many fetches the packs become one; while a run is under way nothing is touched."""
    bench.fake.commit(bench.there, {"big.bin": os.urandom(LARGEST_BLOB + 1)})
    base = await bench.remote.fetch("main")
    await bench.remote.hold(base, "run-1")
    for number in range(PACKS_BEFORE_CLEANING):
        bench.fake.commit(bench.there, {"a": str(number) + "x" * 5000})
        await bench.remote.fetch("main")
    packs = bench.mirror / "objects" / "pack"
    await bench.remote.hold(base, "run-2")
    await bench.remote.release("run-2")
    assert len(list(packs.glob("*.pack"))) > PACKS_BEFORE_CLEANING
    await bench.remote.release("run-1")
    assert len(list(packs.glob("*.pack"))) <= 2
    run_git(bench.mirror, "ls-tree", "-r", str(bench.head()))
    assert await bench.remote.fetch("main") == bench.head()


async def test_a_held_commit_is_fetched_again_where_it_is_missing(bench: Bench) -> None:
    """A run that is resumed on another machine, or after the mirror was lost, finds its base."""
    base = await bench.remote.fetch("main")
    shutil.rmtree(bench.mirror)
    bench.fake.commit(bench.there, {"a": "moved on"})
    folder = await bench.remote.hold(base, "run-1")
    assert run_git(folder, "cat-file", "-t", base).strip() == b"commit"
    assert run_git(folder, "rev-parse", "refs/yantra/runs/run-1").decode().strip() == base


async def test_a_commit_that_nobody_has_is_said_plainly(bench: Bench) -> None:
    """Neither held nor pushed."""
    await bench.remote.fetch("main")
    with pytest.raises(Permanent, match="no such branch or commit"):
        await bench.remote.hold("1" * 40, "run-1")
    with pytest.raises(Permanent, match="not in the mirror"):
        await bench.remote.push("1" * 40, "yantra/1-add", expected=None)


async def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    """The operator hears where there is no room."""
    mirror = open_mirror(tmp_path, limits=Limits(file_bytes=0))
    with pytest.raises(Permanent, match="Free some space"):
        async with mirror.writing():
            pass


async def test_a_command_that_fails_names_itself(tmp_path: Path) -> None:
    """A surprise of git ends the run with its words."""
    mirror = open_mirror(tmp_path)
    async with mirror.writing():
        with pytest.raises(Permanent, match="git rev-parse failed"):
            await mirror.must("rev-parse", "--verify", "refs/heads/none")


def test_flock_is_what_keeps_processes_apart(tmp_path: Path) -> None:
    """Two descriptors of one file exclude each other, which the lock rests on."""
    file = tmp_path / "lock"
    with file.open("w") as one, file.open("w") as two:
        fcntl.flock(one, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(BlockingIOError):
            fcntl.flock(two, fcntl.LOCK_EX | fcntl.LOCK_NB)
