"""Pictures on the forge: under a ref of their own, where readers see them and nothing else changes."""

from pathlib import Path

import pytest

from tests.fakes.forge_bench import open_bench
from tests.fakes.github import git_repository
from tests.fakes.github.judge import Judge
from tests.unit.domain.test_pictures import PNG
from yantra_bot.errors import Permanent, UserError

RUN, AT = "a" * 24, 1_700_000_000.0
REF = f"refs/yantra/pictures/{RUN}"


async def test_pictures_get_an_address_and_no_branch(tmp_path: Path, judge: Judge | None) -> None:
    """The commit holds the pictures alone, and has no parent; the branches are what they were."""
    async with open_bench(tmp_path, judge=judge) as bench:
        branches = git_repository.refs(bench.there.git_dir)
        pictures = {"page-1-after.png": bench.blobs.put(PNG), "page-1-before.png": bench.blobs.put(PNG + b"x")}
        links = await bench.remote.show(pictures, run_id=RUN, at=AT)
        refs = git_repository.refs(bench.there.git_dir)
        commit = refs.pop(REF)
        assert refs == branches
        assert links == {
            name: f"{bench.fake.git_url}/{bench.there.full_name}/blob/{commit}/{name}?raw=true" for name in pictures
        }
        names = git_repository.run_git(bench.there.git_dir, "ls-tree", "-r", "--name-only", commit).split()
        assert names == ["page-1-after.png", "page-1-before.png"]
        assert "parent" not in git_repository.run_git(bench.there.git_dir, "cat-file", "commit", commit)
        assert await bench.remote.show(pictures, run_id=RUN, at=AT) == links, "again is no second write"


async def test_other_pictures_are_never_overwritten(tmp_path: Path, judge: Judge | None) -> None:
    """A ref of a run is written once."""
    async with open_bench(tmp_path, judge=judge) as bench:
        await bench.remote.show({"a.png": bench.blobs.put(PNG)}, run_id=RUN, at=AT)
        with pytest.raises(Permanent, match="holds other pictures"):
            await bench.remote.show({"b.png": bench.blobs.put(PNG)}, run_id=RUN, at=AT)


@pytest.mark.parametrize("name", ["../a.png", ".github/workflows/x.yml", "a.svg", "A.png", "a b.png", "a.png\n"])
async def test_only_plain_names_are_taken(tmp_path: Path, judge: Judge | None, name: str) -> None:
    """Nothing but pictures gets there."""
    async with open_bench(tmp_path, judge=judge) as bench:
        with pytest.raises(UserError):
            await bench.remote.show({name: bench.blobs.put(PNG)}, run_id=RUN, at=AT)


async def test_nothing_to_show_writes_nothing(tmp_path: Path, judge: Judge | None) -> None:
    """No pictures, no ref."""
    async with open_bench(tmp_path, judge=judge) as bench:
        assert await bench.remote.show({}, run_id=RUN, at=AT) == {}
        assert REF not in git_repository.refs(bench.there.git_dir)
