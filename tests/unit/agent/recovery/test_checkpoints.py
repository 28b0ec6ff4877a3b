"""What can be gone back to, told from the states that a record holds."""

import pytest

from yantra_bot.agent.recovery.checkpoints import MAX_STATES, Checkpoints
from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.errors import UserError


def state(number: int) -> Changeset:
    return Changeset((FileChange("a.py", f"{number:064d}"),))


def test_a_state_is_kept_for_each_turn_that_changed_something() -> None:
    """A turn that only reads leaves none."""
    kept = Checkpoints()
    for changes in (Changeset(), state(1), state(1), state(2)):
        kept.note(changes)
    assert kept.states == (Changeset(), state(1), state(2))
    assert kept.back(state(2), 1) == state(1)
    assert kept.back(state(2), 2) == Changeset()
    assert kept.back(state(3), 1) == state(2), "edits of the present turn are the last ones"


def test_who_went_back_has_what_came_after_behind_him() -> None:
    """Going back twice leads twice as far, and a new edit starts from there."""
    kept = Checkpoints()
    for changes in (state(1), state(2), state(3), state(2)):
        kept.note(changes)
    assert kept.states == (Changeset(), state(1), state(2))
    kept.note(state(4))
    assert kept.back(state(4), 1) == state(2)


def test_there_is_an_end_to_going_back() -> None:
    """It is said how far it goes, and the oldest of many states are forgotten."""
    with pytest.raises(UserError, match="nothing to undo"):
        Checkpoints().back(Changeset(), 1)
    kept = Checkpoints()
    kept.note(state(1))
    with pytest.raises(UserError, match="at most 1"):
        kept.back(state(1), 2)
    for number in range(2 * MAX_STATES):
        kept.note(state(number))
    assert len(kept.states) == MAX_STATES
