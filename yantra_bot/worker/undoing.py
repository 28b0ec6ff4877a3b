"""Brings a run's tree back to a checkpoint, and tells what that changed. The child's side.

The checkpoints come with each order that may need them: a worker that was killed takes none with it.
"""

from collections.abc import Callable, Sequence

from yantra_bot.agent.recovery.checkpoints import Checkpoints
from yantra_bot.agent.rendering import cut_middle, escape
from yantra_bot.domain.changes import Changeset
from yantra_bot.errors import UserError
from yantra_bot.sandbox.checkout import Checkout
from yantra_bot.sandbox.differ import Version, show_change

MAX_SHOWN = 12_000
_REGULAR = "100644"
Versions = dict[str, tuple[bytes | None, bytes | None]]


class Undoing:
    """What one order of tool calls can go back to."""

    def __init__(self, checkout: Checkout, states: Sequence[Changeset], read_blob: Callable[[str], bytes]) -> None:
        self._checkout, self._read_blob = checkout, read_blob
        self._states = Checkpoints(states)

    def undo(self, steps: int) -> str:
        """Go back so many checkpoints and say what is otherwise now; UserError where there are not so many."""
        checkout = self._checkout
        now = checkout.survey().changes
        target = self._states.back(now, steps)
        before = checkout.versions()
        try:
            restored = checkout.go_back(target, self._read_blob)
        except KeyError:
            raise UserError("That checkpoint's content is not here any more. Edit by hand what has to go.") from None
        self._states.note(target)
        turns = "turn" if steps == 1 else f"{steps} turns"
        shown = _describe(restored, before, checkout.versions())
        left = "Nothing differs from the base any more." if not target.files else "The tool diff shows what is left."
        return f"Went back to before the edits of the last {turns}. {left}\n{shown}".rstrip()


def _describe(paths: Sequence[str], before: Versions, after: Versions) -> str:
    lines, diffs = [], []
    for path in paths:
        old = before[path][1] if path in before else after[path][0]
        new = after[path][1] if path in after else before[path][0]
        how = "is gone again" if new is None else "is there again" if old is None else "is as it was"
        lines.append(f"- {escape(path)} {how}")
        diffs.append(show_change(path, _version(old), _version(new)))
    return cut_middle("\n".join([*lines, "", escape("".join(diffs))]), MAX_SHOWN)


def _version(data: bytes | None) -> Version | None:
    return None if data is None else Version(data, _REGULAR)
