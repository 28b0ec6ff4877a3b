"""Whether a version that reached the first tenth goes to all, is withdrawn, or is watched on. Pure.

Two looks. Both models say what they expect of the code whose outcomes came since, client by client, so that none
outvotes others by talking; and the share of passing among who has the new one is held against the rest.
"""

import hmac
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from yantra_bot.collective.head import Head, miss
from yantra_bot.collective.pattern import Pattern

FIRST_SHARE: Final = 0.1
LEAST_CLIENTS: Final = 5
LEAST_OUTCOMES: Final = 100
"""Before so many came since a version was handed out, nothing is decided."""
MARGIN: Final = 0.005
"""Brier that a new version may be worse by, in the median client."""
LEAST_EACH: Final = 5
SURE: Final = 2.58
"""Standard errors that the share of passing may lie below the others': 99 of 100 by chance are nearer."""


class Verdict(StrEnum):
    """What becomes of a version."""

    TO_ALL = "to all"
    WITHDRAWN = "withdrawn"
    WATCHED = "watched on"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A verdict and the figures it rests on."""

    verdict: Verdict
    reason: str
    """For the change log; figures only."""


def is_first(secret: bytes, identity: str) -> bool:
    """Return whether an id is among the tenth that a version reaches first.

    `secret` is the version's, known to the service alone and drawn when the version is made: no id can be chosen by it.
    """
    drawn = hmac.digest(secret, identity.encode(), "sha256")
    return int.from_bytes(drawn[:8]) < FIRST_SHARE * 2**64


def is_better(new: Head, old: Head, clients: Mapping[str, Sequence[Pattern]]) -> Comparison:
    """Return how a new model does beside the old one on outcomes that neither learned from."""
    told = [one for one in clients.values() if len(one) >= LEAST_EACH]
    count = sum(len(one) for one in told)
    if len(told) < LEAST_CLIENTS or count < LEAST_OUTCOMES:
        return Comparison(Verdict.WATCHED, f"{count} outcomes of {len(told)} clients are too few")
    worse = float(np.median([miss(new, one) - miss(old, one) for one in told]))
    reason = f"Brier {worse:+.4f} in the median of {len(told)} clients, {count} outcomes"
    return Comparison(Verdict.WITHDRAWN if worse > MARGIN else Verdict.TO_ALL, reason)


def compare(
    new: Head, old: Head, first: Mapping[str, Sequence[Pattern]], others: Mapping[str, Sequence[Pattern]]
) -> Comparison:
    """Return the verdict on a version: `first` are the clients that have it, with what they reported since."""
    seen = [
        [float(np.mean([one.is_passing for one in told])) for told in group.values() if len(told) >= LEAST_EACH]
        for group in (first, others)
    ]
    if min(len(shares) for shares in seen) >= LEAST_CLIENTS:
        mine, rest = (float(np.mean(shares)) for shares in seen)
        error = math.sqrt(sum(float(np.var(shares, ddof=1)) / len(shares) for shares in seen))
        if mine - rest < -SURE * max(error, 0.01):
            return Comparison(Verdict.WITHDRAWN, f"tests pass in {mine:.2f} of cases where it is, {rest:.2f} elsewhere")
    return is_better(new, old, {**others, **first})
