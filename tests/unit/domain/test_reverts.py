"""What a message says that it takes back is read by git's words and by GitHub's, and by nothing else."""

import pytest

from yantra_bot.domain.reverts import MOST, Revert, read_revert

ONE, TWO = "1" * 40, "2" * 40


@pytest.mark.parametrize(
    ("message", "commits", "pulls"),
    [
        (f'Revert "add"\n\nThis reverts commit {ONE}.', (ONE,), ()),
        (f"undo\n\nThis reverts commit {ONE}, reversing\nchanges made to {TWO}.", (ONE,), ()),
        (f"This reverts commit {ONE}.\nThis reverts commit {TWO}.", (ONE, TWO), ()),
        ('Revert "add" (#13)\n\nReverts octo/calc#12', (), (12,)),
        ("Reverts Octo/Calc#12 and Reverts #7", (), (12, 7)),
        ("Reverts other/calc#12", (), ()),
        ("This reverts commit 1234567.", (), ()),
        ("Revert the thing of #12", (), ()),
        ("", (), ()),
    ],
)
def test_what_is_taken_back_is_read(message: str, commits: tuple[str, ...], pulls: tuple[int, ...]) -> None:
    """A pull request of another repository, an abbreviated commit and plain words are none."""
    wanted = Revert("9" * 40, commits, pulls) if commits or pulls else None
    assert read_revert("9" * 40, message, repository="octo/calc") == wanted


def test_of_a_message_without_end_little_is_believed() -> None:
    """No commit takes thousands back."""
    found = read_revert("9" * 40, f"This reverts commit {ONE}. Reverts #1 " * 1_000, repository="octo/calc")
    assert found is not None
    assert (len(found.commits), len(found.pulls)) == (MOST, MOST)
