"""A file with edits made in it, and where a fault stands in it then."""

from collections.abc import Sequence

from yantra_bot.training.faults import Module, Site
from yantra_bot.training.faults.module import Edit


class Rewritten:
    """A module as it is written after edits that do not overlap."""

    def __init__(self, module: Module, edits: Sequence[Edit]) -> None:
        self._module, self._edits = module, sorted(edits)
        parts, at = [], 0
        for start, end, text in self._edits:
            parts += [module.source[at:start], text]
            at = end
        self.source = b"".join([*parts, module.source[at:]])

    def place(self, site: Site) -> tuple[int, int]:
        """Return line (from 1) and column (from 0, bytes) where a fault stands that is among the edits."""
        at, inside = offset_of(self._module, site)
        grown = sum(len(text) - (end - start) for start, end, text in self._edits if start < at and end <= at)
        before = self.source[: at + grown + inside]
        return before.count(b"\n") + 1, len(before) - before.rfind(b"\n") - 1


def offset_of(module: Module, site: Site) -> tuple[int, int]:
    """Return where a fault stands: the byte of the sound file, and how far in the replaced text if it is there."""
    line, column = module.place(site.start)
    if (site.line, site.column) <= (line, column):
        return module.offset(site.line, site.column), 0
    down = site.line - line
    above = site.replacement.split(b"\n")[:down]
    return site.start, sum(len(one) + 1 for one in above) + site.column - (column if down == 0 else 0)
