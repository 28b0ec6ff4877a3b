"""The pieces of a file that features are read of: where the symbols of a view stand in it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.features.flat import Ints, Mask


@dataclass(frozen=True, slots=True)
class Pieces:
    """Symbols of one file."""

    rows: Ints
    """[s] of the view, rising."""
    spans: npt.NDArray[np.int32]
    """[4, s] line (from 1), column (from 0, bytes), end line, end column."""
    is_function: Mask
    """[s]"""

    def take(self, places: Ints) -> "Pieces":
        """Return some of them."""
        return Pieces(self.rows[places], self.spans[:, places], self.is_function[places])

    def bounds(self, source: bytes) -> tuple[Ints, Ints]:
        """Return the bytes where each begins and ends in the file's content."""
        line, column, end_line, end_column = self.spans.astype(np.int64)
        breaks = np.flatnonzero(np.frombuffer(source, np.uint8) == ord("\n")) + 1
        begins = np.concatenate(([0], breaks, [len(source)]))
        starts = begins[np.clip(line - 1, 0, len(begins) - 1)] + column
        return starts, begins[np.clip(end_line - 1, 0, len(begins) - 1)] + end_column
