"""What nodes send each other, channel by channel: a node sends and hears on three of its sixteen channels on average.

The mean of an empty channel is zero and adds nothing, so that only what is sent and heard is computed.
"""

from dataclasses import dataclass

import numpy as np

from yantra_bot.scoring.batch import Ints
from yantra_bot.scoring.packing import CHANNELS, Bags, take_bags


@dataclass(frozen=True, slots=True)
class Channels:
    """The messages of a batch, sorted by channel."""

    senders: Ints
    """[r] nodes, once for each channel that they send on."""
    sent: tuple[int, ...]
    """How many of them are of each channel."""
    bags: Bags
    """What each hearer hears: places in `senders`."""
    hearers: Ints
    """[h] nodes, once for each channel that they hear on."""
    heard: tuple[int, ...]
    """How many of them are of each channel."""


def channels_of(messages: Bags, nodes: int) -> Channels:
    """Return the messages of so many nodes, of which each channel is a bag, sorted by channel."""
    filled = np.flatnonzero(np.diff(messages.starts))
    filled = filled[np.argsort(filled % CHANNELS, kind="stable")]
    bags = take_bags(messages, filled.astype(np.int32))
    keys, places = np.unique(bags.rows % CHANNELS * nodes + bags.rows // CHANNELS, return_inverse=True)
    return Channels(
        (keys % max(nodes, 1)).astype(np.int32),
        tuple(np.bincount(keys // max(nodes, 1), minlength=CHANNELS).tolist()),
        Bags(places.astype(np.int32), bags.starts),
        (filled // CHANNELS).astype(np.int32),
        tuple(np.bincount(filled % CHANNELS, minlength=CHANNELS).tolist()),
    )
