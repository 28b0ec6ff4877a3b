"""The context of a run: search, read, assemble; what fails on the way is a note, and the context is made without it.

For the worker's side: it is handed readers and the graph, and knows no git, no network and no model service. What it
gives is a value of bounded size that a step keeps, so that a replay shows the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from yantra_bot.errors import YantraError
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.context.conventions import NO_INSTRUCTIONS, Instructions
from yantra_bot.retrieval.context.parts import Context, Read
from yantra_bot.retrieval.context.purse import TokenCounter
from yantra_bot.retrieval.hits import Found

MOST_TASK: Final = 60_000
"""Characters of a task that are looked at."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run knows of its tree."""

    read: Read
    """Of the tree that the run works on."""
    search: Callable[[str], Found]
    view: Callable[[], GraphView | None] = field(default=lambda: None)
    """Gives the graph of the tree, None where there is none; it may take its time, and it may fail."""
    instructions: Instructions = NO_INSTRUCTIONS
    """Of the default branch, whatever the tree is."""
    chunks: Iterable[Chunk] = ()


def gather_context(task: str, ground: Ground, counter: TokenCounter, *, total: int) -> Context:
    """Return the context of a task within `total` tokens. Raises UserError where that is too small for any code."""
    task = task[:MOST_TASK]
    notes: list[str] = []
    found, view = Found(), None
    try:
        found = ground.search(task)
    except YantraError as failed:
        notes.append(f"The search failed: {failed}")
    try:
        view = ground.view()
    except YantraError as failed:
        notes.append(f"The code graph could not be asked: {failed}")
    material = Material(task, found, ground.read, view, ground.instructions, ground.chunks, tuple(notes))
    return assemble(material, counter, total)
