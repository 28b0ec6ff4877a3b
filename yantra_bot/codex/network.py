"""The generator's network on numpy: three rounds of a node's own features and the mean of its neighbours', three heads.

It computes what `training.generator_network` trains, within rounding. A test holds the two equal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.codex.pattern import OUTPUTS
from yantra_bot.scoring.batch import FEATURES

WIDTHS: Final = (1_536, 1_280, 1_024)
COMPLEXITIES: Final = 5
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the network says of one problem."""

    pattern: Floats
    """[1024], logits: see `pattern`."""
    confidence: float
    """A logit, not calibrated."""
    complexity: Floats
    """[5], logits."""


def shapes(widths: Sequence[int] = WIDTHS) -> dict[str, tuple[int, ...]]:
    """Return the arrays that a network of these widths has, by name."""
    found: dict[str, tuple[int, ...]] = {}
    for place, (first, second) in enumerate(zip((FEATURES, *widths), widths, strict=False)):
        found |= {
            f"rounds.{place}.own": (second, first),
            f"rounds.{place}.beside": (second, first),
            f"rounds.{place}.bias": (second,),
        }
    for name, size in (("pattern", OUTPUTS), ("confidence", 1), ("complexity", COMPLEXITIES)):
        found |= {f"{name}.weight": (size, widths[-1]), f"{name}.bias": (size,)}
    return found


class Network:
    """The weights, ready to be asked. Knows stars only: a problem and what stands beside it."""

    def __init__(self, arrays: Mapping[str, Floats], widths: Sequence[int] = WIDTHS) -> None:
        self._arrays = {name: np.ascontiguousarray(arrays[name], dtype=np.float32) for name in shapes(widths)}
        self._rounds = len(widths)

    def ask(self, problem: Floats, beside: Floats) -> Outputs:
        """Return what the network says of a problem, [978], with [n, 978] neighbours; n may be 0."""
        own, others = problem[None], beside
        for place in range(self._rounds):
            is_last = place == self._rounds - 1
            around = others.mean(axis=0, keepdims=True) if len(others) else np.zeros_like(own)
            # What the neighbours become in the last round is read by nobody.
            others, own = self._round(place, others[: 0 if is_last else None], own), self._round(place, own, around)
        state = own[0]
        return Outputs(
            self._head("pattern", state), float(self._head("confidence", state)[0]), self._head("complexity", state)
        )

    def _round(self, place: int, own: Floats, around: Floats) -> Floats:
        arrays = self._arrays
        value = own @ arrays[f"rounds.{place}.own"].T + around @ arrays[f"rounds.{place}.beside"].T
        return np.maximum(value + arrays[f"rounds.{place}.bias"], 0)

    def _head(self, name: str, state: Floats) -> Floats:
        return np.asarray(self._arrays[f"{name}.weight"] @ state + self._arrays[f"{name}.bias"], dtype=np.float32)
