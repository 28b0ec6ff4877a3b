"""Names handed to git."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.errors import UserError
from yantra_bot.forge.git_names import check_branch, check_commit, head_ref, run_ref


def git_allows(name: str) -> bool:
    done = subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False, capture_output=True)
    return done.returncode == 0


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab./@{}~^:?*[\\ -\x01é", min_size=1, max_size=12))
def test_what_is_let_through_git_allows_too(name: str) -> None:
    """No name passes here that git itself would refuse."""
    try:
        check_branch(name)
    except UserError:
        return
    assert git_allows(name)


@pytest.mark.parametrize(
    "name", ["main", "feature/x#1", "yantra/12-fix-add", "v1.0", "a" * 200, "日本", "release@2", "a{b}"]
)
def test_ordinary_names_pass(name: str) -> None:
    """A default branch may have a hash sign, a slash, or letters of any script."""
    assert check_branch(name) == name


@pytest.mark.parametrize("commit", ["", "main", "HEAD", "a" * 39, "A" * 40, "a" * 41, "a" * 40 + "\n", "-" * 40])
def test_only_full_commit_ids_are_commits(commit: str) -> None:
    """Nothing that git would have to look up is taken for an id."""
    with pytest.raises(UserError):
        check_commit(commit)


@pytest.mark.parametrize("commit", ["a" * 40, "0" * 64])
def test_both_kinds_of_ids_are_commits(commit: str) -> None:
    """SHA-1 and SHA-256 repositories both work."""
    assert check_commit(commit) == commit


@pytest.mark.parametrize("run_id", ["run-1", "a/../../heads/main", "x.lock", "", "é", "x" * 500, "-x"])
def test_every_run_has_a_ref_that_git_allows(run_id: str) -> None:
    """Whatever the run is called, what it holds lies below refs/yantra/runs."""
    ref = run_ref(run_id)
    assert ref.startswith("refs/yantra/runs/")
    assert ref.count("/") == 3
    assert subprocess.run(["git", "check-ref-format", ref], check=False).returncode == 0


def test_a_branch_and_a_folder_of_its_name_do_not_collide() -> None:
    """`a` and `a/b` can both be kept, since one may have taken the other's place."""
    assert len({head_ref("a"), head_ref("a/b"), head_ref("b")}) == 3
