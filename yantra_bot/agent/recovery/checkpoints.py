"""The states of a run's tree that can be gone back to: one before each turn that edits. Pure.

They come out of the record alone, so that a run which was killed has the same ones. Nothing here touches a file.
"""

from collections.abc import Iterable
from typing import Final

from yantra_bot.domain.changes import Changeset
from yantra_bot.errors import UserError

MAX_STATES: Final = 30
"""The oldest beyond that are forgotten."""
UNDO: Final = "undo"
"""The tool that goes back."""


class Checkpoints:
    """The states that led to where the tree is, oldest first; the first is the base commit itself."""

    def __init__(self, states: Iterable[Changeset] = ()) -> None:
        self._states = list(states) or [Changeset()]

    @property
    def states(self) -> tuple[Changeset, ...]:
        return tuple(self._states)

    def note(self, changes: Changeset) -> None:
        """Take note of how the tree is now. Who is where he was before has gone back: what came after it is gone."""
        if changes in self._states:
            del self._states[self._states.index(changes) + 1 :]
            return
        self._states.append(changes)
        del self._states[:-MAX_STATES]

    def back(self, now: Changeset, steps: int) -> Changeset:
        """Return the state `steps` before `now`; UserError where there are not so many."""
        earlier = self._states[: self._states.index(now)] if now in self._states else self._states
        if not earlier:
            raise UserError("Nothing was changed so far, so there is nothing to undo.")
        if steps > len(earlier):
            raise UserError(f"There are only {len(earlier)} earlier states. Give at most {len(earlier)} as steps.")
        return earlier[-steps]
