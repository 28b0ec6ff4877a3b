"""The designs of the learned score that are held beside each other: each leaves one thing out of what ships."""

from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.designs import DATA_FLOW, EVERY, Design
from yantra_bot.training.losses import Weights


@dataclass(frozen=True, slots=True)
class Trial:
    """What is left out, and what it is called."""

    name: str
    title: str
    design: Design = field(default_factory=Design)
    weights: Weights = field(default_factory=Weights)


FULL: Final = "full"
TRIALS: Final = {
    one.name: one
    for one in (
        Trial(FULL, "what ships"),
        Trial("symbols", "without the inside of the function: the 978 features and their neighbours alone",
              Design(has_inner=False)),
        Trial("inside", "without the 978 features: the inside of the function alone", Design(has_symbols=False)),
        Trial("alone", "without neighbours: no caller, callee or container", Design(has_neighbours=False)),
        Trial("syntax", "without data flow: syntax, order and siblings alone", Design(relations=EVERY - DATA_FLOW)),
        Trial("steps", "without patterns: what a node is beside is heard in steps alone", Design(has_patterns=False)),
        Trial("cut", "without any edge: neither between nodes nor between symbols",
              Design(relations=frozenset(), has_neighbours=False)),
        Trial("unranked", "without the loss that holds a pair's versions against each other", Design(),
              Weights(ranks=0.0)),
        Trial("mean", "pooled by the plain mean, not by suspicion", Design(pools_by_suspicion=False)),
        Trial("alike", "with towers that are shaped by the loss that two versions of a function are alike too",
              Design(likeness_shapes=True)),
        Trial("layers", "without the function's own features beside the layers over its neighbours",
              Design(reads_own=False)),
        Trial("whole", "with all names and imports in sight of training", Design(blurs=False)),
    )
}  # fmt: skip
UNSEEN: Final = (
    BugClass.SWAPPED_ARGUMENT,
    BugClass.COMPARISON_CHAIN,
    BugClass.MISSING_RETURN,
    BugClass.WRONG_ATTRIBUTE,
)
"""Classes of four kinds that one network is not taught: of calls, conditions, statements and names."""
