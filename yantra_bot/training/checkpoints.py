"""What training can go on from after it was ended: weights, optimiser and history in one file, its hash in front.

A checkpoint is read with `weights_only`, so that nothing in it can run, and only where the rest of the file has the
hash that it begins with: half a file and a changed one are refused, not loaded.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from yantra_bot.errors import UserError

HASH_BYTES = 32
CURE = "Cure: delete it and train again, or take the checkpoint before it."


@dataclass(slots=True)
class Progress:
    """How far a training is. It travels in the checkpoint."""

    epoch: int = 0
    """Epochs that are done."""
    best: float = float("inf")
    """The lowest held-out value so far."""
    best_epoch: int = 0
    flat: int = 0
    """Epochs since the best."""
    seconds: float = 0.0
    """That it took so far, the judging included."""
    batches: int = 0
    skipped: int = 0
    """Batches that nothing was learned from, since their loss was no number."""
    history: list[dict[str, float]] = field(default_factory=list)
    """Of each epoch: its losses, the held-out value, the rate, seconds."""


def save_checkpoint(path: Path, state: Mapping[str, Any], progress: Progress, about: Mapping[str, str]) -> None:
    """Write a checkpoint whole or not at all.

    `state` has the state dicts by name (`model`, `optimiser`, …); `about` says what it is for: feature version, seed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    held = io.BytesIO()
    torch.save({"state": dict(state), "progress": asdict(progress), "about": dict(about)}, held)
    data = held.getvalue()
    half = path.with_suffix(".half")
    half.write_bytes(hashlib.sha256(data).digest() + data)
    half.replace(path)


def load_checkpoint(path: Path, about: Mapping[str, str]) -> tuple[dict[str, Any], Progress]:
    """Return the states and the progress of a checkpoint.

    Raises UserError where it is damaged, was changed since it was written, or is for something else than `about`.
    """
    try:
        whole = path.read_bytes()
        if hashlib.sha256(whole[HASH_BYTES:]).digest() != whole[:HASH_BYTES]:
            raise UserError(f"The checkpoint {path} is not what was written: its hash is another one. {CURE}")
        kept = torch.load(io.BytesIO(whole[HASH_BYTES:]), map_location="cpu", weights_only=True)
    except UserError:
        raise
    except Exception as problem:  # the loader raises whatever the bytes lead it to
        raise UserError(f"The checkpoint {path} cannot be read ({type(problem).__name__}). {CURE}") from problem
    for name, value in about.items():
        if kept["about"].get(name) != value:
            there = kept["about"].get(name, "nothing")
            raise UserError(f"The checkpoint {path} is for {name} {there}, and wanted is {value}. {CURE}")
    return kept["state"], Progress(**kept["progress"])
