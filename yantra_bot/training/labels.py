"""What is known of the symbols of a batch: what a network is taught, and held against."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.batch import Batch, Floats, Ints

NO_FAULT = -1


@dataclass(frozen=True, slots=True)
class Labels:
    """Of s scored symbols with N inner nodes."""

    bugs: Ints
    """[s] the number of the injected class, NO_FAULT for sound code."""
    at: npt.NDArray[np.bool_]
    """[N] whether the fault stands at this inner node."""
    imports: Floats
    """[s, 50] 1 where the symbol uses the module."""
    passing: Floats
    """[s] 1 where the tests pass, 0 where they fail, NaN where nobody tried."""
    pairs: Ints
    """[p, 2] rows of two versions of one function."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A batch and what is known of it."""

    batch: Batch
    labels: Labels
