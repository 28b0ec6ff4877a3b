"""Numbers that look drawn by chance and are the same each time, for what is drawn or put in buckets by them."""

import numpy as np
import numpy.typing as npt


def mix(seed: int, *parts: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Return one number for each row of whole numbers, by splitmix64; the parts are of one length."""
    mixed = np.full(len(parts[0]), seed, np.uint64)
    for part in parts:
        mixed = (mixed ^ part.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
