"""Which way out is tried next, by the kind of the error and by what was tried on it before. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.domain.faults import Fault, FaultKind


class Rung(StrEnum):
    """The ways out of SPEC 5."""

    SYNTAX = "repair the syntax exactly there"
    HYPOTHESIS = "try again with a stated hypothesis"
    SIMPLIFY = "simplify into smaller steps"
    OTHER_TOOL = "use another tool"
    OTHER_MODEL = "ask another model"
    CHECKPOINT = "go back to the last checkpoint"
    DOCS = "search the docs"
    ASK = "ask a person"


@dataclass(frozen=True, slots=True)
class Climb:
    """A rung that was tried on an error."""

    fingerprint: str
    rung: Rung


_THOUGHT: Final = (Rung.HYPOTHESIS, Rung.SIMPLIFY, Rung.CHECKPOINT, Rung.OTHER_MODEL)
LADDERS: Final[Mapping[FaultKind, Sequence[Rung]]] = {
    FaultKind.SYNTAX: (Rung.SYNTAX, Rung.CHECKPOINT, Rung.SIMPLIFY, Rung.OTHER_MODEL),
    FaultKind.IMPORT: (Rung.DOCS, Rung.OTHER_TOOL, Rung.CHECKPOINT, Rung.OTHER_MODEL),
    FaultKind.ATTRIBUTE: (Rung.DOCS, *_THOUGHT),
    FaultKind.TYPE: (Rung.HYPOTHESIS, Rung.DOCS, Rung.SIMPLIFY, Rung.CHECKPOINT, Rung.OTHER_MODEL),
    FaultKind.VALUE: _THOUGHT,
    FaultKind.RUN_TIME: (Rung.HYPOTHESIS, Rung.DOCS, Rung.SIMPLIFY, Rung.CHECKPOINT, Rung.OTHER_MODEL),
    FaultKind.ASSERTION: _THOUGHT,
    FaultKind.PERMISSION: (Rung.OTHER_TOOL, Rung.OTHER_MODEL),
    FaultKind.TIMEOUT: (Rung.SIMPLIFY, Rung.CHECKPOINT, Rung.OTHER_MODEL),
    FaultKind.MEMORY: (Rung.SIMPLIFY, Rung.CHECKPOINT, Rung.OTHER_MODEL),
    FaultKind.TOOL: (Rung.OTHER_TOOL, Rung.SIMPLIFY, Rung.OTHER_MODEL),
}
"""What is tried on an error of each kind, in order; after the last, a person is asked."""


def choose_rung(fault: Fault, climbed: Collection[Climb], *, without: Collection[Rung] = ()) -> Rung:
    """Return the first rung that was not tried on this very error and that can be done; else to ask a person."""
    for rung in LADDERS[fault.kind]:
        if rung not in without and Climb(fault.fingerprint, rung) not in climbed:
            return rung
    return Rung.ASK
