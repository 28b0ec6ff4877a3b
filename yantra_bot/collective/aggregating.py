"""A round of the central model: each client's update, cut to the usual size, the median over groups of them. Pure.

Up to a quarter of the clients may say what they like: there are more than twice as many groups as these could reach,
so that in each weight most groups are clean, and the median is one that clean groups have.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from yantra_bot.collective.head import Head, improve
from yantra_bot.collective.pattern import Doubles, Pattern, read_inputs, read_targets
from yantra_bot.collective.screening import (
    Refusal,
    direction_of,
    drop_weak,
    join_alike,
    refuse_directions,
    refuse_patterns,
)

One = TypeVar("One")

POISONED: Final = 0.25
"""Share of the clients that may be against us without the median being theirs."""
STEPS, RATE = 20, 2.0
"""Of gradient descent that a client's patterns are given in a round. Embeddings have length 1, so the rate is large."""
LEAST_CLIENTS: Final = 5
"""Below, there is no majority to speak of, and nothing is learned."""


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a round."""

    head: Head
    voices: tuple[tuple[str, ...], ...]
    """The clients that were learned from; those in one set were heard as one."""
    refused: tuple[Refusal, ...]


def run_round(head: Head, clients: Mapping[str, Sequence[Pattern]], *, seed: str) -> Round:
    """Return the model after learning from the clients; the same model where too few are left.

    `seed` decides who shares a group, and is not known to clients beforehand.
    """
    kept = {name: drop_weak(patterns) for name, patterns in sorted(clients.items())}
    refused = list(refuse_patterns(kept))
    kept = _without(kept, refused)
    if len(kept) >= LEAST_CLIENTS:
        agreed = median_of_groups(cut_to_size(_updates(head, kept)), [(name,) for name in kept], seed=seed)
        directions = {name: direction_of(patterns) for name, patterns in kept.items()}
        later = refuse_directions(directions, Head(head.weights + agreed), kept)
        refused += later
        kept = _without(kept, later)
    voices = join_alike({name: direction_of(patterns) for name, patterns in kept.items()}) if kept else ()
    if len(voices) < LEAST_CLIENTS:
        return Round(head, (), tuple(refused))
    moved = median_of_groups(cut_to_size(_updates(head, kept)), voices, seed=seed)
    return Round(Head(head.weights + moved), voices, tuple(refused))


def average_plainly(head: Head, clients: Mapping[str, Sequence[Pattern]]) -> Head:
    """Return the model after the plain mean of all updates: what the round is measured against, not what is served."""
    updates = [update_of(head, patterns) for patterns in clients.values() if patterns]
    return Head(head.weights + np.mean(updates, axis=0))


def update_of(head: Head, patterns: Sequence[Pattern]) -> Doubles:
    """Return where a client's patterns alone would move the model."""
    return improve(head, read_inputs(patterns), read_targets(patterns), steps=STEPS, rate=RATE)


def cut_to_size(updates: Mapping[str, Doubles]) -> dict[str, Doubles]:
    """Return the updates, none longer than the median one: nobody is heard more by shouting."""
    lengths = {name: float(np.linalg.norm(update)) for name, update in updates.items()}
    usual = float(np.median(list(lengths.values()))) if lengths else 0.0
    return {name: update * min(1.0, usual / max(lengths[name], 1e-12)) for name, update in updates.items()}


def median_of_groups(updates: Mapping[str, Doubles], voices: Sequence[tuple[str, ...]], *, seed: str) -> Doubles:
    """Return, for each weight, the median over groups of voices of the group's mean. Groups are drawn by `seed`.

    A voice is a set of clients that is heard as one.
    """
    heard = [np.mean([updates[name] for name in voice], axis=0) for voice in _draw(voices, seed)]
    groups = min(len(heard), max(LEAST_CLIENTS, 2 * math.ceil(POISONED * len(heard)) + 1))
    means = [np.mean(heard[place::groups], axis=0) for place in range(groups)]
    return np.asarray(np.median(means, axis=0))


def _updates(head: Head, clients: Mapping[str, Sequence[Pattern]]) -> dict[str, Doubles]:
    return {name: update_of(head, patterns) for name, patterns in clients.items()}


def _draw(voices: Sequence[tuple[str, ...]], seed: str) -> list[tuple[str, ...]]:
    return sorted(voices, key=lambda voice: hashlib.sha256(f"{seed} {voice[0]}".encode()).digest())


def _without(clients: Mapping[str, One], refused: Sequence[Refusal]) -> dict[str, One]:
    gone = {one.client for one in refused}
    return {name: one for name, one in clients.items() if name not in gone}
