"""Hides names from a part of what is learned from, so that the network learns to do without them.

Two versions of one function are nearly the same: where both can be read whole, telling them from others is no lesson.
And who always sees the imports of a function learns to copy them, not to expect them.
"""

from dataclasses import fields
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from yantra_bot.scoring.layout import mask
from yantra_bot.scoring.packing import Bags, Packed

NAMES: Final = np.flatnonzero(mask("own name", "letters", "docstring", "comments"))
IMPORTS: Final = np.flatnonzero(mask("imports used", "imports of the file"))
HALF: Final = 0.5
"""Of the samples have each of these hidden, whether sound or faulty."""
WORDS: Final = 0.15
"""Of the words of the nodes are hidden, in those samples whose names are."""


def blur(packed: Packed) -> Packed:
    """Return a batch to learn from with some of it hidden; torch's seed decides what."""
    features = packed.features.copy()
    no_names = _draw(len(packed.scored)) < HALF
    features[np.ix_(packed.scored[no_names], NAMES)] = 0
    features[np.ix_(packed.scored[_draw(len(packed.scored)) < HALF], IMPORTS)] = 0
    counts = np.diff(packed.words.starts)
    is_kept = (_draw(len(packed.words.rows)) >= WORDS) | np.repeat(~no_names[packed.owners], counts)
    ends = np.concatenate(([0], np.cumsum(is_kept)))
    words = Bags(packed.words.rows[is_kept], ends[packed.words.starts].astype(np.int32))
    given = {one.name: getattr(packed, one.name) for one in fields(Packed)}
    return Packed(**given | {"features": features, "words": words})


def _draw(count: int) -> npt.NDArray[np.float32]:
    drawn: npt.NDArray[np.float32] = torch.rand(count).numpy()
    return drawn
