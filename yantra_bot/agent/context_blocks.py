"""How a context is shown to a model: a line of framing, then a level's parts as data, each with its reason. Pure."""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.context import ContextPart, Convention, PromptContext
from yantra_bot.domain.conversation import Text
from yantra_bot.retrieval.context.parts import BETWEEN, HEADINGS, Level

STABLE: Final = (Level.MAP,)
"""Stands before the task: what changes least from run to run is read from a vendor's cache."""
ABOUT: Final = (Level.PAST, Level.SIGNATURES, Level.TESTS, Level.CODE)
MOST_PATHS: Final = 60
"""Of the outline, where a context shows the code itself."""
CHOSEN: Final = (
    "What follows was chosen for the task by a search and the code graph before anybody looked, so it may miss the "
    "cause. codebase_search, symbol, callers and impact tell more."
)
CONVENTIONS: Final = "The maintainers ask of this change too (default branch):"


def show_map(context: PromptContext) -> list[Text]:
    """Return the blocks that stand before the task."""
    return _blocks(context, STABLE)


def show_chosen(context: PromptContext) -> list[Text]:
    """Return the blocks that stand behind the task; none where nothing was chosen."""
    blocks = _blocks(context, ABOUT)
    return [Text(CHOSEN), *blocks] if blocks else []


def _blocks(context: PromptContext, levels: Sequence[Level]) -> list[Text]:
    blocks: list[Text] = []
    for level in levels:
        parts = context.of(level)
        if parts:
            blocks += [Text(HEADINGS[level]), Text(BETWEEN.join(map(_show, parts)))]
    return blocks


def _show(part: ContextPart) -> str:
    return f"[{part.reason}]\n{part.text}"


def shorten_outline(outline: str, most: int = MOST_PATHS) -> str:
    """Return the first lines of an outline, and how many are left out."""
    lines = outline.split("\n")
    if len(lines) <= most:
        return outline
    return "\n".join([*lines[:most], f"… and {len(lines) - most:,} lines more: list_files shows them"])


def show_conventions(conventions: Sequence[Convention]) -> str:
    """Return the maintainers' further instructions for the system text; empty where there are none."""
    if not conventions:
        return ""
    texts = [f"{one.path} ({one.reason}):\n{one.text}" for one in conventions]
    return BETWEEN.join([CONVENTIONS, *texts])
