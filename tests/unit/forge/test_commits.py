"""Commits built out of blobs."""

import pytest

from tests.fakes.forge_bench import Bench
from tests.fakes.mirror import run_git
from yantra_bot.domain.changes import Changeset, FileChange, FileMode
from yantra_bot.errors import Permanent, UserError

AT = 1_700_000_000.9


async def commit(bench: Bench, changes: Changeset, *, message: str = "fix: add\n", at: float = AT) -> str:
    base = await bench.remote.fetch("main")
    return await bench.remote.commit(base, changes, message=message, at=at)


def ask(bench: Bench, *words: str) -> str:
    return run_git(bench.mirror, *words).decode()


async def test_the_commit_is_the_bots_at_the_given_time(bench: Bench) -> None:
    """Author and committer are the App's own account, in UTC, whole seconds."""
    made = await commit(bench, bench.blobs.change({"a": b"b"}))
    bot = bench.fake.app.bot
    person = f"yantra[bot] <{bot.id}+yantra[bot]@users.noreply.127.0.0.1> 1700000000 +0000"
    assert (
        ask(bench, "log", "-1", "--format=%an <%ae> %ad|%cn <%ce> %cd", "--date=raw", made).strip()
        == f"{person}|{person}"
    )
    assert ask(bench, "rev-parse", f"{made}^").strip() == bench.head()


async def test_the_same_input_gives_the_same_id_and_any_other_another(bench: Bench) -> None:
    """A repeated step makes no second commit."""
    changes = bench.blobs.change({"a": b"b"})
    first = await commit(bench, changes)
    assert await commit(bench, changes) == first
    others = {
        await commit(bench, changes, message="other\n"),
        await commit(bench, changes, at=AT + 1),
        await commit(bench, bench.blobs.change({"a": b"c"})),
        await commit(bench, bench.blobs.change({"a": b"b"}, mode=FileMode.EXECUTABLE)),
    }
    assert len(others | {first}) == 5


@pytest.mark.parametrize("at", [0.0, 1.0, 99_999_999.0, 4_102_444_800.0])
async def test_any_time_is_a_time(bench: Bench, at: float) -> None:
    """A clock that starts at zero, as in a test or a replay, works like any other."""
    made = await commit(bench, bench.blobs.change({"a": b"b"}), at=at)
    assert ask(bench, "log", "-1", "--format=%at %ct", made).split() == [str(int(at))] * 2


async def test_files_are_added_changed_removed_and_made_executable(bench: Bench) -> None:
    """The tree is the base's with exactly the named paths changed."""
    changed = bench.blobs.change({"README.md": None, "src/app.py": b"fixed\n", "new/é.txt": b""})
    script = bench.blobs.change({"run.sh": b"#!/bin/sh\n"}, mode=FileMode.EXECUTABLE)
    made = await commit(bench, Changeset((*changed.files, *script.files)))
    lines = [line.split("\t") for line in ask(bench, "ls-tree", "-r", "-z", made).split("\0") if line]
    assert {(facts.split()[0], path) for facts, path in lines} == {
        ("100644", "new/é.txt"),
        ("100755", "run.sh"),
        ("100644", "src/app.py"),
    }


async def test_a_message_is_stored_as_it_is(bench: Bench) -> None:
    """Hash signs, empty lines and escapes are text; what git cannot store is left out."""
    made = await commit(bench, bench.blobs.change({"a": b"b"}), message="fix: add\n\n# not a comment\n\x00é\ud800\n")
    assert ask(bench, "log", "-1", "--format=%B", made).rstrip() == "fix: add\n\n# not a comment\né?"


@pytest.mark.parametrize("files", [(), (FileChange("src/app.py", "x"), FileChange("src/app.py", "y"))])
async def test_no_change_and_a_path_named_twice_are_refused(bench: Bench, files: tuple[FileChange, ...]) -> None:
    """Neither means anything."""
    with pytest.raises(UserError):
        await commit(bench, Changeset(files))


@pytest.mark.parametrize("files", [{"src/app.py": b"def add(a, b):\n    return a - b\n"}, {"absent.txt": None}])
async def test_a_change_that_changes_nothing_is_no_commit(bench: Bench, files: dict[str, bytes | None]) -> None:
    """A pull request without a difference is never made."""
    with pytest.raises(UserError, match="nothing to commit"):
        await commit(bench, bench.blobs.change(files))


async def test_a_lost_blob_is_named_by_its_path(bench: Bench) -> None:
    """The person can ask for a new run."""
    with pytest.raises(Permanent, match=r"src/app\.py is not in the blob store"):
        await commit(bench, Changeset((FileChange("src/app.py", "0" * 64),)))


async def test_a_path_in_another_composition_is_refused(bench: Bench) -> None:
    """Git would store a second file that looks the same."""
    with pytest.raises(UserError, match="not spelled"):
        await commit(bench, Changeset((FileChange("./a.py", bench.blobs.put(b"x")),)))
