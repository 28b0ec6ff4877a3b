"""A packed batch as torch computes with it: on a device, its messages in the order that the network sends them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from yantra_bot.scoring.channels import channels_of
from yantra_bot.scoring.hops import hops_of, once
from yantra_bot.scoring.network import SAGE
from yantra_bot.scoring.packing import Bags, Packed
from yantra_bot.scoring.patterns import patterns_of


@dataclass(frozen=True, slots=True)
class Loaded:
    """A packed batch on a device; the fields are those of `Packed`, where nothing else is said."""

    features: Tensor
    """Of the symbols that the first layer reads, the same ones once."""
    which: Tensor
    """The row of `features` of each symbol that the first layer reads."""
    hops: tuple[tuple[Tensor, Tensor], ...]
    """`Hop.own` and `Hop.edges` for each layer."""
    own: Tensor
    """[s, 978] the features of the scored symbols."""
    kinds: Tensor
    words: tuple[Tensor, Tensor]
    patterns: tuple[Tensor, Tensor]
    """`Patterns.nodes`."""
    hints: tuple[Tensor, Tensor, Tensor]
    """`Patterns.symbols` and `Patterns.counts`."""
    messages: "Messages"
    owners: Tensor
    count: int


@dataclass(frozen=True, slots=True)
class Messages:
    """What nodes send each other, on a device; the fields are those of `Channels`."""

    senders: Tensor
    sent: tuple[int, ...]
    bags: tuple[Tensor, Tensor]
    hearers: Tensor
    heard: tuple[int, ...]


def load(packed: Packed, device: torch.device) -> Loaded:
    """Bring a packed batch to a device."""

    def ints(values: object) -> Tensor:
        return torch.as_tensor(values, dtype=torch.int64).to(device, non_blocking=True)

    def bags(one: Bags) -> tuple[Tensor, Tensor]:
        return ints(one.rows), ints(one.starts[:-1])

    messages = channels_of(packed.messages, len(packed.kinds))
    patterns = patterns_of(packed)
    read, hops = hops_of(packed.symbol_edges, packed.scored, len(SAGE) - 1)
    first, which = once(packed.features[read])
    return Loaded(
        features=torch.as_tensor(packed.features[read[first]], dtype=torch.float32).to(device),
        which=ints(which),
        hops=tuple((ints(one.own), ints(one.edges)) for one in hops),
        own=torch.as_tensor(packed.features[packed.scored], dtype=torch.float32).to(device),
        kinds=ints(packed.kinds),
        words=bags(packed.words),
        patterns=bags(patterns.nodes),
        hints=(*bags(patterns.symbols), torch.as_tensor(patterns.counts).to(device)),
        messages=Messages(
            ints(messages.senders), messages.sent, bags(messages.bags), ints(messages.hearers), messages.heard
        ),
        owners=ints(packed.owners),
        count=len(packed.owner_starts) - 1,
    )
