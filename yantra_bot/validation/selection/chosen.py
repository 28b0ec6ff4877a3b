"""The tests that were chosen so far, as bits, each with the best reason there is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

import numpy as np

from yantra_bot.domain.review import SelectedTest
from yantra_bot.validation.selection.suite import KnownTest

CHANGED = 1.0
SEEN = 0.8
REACHES = 0.6
FELT = 0.4
DATA = 0.3
IMPORTS = 0.1
"""How likely each kind of reason is to make a test fail, in [0, 1]: only the order matters."""


@dataclass(slots=True)
class Chosen:
    """Which tests of a suite were chosen, and why. Bit n stands for the n-th test."""

    tests: Sequence[KnownTest]
    bits: int = 0
    reasons: dict[int, tuple[float, str]] = field(default_factory=dict)
    _given: dict[float, int] = field(default_factory=dict)
    """Which tests have a reason of at least that score: most of them have one, of each of many changed symbols."""

    def add(self, bits: int, score: float, why: str, *, near: dict[int, float] | None = None) -> None:
        """Choose tests; one that is chosen already keeps the reason of the higher score.

        `near` are additions to the score of some tests, by their places.
        """
        self.bits |= bits
        better = reduce(or_, (given for least, given in self._given.items() if least >= score), 0)
        self._given[score] = self._given.get(score, 0) | bits
        for place in places(bits if near else bits & ~better):
            own = score + (near or {}).get(place, 0.0)
            if own > self.reasons.get(place, (0.0, ""))[0]:
                self.reasons[place] = (own, why)

    def ordered(self) -> tuple[SelectedTest, ...]:
        """Return the chosen tests, the likeliest to fail first. Tests of one id are one."""
        found: dict[str, SelectedTest] = {}
        for place, (score, why) in self.reasons.items():
            name = self.tests[place].id
            if name not in found or found[name].score < score:
                found[name] = SelectedTest(name, why, round(min(score, 1.0), 3))
        return tuple(sorted(found.values(), key=lambda one: (-one.score, one.id)))


def places(bits: int) -> list[int]:
    """Return which bits are set."""
    data = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), np.uint8)
    found: list[int] = np.flatnonzero(np.unpackbits(data, bitorder="little")).tolist()
    return found
