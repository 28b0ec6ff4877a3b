"""The part of a review that finds breaks."""

from collections.abc import Iterator

from yantra_bot.domain.findings import Finding
from yantra_bot.review.breaks.abstract import find_unimplemented
from yantra_bot.review.breaks.access import find_changed_access
from yantra_bot.review.breaks.arguments import find_wrong_arguments
from yantra_bot.review.breaks.asynchrony import find_asynchrony
from yantra_bot.review.breaks.constructors import find_changed_constructors
from yantra_bot.review.breaks.moved import find_moved_modules
from yantra_bot.review.breaks.override import find_broken_overrides
from yantra_bot.review.breaks.pairs import pair
from yantra_bot.review.breaks.provided import Provided
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.removed import find_removed
from yantra_bot.review.breaks.results import find_changed_results
from yantra_bot.review.breaks.signature import find_changed_signatures
from yantra_bot.review.breaks.types import find_mismatched_types
from yantra_bot.review.breaks.unreached import find_unreached
from yantra_bot.review.engine import Draft
from yantra_bot.review.subject import Subject


def find_breaks(subject: Subject) -> Iterator[Finding]:
    """Yield what a change breaks, by the graphs of both versions."""
    context = Context(subject)
    pairs = pair(subject)
    provided = Provided(context)
    yield from find_changed_signatures(context, pairs)
    yield from find_changed_constructors(context, pairs)
    yield from find_asynchrony(context, pairs)
    yield from find_changed_access(context, pairs)
    yield from find_wrong_arguments(context)
    removed = list(find_removed(context, provided, pairs))
    yield from removed
    yield from find_unreached(context, pairs, {one.symbol for one in removed})
    yield from find_moved_modules(context, provided)
    yield from find_broken_overrides(context, pairs)
    yield from find_unimplemented(context, pairs)
    yield from find_mismatched_types(context, pairs)
    yield from find_changed_results(context, pairs)


def check_breaks(draft: Draft) -> None:
    """Add the breaks to a draft."""
    draft.add(find_breaks(draft.subject))
