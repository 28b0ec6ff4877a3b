"""On what is trained: CUDA where it is there, else the CPU, by one code path; and randomness that can be repeated."""

import random
from contextlib import AbstractContextManager

import numpy as np
import torch


def choose_device(wanted: str = "auto") -> torch.device:
    """Return the device by name; `auto` takes CUDA where there is one."""
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(wanted)


def seed_everything(seed: int) -> None:
    """Make what follows the same each time."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def mixed_precision(device: torch.device) -> AbstractContextManager[None]:
    """Compute in half precision where that is faster (CUDA), else as it is."""
    return torch.autocast(device_type=device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")
