"""Dependencies that have no place as they are: shown shorter, for reading alone, as far as the share goes. Pure."""

import textwrap
from typing import Final

from yantra_bot.retrieval.context.draft import Draft, Place
from yantra_bot.retrieval.context.needs import Need
from yantra_bot.retrieval.context.parts import Level, Part, PartKind
from yantra_bot.retrieval.context.purse import Purse
from yantra_bot.retrieval.context.source import range_of
from yantra_bot.retrieval.ladder import Chosen, Form, SourcePart, fit_parts
from yantra_bot.sandbox.output import escape

MOST_SHORTENED: Final = 6
HEADING_TOKENS: Final = 60
"""What the line above such a part costs, about."""


def add_shortened(draft: Draft, purse: Purse, needs: list[Need], limit: int) -> list[Need]:
    """Add what is needed in fewer tokens, at most `limit` of them together, and return what is there."""
    places = [(need, _place(need)) for need in needs if _is_wanted(draft, need)][:MOST_SHORTENED]
    room = min(limit, purse.left) - HEADING_TOKENS * len(places)
    if not places or room <= 0:
        return []
    most = max(need.weight for need, _ in places) or 1.0
    sources = [SourcePart(need.path, _text(draft, need), need.weight / most) for need, _ in places]
    added: list[Need] = []
    for (need, place), chosen in zip(places, fit_parts(sources, room, draft.scale.counter.count), strict=True):
        if chosen.form is Form.DROPPED:
            continue
        if chosen.form is Form.WHOLE:
            is_added = draft.add_code(purse, PartKind.DEPENDENCY, Level.CODE, place, limit=purse.left)
        else:
            is_added = draft.add(purse, _part(draft, place, chosen))
        if is_added:
            added.append(need)
    return added


def _is_wanted(draft: Draft, need: Need) -> bool:
    is_there = draft.sources.lines(need.path) is not None
    return is_there and not need.is_value and not draft.overlaps(need.path, need.first, need.last)


def _place(need: Need) -> Place:
    return Place(need.path, need.name, need.first, need.last, need.reason)


def _text(draft: Draft, need: Need) -> str:
    lines = draft.sources.lines(need.path) or []
    return textwrap.dedent("\n".join(lines[need.first - 1 : need.last]))


def _part(draft: Draft, place: Place, chosen: Chosen) -> Part:
    heading = f"{escape(place.path)}, {range_of(place.first, place.last)}: {escape(place.name)} ({chosen.reason})"
    text = f"{heading}\n{escape(chosen.shown)}"
    reason = f"{place.reason}; {chosen.reason}"
    return draft.make(PartKind.DEPENDENCY, Level.CODE, title=place.title, text=text, reason=reason)
