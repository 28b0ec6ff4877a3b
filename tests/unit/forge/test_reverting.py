"""A revert takes back what was deployed, on top of what is there now, and says what it takes back."""

import hashlib
import os
import subprocess

import pytest

from tests.fakes.forge_bench import Bench
from tests.fakes.mirror import run_git
from yantra_bot.deploy_ports import Reverted
from yantra_bot.domain.repository import Actor
from yantra_bot.errors import Permanent, UserError
from yantra_bot.forge.mirror import LARGEST_BLOB
from yantra_bot.ports import NewPullRequest

AT = 1_700_000_000.0
LINES = [f"line {number}\n" for number in range(30)]


def write(bench: Bench, message: str, **changed: str) -> str:
    """Commit files to main; `_` in a name stands for a dot."""
    return bench.fake.commit(
        bench.there, {name.replace("_", "."): text for name, text in changed.items()}, message=message
    )


def text_of(*changes: tuple[int, str]) -> str:
    lines = list(LINES)
    for number, text in changes:
        lines[number] = f"{text}\n"
    return "".join(lines)


async def revert(bench: Bench, *, bad: str, good: str, message: str = "Revert shoes", at: float = AT) -> Reverted:
    return await bench.remote.revert(bad=bad, good=good, branch="main", run_id="run-1", message=message, at=at)


def read(bench: Bench, commit: str, path: str) -> str:
    return run_git(bench.mirror, "show", f"{commit}:{path}").decode()


async def test_the_deployed_commit_is_taken_back(bench: Bench) -> None:
    """Where nothing came after it, what was there before is there again; the commit is the bot's and says so."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")), hats_py="hats\n")
    made = await revert(bench, bad=bad, good=good)
    assert (made.base, made.conflicts, made.taken_back) == (bad, (), (f"{bad[:7]} Sell hats",))
    assert run_git(bench.mirror, "diff", "--stat", good, made.commit) == b""
    shown = run_git(bench.mirror, "log", "-1", "--format=%an%n%P%n%B", made.commit).decode()
    assert shown.rstrip().splitlines() == [
        *("yantra[bot]", bad, "Revert shoes", "", f"This reverts commit {bad}."),
    ]


async def test_what_came_after_stays(bench: Bench) -> None:
    """In the same file and in others; the branch has moved on since."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")))
    later = write(bench, "Sell bags", shop_py=text_of((3, "hats"), (20, "bags")), bags_py="bags\n")
    made = await revert(bench, bad=bad, good=good)
    assert made.base == later
    assert read(bench, made.commit, "shop.py") == text_of((20, "bags"))
    assert read(bench, made.commit, "bags.py") == "bags\n"
    assert made.taken_back == (f"{bad[:7]} Sell hats",)


async def test_everything_since_the_last_good_one_is_taken_back(bench: Bench) -> None:
    """What was never deployed alone was not healthy alone; all of it is listed, newest first."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    first = write(bench, "Sell hats", shop_py=text_of((3, "hats")))
    bad = write(bench, "Sell gloves", shop_py=text_of((3, "hats"), (10, "gloves")))
    write(bench, "Sell bags", shop_py=text_of((3, "hats"), (10, "gloves"), (20, "bags")))
    made = await revert(bench, bad=bad, good=good)
    assert read(bench, made.commit, "shop.py") == text_of((20, "bags"))
    assert made.taken_back == (f"{bad[:7]} Sell gloves", f"{first[:7]} Sell hats")


async def test_a_long_list_is_cut_and_says_so(bench: Bench) -> None:
    """It is for people; titles are cut as well."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    for number in range(53):
        bad = write(bench, f"Change {number} " + "x" * 200, n_md=f"{number}\n")
    made = await revert(bench, bad=bad, good=good)
    assert len(made.taken_back) == 51
    assert made.taken_back[0].startswith(f"{bad[:7]} Change 52 xxx")
    assert all(len(one) < 120 for one in made.taken_back)
    assert made.taken_back[-1] == "… and commits before these"


async def test_files_that_were_changed_again_are_named(bench: Bench) -> None:
    """Then there is no commit: a person has to look."""
    good = write(bench, "Sell shoes", shop_py=text_of(), other_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")), other_py=text_of((3, "hats")))
    head = write(bench, "Sell better hats", shop_py=text_of((3, "better hats")))
    assert await revert(bench, bad=bad, good=good) == Reverted("", head, ("shop.py",))


async def test_what_is_taken_back_already_is_no_revert(bench: Bench) -> None:
    """Somebody was faster; or it is a hot-fix that was never merged."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")))
    head = write(bench, "No hats", shop_py=text_of())
    assert await revert(bench, bad=bad, good=good) == Reverted("", head)
    hotfix = bench.fake.commit(bench.there, {"shop.py": text_of((5, "x"))}, branch="hotfix")
    assert await revert(bench, bad=hotfix, good=head) == Reverted("", head)


async def test_a_renamed_and_a_removed_file_come_back(bench: Bench) -> None:
    """Changes that were made to the renamed file since are kept."""
    good = write(bench, "Sell shoes", shop_py=text_of(), old_py="old\n")
    bad = bench.fake.commit(
        bench.there, {"shop.py": None, "store.py": text_of(), "old.py": None}, message="Call it a store"
    )
    write(bench, "Sell bags", store_py=text_of((20, "bags")))
    made = await revert(bench, bad=bad, good=good)
    assert read(bench, made.commit, "shop.py") == text_of((20, "bags"))
    assert read(bench, made.commit, "old.py") == "old\n"
    assert b"store.py" not in run_git(bench.mirror, "ls-tree", "--name-only", made.commit)


async def test_a_large_file_comes_back_too(bench: Bench) -> None:
    """The mirror leaves large files on the server; those that a push has to send are fetched, and no others."""
    large, larger = os.urandom(LARGEST_BLOB + 1), os.urandom(LARGEST_BLOB + 2)
    good = bench.fake.commit(bench.there, {"model.bin": large, "gone.bin": larger})
    bad = bench.fake.commit(bench.there, {"model.bin": larger[1:], "gone.bin": None}, message="Another model")
    write(bench, "Sell bags", bags_py="bags\n")
    made = await revert(bench, bad=bad, good=good)
    await bench.remote.push(made.commit, "yantra/revert-1", expected=None)
    for name, content in (("model.bin", large), ("gone.bin", larger)):
        assert run_git(bench.there.git_dir, "show", f"yantra/revert-1:{name}") == content
    assert f"?{blob_id(larger[1:])}" in run_git(bench.mirror, "rev-list", "--objects", "--missing=print", bad).decode()


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


async def test_the_same_input_gives_the_same_commit(bench: Bench) -> None:
    """A step that is done again after a kill makes no second one; another run's time makes another."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")))
    made = await revert(bench, bad=bad, good=good)
    assert await revert(bench, bad=bad, good=good) == made
    assert (await revert(bench, bad=bad, good=good, at=AT + 1)).commit != made.commit


@pytest.mark.case("D06")
async def test_no_attribute_and_no_driver_of_the_repository_has_a_say(bench: Bench) -> None:
    """Not even a built-in way of merging, which would keep both sides without a word."""
    attributes = "*.py merge=union\n* filter=evil\n"
    good = write(bench, "Sell shoes", shop_py=text_of(), _gitattributes=attributes)
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")), a_md="a\n")
    head = write(bench, "Sell better hats", shop_py=text_of((3, "better hats")), b_md="b\n")
    assert await revert(bench, bad=bad, good=good) == Reverted("", head, ("shop.py",))


async def test_what_no_run_may_change_is_left_to_a_person(bench: Bench) -> None:
    """A workflow decides what runs with the repository's secrets."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = bench.fake.commit(bench.there, {".github/workflows/ci.yml": "on: push\n"}, message="Check")
    with pytest.raises(UserError, match=r"changes \.github/workflows/ci\.yml, which is not for a run.*A person"):
        await revert(bench, bad=bad, good=good)


async def test_a_commit_that_nobody_has_is_said_to_be_gone(bench: Bench) -> None:
    """And an odd name is refused before git sees it."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    with pytest.raises(Permanent):
        await revert(bench, bad="0" * 39 + "1", good=good)
    for odd in ("HEAD", "--upload-pack=x", good[:7]):
        with pytest.raises(UserError, match="no full commit id"):
            await revert(bench, bad=odd, good=good)


async def test_commits_that_cannot_be_listed_hold_no_revert_up(bench: Bench) -> None:
    """The list is for people; what was broken comes back without it."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")))
    (bench.folder / "mirrors").mkdir(parents=True)
    (bench.folder / "mirrors" / f"{bench.there.id}-log.git").mkdir()
    (bench.folder / "mirrors" / f"{bench.there.id}-log.git" / "HEAD").write_text("damaged")
    made = await revert(bench, bad=bad, good=good)
    assert made.commit
    assert made.taken_back == ()


async def test_it_becomes_a_pull_request(bench: Bench) -> None:
    """Pushed to a branch of its own and proposed by what there is for that; a run's mirror stays one commit deep."""
    good = write(bench, "Sell shoes", shop_py=text_of())
    bad = write(bench, "Sell hats", shop_py=text_of((3, "hats")))
    made = await revert(bench, bad=bad, good=good)
    await bench.remote.push(made.commit, "yantra/revert-1", expected=None)
    new = NewPullRequest("yantra/revert-1", "main", "Revert: sell hats", "It crashed.", is_draft=False)
    pull = await bench.forge.open_pull_request(new)
    assert (pull.head_sha, pull.author) == (made.commit, Actor(bench.fake.app.bot.id, "yantra[bot]", True))
    assert run_git(bench.mirror, "rev-list", "--count", bad).strip() == b"1"
    await bench.remote.release("run-1")
    there = subprocess.run(
        ["git", "--git-dir", bench.there.git_dir, "show", "yantra/revert-1:shop.py"], capture_output=True, check=True
    )
    assert there.stdout.decode() == text_of()
