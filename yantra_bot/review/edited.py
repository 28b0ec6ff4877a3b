"""What is wrong with the names and signatures of files that are being edited, before any test runs.

These are the parts of a review that rest on the code graph alone; the versions come from whoever edits.
"""

from collections.abc import Iterable
from typing import Final

from yantra_bot.domain.review import ChangedFile, Review
from yantra_bot.review.breaks.part import check_breaks
from yantra_bot.review.breaks.rules import RULES as BREAK_RULES
from yantra_bot.review.changes.symbols import compare_symbols
from yantra_bot.review.engine import Part, review
from yantra_bot.review.names.part import check_names
from yantra_bot.review.names.rules import RULES as NAME_RULES
from yantra_bot.review.subject import Subject, Version

GRAPH_PARTS: Final[tuple[Part, ...]] = (
    Part("breaks", check_breaks, BREAK_RULES),
    Part("names", check_names, NAME_RULES),
)


def check_edits(base: Version, head: Version, files: Iterable[ChangedFile]) -> Review:
    """Return what the code graph shows of a change; gaps say what could not be looked at."""
    changed = tuple(files)
    symbols = compare_symbols(changed, base, head)
    return review(Subject(base, head, changed, symbols), GRAPH_PARTS, base="base", head="head")
