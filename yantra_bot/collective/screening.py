"""Which clients' patterns, and how loudly each, the central model learns from. Pure.

A client says what it likes, so each is held against the others: first what it sends (copies, contradictions, hardly
any spread), then what its outcomes say (outliers by direction, by fit, and several that speak as one).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from yantra_bot.collective.head import Head, tell_apart
from yantra_bot.collective.pattern import Doubles, Pattern, read_embeddings, read_targets

LEAST_PATTERNS: Final = 8
"""A client with fewer says too little to be held against the others."""
MOST_PATTERNS: Final = 500
"""Of one client in one round: the newest."""
OUTLYING: Final = 4.0
"""Robust standard deviations from the others' median, on the bad side, beyond which a client is left out."""
AS_ONE: Final = 0.35
"""Cosine of what is left of two clients' directions beyond which they are one voice. Chance gives 0.09 in 128
dimensions: four times as much is none, also not once in all pairs of a hundred clients."""
_LEAST_SPREAD: Final = 0.2
"""Share of the median client's spread of embeddings below which one sends the same thing again and again."""
_TO_SIGMA: Final = 1.4826
_LEAST_SIGMA: Final = 0.02


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a client's patterns were not learned from in a round; `reason` is of a closed list."""

    client: str
    reason: str


def drop_weak(patterns: Sequence[Pattern]) -> tuple[Pattern, ...]:
    """Return a client's patterns without copies, and without those that say passing and failing of the same code."""
    latest = {(one.embedding, one.is_passing): one for one in patterns[-MOST_PATTERNS:]}
    outcomes = Counter(embedding for embedding, _ in latest)
    return tuple(one for one in latest.values() if outcomes[one.embedding] == 1)


def refuse_patterns(clients: Mapping[str, Sequence[Pattern]]) -> tuple[Refusal, ...]:
    """Return who sends too little, only one outcome, or embeddings with hardly any spread."""
    spread = {name: _spread(patterns) for name, patterns in clients.items() if len(patterns) >= LEAST_PATTERNS}
    usual = float(np.median(list(spread.values()))) if spread else 0.0
    refused = []
    for name, patterns in clients.items():
        if name not in spread:
            refused.append(Refusal(name, "too few patterns"))
        elif spread[name] < _LEAST_SPREAD * usual:
            refused.append(Refusal(name, "patterns that are all alike"))
        elif len({one.is_passing for one in patterns}) < 2:
            refused.append(Refusal(name, "only one outcome"))
    return tuple(refused)


def direction_of(patterns: Sequence[Pattern]) -> Doubles:
    """Return what a client's outcomes say of embeddings: their covariance, at length 1.

    What the client's code has in common falls out of it, so that clients of different projects can be compared.
    Shape: [EMBEDDING].
    """
    rows = read_embeddings(patterns)
    outcomes = read_targets(patterns)[:, 0]
    found = (outcomes - outcomes.mean()) @ (rows - rows.mean(axis=0))
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-12))


def refuse_directions(
    directions: Mapping[str, Doubles], head: Head, clients: Mapping[str, Sequence[Pattern]]
) -> tuple[Refusal, ...]:
    """Return whose outcomes point away from where most point, or are contradicted by `head`, which most agree on."""
    names = list(directions)
    middle = np.median(list(directions.values()), axis=0)
    towards = np.array([float(directions[name] @ middle) for name in names]) / max(float(np.linalg.norm(middle)), 1e-12)
    fits = np.array([_fit(head, clients[name]) for name in names])
    refused = []
    for place, name in enumerate(names):
        if towards[place] < 0 or _is_low(towards, place):
            refused.append(Refusal(name, "outcomes that point away from the others"))
        elif fits[place] < 0.5 and _is_low(fits, place):
            refused.append(Refusal(name, "outcomes that the others contradict"))
    return tuple(refused)


def join_alike(directions: Mapping[str, Doubles]) -> tuple[tuple[str, ...], ...]:
    """Return the clients in sets, each one voice: those whose outcomes point alike, beyond what all agree on.

    Honest clients agree on what is true; what is left is chance, which points anywhere. Those who plot have that rest
    in common, and so has one who plays several.
    """
    names = list(directions)
    rests = np.array(list(directions.values())) - np.median(list(directions.values()), axis=0)
    rests /= np.maximum(np.linalg.norm(rests, axis=1, keepdims=True), 1e-12)
    alike = rests @ rests.T
    voices: list[set[int]] = []
    for place in range(len(names)):
        near = [voice for voice in voices if any(alike[place, other] > AS_ONE for other in voice)]
        voices = [voice for voice in voices if voice not in near] + [{place}.union(*near)]
    return tuple(tuple(names[place] for place in sorted(voice)) for voice in voices)


def _spread(patterns: Sequence[Pattern]) -> float:
    rows = read_embeddings(patterns)
    return float(np.mean(np.sum((rows - rows.mean(axis=0)) ** 2, axis=1)))


def _cosine(left: Doubles, right: Doubles) -> float:
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(np.sum(left * right)) / size if size else 0.0


def _fit(head: Head, patterns: Sequence[Pattern]) -> float:
    return float(np.nan_to_num(tell_apart(head, patterns), nan=0.5))


def _is_low(values: Doubles, place: int) -> bool:
    """Return whether a value lies far below the others: their median less so many robust deviations."""
    middle = float(np.median(values))
    sigma = max(_LEAST_SIGMA, _TO_SIGMA * float(np.median(np.abs(values - middle))))
    return bool(values[place] < middle - OUTLYING * sigma)
