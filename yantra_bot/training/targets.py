"""What a network is taught of a batch, as tensors on its device."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from yantra_bot.training.samples import Labelled
from yantra_bot.training.samples.stored import SOUND


@dataclass(frozen=True, slots=True)
class Targets:
    """Of s scored symbols with N inner nodes."""

    bugs: Tensor
    """[s] the number of the injected class, SOUND without a fault."""
    at: Tensor
    """[N] whether the fault stands at this inner node."""
    imports: Tensor
    """[s, 50] 1 where the symbol uses the module."""
    passing: Tensor
    """[s] 1 where the tests pass, 0 where they fail, NaN where nobody tried."""
    pairs: Tensor
    """[p, 2] rows of two versions of one function."""


def targets_of(labelled: Labelled, device: torch.device) -> Targets:
    """Return what is known of a batch; its pairs where sound and faulty versions stand next to each other."""
    sizes = [len(one) for one in labelled.batch.inner]
    at = np.zeros(sum(sizes), bool)
    for start, nodes in zip(np.cumsum([0, *sizes]), labelled.faults, strict=False):
        at[start + nodes] = True
    outcomes = labelled.outcomes.astype(np.float32)
    return Targets(
        bugs=torch.as_tensor(labelled.bugs, dtype=torch.int64).to(device),
        at=torch.as_tensor(at).to(device),
        imports=torch.as_tensor(labelled.imports, dtype=torch.float32).to(device),
        passing=torch.as_tensor(np.where(outcomes < 0, np.nan, outcomes), dtype=torch.float32).to(device),
        pairs=torch.as_tensor(_pairs(labelled), dtype=torch.int64).to(device),
    )


def _pairs(labelled: Labelled) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    bugs = labelled.bugs
    is_paired = len(bugs) % 2 == 0 and bool((bugs[::2] == SOUND).all()) and bool((bugs[1::2] != SOUND).all())
    return np.arange(len(bugs) if is_paired else 0, dtype=np.int64).reshape(-1, 2)
