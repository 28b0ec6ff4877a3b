"""What the network's 1 024 outputs say: for each of the 32 steps, how likely each of the 32 follows it.

The other reading, "32 places, 32 steps each", gives by its marginals sequences that nobody would write, and a cap at 32
steps. A chain has neither places nor cap. What follows a raise or a return is no question, the end of its block, so
their two rows say what the chain would mix up: how a body begins, and what follows a block that stands at the top.

The answer is the sequence that is on average closest to what the chain tells: of many drawn with a fixed seed, the one
whose steps agree best with all the others. The likeliest single sequence would be a bare `return`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.codex.steps import ENDS, OPENERS, STEPS, Step

SIZE: Final = len(STEPS)
OUTPUTS: Final = SIZE * SIZE
LONGEST: Final = 40
"""Steps of an answer at most."""
DRAWN: Final = 64
SEED: Final = 10
BEGIN: Final = Step.RAISE.number
"""The row that says how a body begins."""
AFTER: Final = Step.RETURN.number
"""The row that says what follows a block that stands at the top."""
Floats = npt.NDArray[np.float32]
_OPENS: Final = np.array([step in OPENERS for step in STEPS])


def counts_of(steps: Sequence[Step]) -> Floats:
    """Return [32, 32], how often each step (row) is followed by each (column); the end of the body is a `CLOSE`."""
    found = np.zeros((SIZE, SIZE), dtype=np.float32)
    depth = 0
    row: int | None = BEGIN
    for step in steps:
        if row is not None:
            found[row, step.number] += 1
        depth += (step in OPENERS) - (step is Step.CLOSE)
        row = None if step in ENDS else step.number
        if step is Step.CLOSE and depth == 0:
            row = AFTER
    if row is not None:
        found[row, 0] += 1
    return found


def chances(outputs: Floats) -> Floats:
    """Return [32, 32], each row summing to 1, of a network's [1024] outputs."""
    logits = outputs.reshape(SIZE, SIZE)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def decode(chain: Floats) -> tuple[Step, ...]:
    """Return the answer for [32, 32] chances: the one of those drawn that agrees best with all of them."""
    drawn = draw(chain)
    tallies = np.stack([(drawn == number).sum(axis=1) for number in range(1, SIZE)], axis=1).astype(np.float32)
    shared = np.minimum(tallies[:, None, :], tallies[None, :, :]).sum(axis=2)
    sizes = tallies.sum(axis=1)
    agreement = 2 * shared / np.maximum(sizes[:, None] + sizes[None, :], 1)
    best = drawn[int(agreement.mean(axis=1).argmax())]
    return tuple(STEPS[number] for number in best if number >= 0)


def draw(chain: Floats, count: int = DRAWN, seed: int = SEED) -> npt.NDArray[np.int64]:
    """Return [count, LONGEST] steps by number, -1 behind the end. The same chain gives the same."""
    luck = np.random.default_rng(seed).random((LONGEST, count))
    sums = np.cumsum(chain, axis=1)
    sums[:, -1] = 1.0
    drawn = np.full((count, LONGEST), -1, dtype=np.int64)
    row, depth = np.full(count, BEGIN), np.zeros(count, dtype=np.int64)
    has_ended, goes_on = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    for place in range(LONGEST):
        following = np.where(has_ended, 0, (sums[row] < luck[place][:, None]).sum(axis=1))
        goes_on &= (following != 0) | (depth > 0)
        if not goes_on.any():
            break
        drawn[goes_on, place] = following[goes_on]
        depth += np.where(following == 0, -1, _OPENS[following])
        has_ended = (following == BEGIN) | (following == AFTER)
        row = np.where((following == 0) & (depth == 0), AFTER, following)
    return drawn
