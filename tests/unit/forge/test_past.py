"""What led to a commit lies apart from the mirror, as deep as it can be had."""

import subprocess
from pathlib import Path

import pytest
from yarl import URL

from tests.fakes.forge_bench import Bench
from tests.fakes.mirror import run_git
from yantra_bot.errors import Permanent, Transient
from yantra_bot.forge.git_process import Git, Limits
from yantra_bot.forge.git_remote import GitRemote
from yantra_bot.forge.mirror import PACKS_BEFORE_CLEANING
from yantra_bot.forge.remotes import GitHubServer, Mirrors


def commit(bench: Bench, times: int = 1, *, name: str = "a.py") -> str:
    for number in range(times):
        made = bench.fake.commit(bench.there, {name: f"x = {number}\n"}, message=f"Change {number}")
    return made


def count(folder: Path, revision: str) -> int:
    return int(run_git(folder, "rev-list", "--count", revision))


async def test_the_mirror_stays_one_commit_deep(bench: Bench) -> None:
    """The past is a repository of its own that grows by what is new; a forced-back commit is there already."""
    first = commit(bench, 5)
    assert await bench.remote.fetch("main") == first
    folder = await bench.remote.past(first, depth=5_000)
    assert folder != bench.mirror
    assert (count(folder, first), count(bench.mirror, first)) == (6, 1)
    second = commit(bench, 2)
    await bench.remote.past(second, depth=5_000)
    assert count(folder, second) == 8
    asked = len(bench.fake.calls)
    await bench.remote.past(second, depth=5_000)
    assert len(bench.fake.calls) == asked, "what is there is not fetched"
    await bench.remote.past(first, depth=5_000)
    assert count(folder, first) == 6


async def test_it_is_only_so_deep(bench: Bench) -> None:
    """Git is told which commits are the first ones."""
    newest = commit(bench, 9)
    folder = await bench.remote.past(newest, depth=4)
    assert count(folder, newest) == 4
    assert len((folder / "shallow").read_text().split()) == 1


async def test_small_fetches_are_cleaned_up(bench: Bench) -> None:
    """Packs do not pile up, however many pushes there are."""
    for number in range(PACKS_BEFORE_CLEANING + 2):
        folder = await bench.remote.past(commit(bench, name=f"f{number}.py"), depth=5_000)
    assert len(list(folder.glob("objects/pack/*.pack"))) < PACKS_BEFORE_CLEANING
    assert not list(folder.glob("objects/??")), "nothing lies loose"


def remote_with(bench: Bench, **limits: int) -> GitRemote:
    git = Git(bench.folder / "helper", limits=Limits(**limits))
    return bench.remotes(git)(bench.repository, bench.installation.id)


async def test_what_is_too_much_is_asked_for_less_deep(bench: Bench) -> None:
    """A tenth, and a tenth again; the depth that could be had is remembered."""
    noise = subprocess.run(["head", "-c", "3000000", "/dev/urandom"], capture_output=True, check=True).stdout
    bench.fake.commit(bench.there, {"old.bin": noise})
    bench.fake.commit(bench.there, {"old.bin": None})
    newest = commit(bench, 70)
    remote = remote_with(bench, file_bytes=1_000_000)
    folder = await remote.past(newest, depth=5_000)
    assert count(folder, newest) == 50
    newest = commit(bench)
    await remote.past(newest, depth=5_000)
    assert count(folder, newest) == 50


async def test_what_cannot_be_had_at_all_is_told(bench: Bench) -> None:
    """Too large at any depth, a commit that is not there, a server that is away, a folder with no past."""
    noise = subprocess.run(["head", "-c", "3000000", "/dev/urandom"], capture_output=True, check=True).stdout
    newest = bench.fake.commit(bench.there, {"new.bin": noise})
    with pytest.raises(Permanent, match="Fetching the past failed: it is larger than this bot takes"):
        await remote_with(bench, file_bytes=1_000_000).past(newest, depth=5_000)
    with pytest.raises(Permanent, match="Fetching the past failed"):
        await bench.remote.past("1" * 40, depth=5_000)
    bench.fake.faults.answer("*", "*/git-upload-pack", 503, times=99)
    bench.fake.faults.answer("*", "*/info/refs", 503, times=99)
    with pytest.raises(Transient, match="Fetching the past failed on the way"):
        await bench.remote.past(newest, depth=5_000)
    bench.fake.faults.faults.clear()
    mirrors = Mirrors(bench.folder / "others", Git(bench.folder / "helper"), bench.clock)
    server = GitHubServer(bench.github, bench.repository, bench.installation.id, base_url=URL(bench.fake.git_url))
    plain = GitRemote(mirrors.of("plain"), server, bench.blobs, bench.clock)
    with pytest.raises(Permanent, match="Nothing of the past is kept here"):
        await plain.past(newest, depth=1)


async def test_a_damaged_past_is_made_anew(bench: Bench) -> None:
    """Its objects can all be fetched again."""
    first = commit(bench, 3)
    folder = await bench.remote.past(first, depth=5_000)
    for pack in folder.glob("objects/pack/*"):
        pack.chmod(0o600)
        pack.write_bytes(b"nonsense")
    second = commit(bench)
    await bench.remote.past(second, depth=5_000)
    assert count(folder, second) == 5
