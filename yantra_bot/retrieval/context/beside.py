"""What stands beside the code of a context: signatures of what it needs, its tests, its past, the map, conventions."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Final

from yantra_bot.retrieval.context.conventions import Convention
from yantra_bot.retrieval.context.covering import Covering
from yantra_bot.retrieval.context.draft import Draft, Place
from yantra_bot.retrieval.context.needs import Need
from yantra_bot.retrieval.context.parts import Level, PartKind
from yantra_bot.retrieval.context.purse import Purse
from yantra_bot.retrieval.context.repo_map import Candidates, draw
from yantra_bot.retrieval.context.signatures import Line, group, line_of, most_that_fit, show_signatures

MOST_SIGNATURES: Final = 200
MOST_WHOLE_TESTS: Final = 3
MOST_NAMES: Final = 3
MOST_LEFT: Final = 8


def add_signatures(draft: Draft, purse: Purse, needs: Sequence[Need]) -> list[Need]:
    """Add a part for each file with signatures of what is needed, as many of the weightiest as fit; return these."""
    wanted = [need for need in needs if not draft.overlaps(need.path, need.first, need.first)][:MOST_SIGNATURES]
    lines = [line_of(need, draft.sources) for need in wanted]

    def cost(count: int) -> int:
        return sum(draft.scale.weigh(show_signatures(path, own)) for path, own in group(lines[:count]).items())

    count = most_that_fit(len(lines), cost, purse.left)
    added: list[Need] = []
    for path, own in group(lines[:count]).items():
        needed = [need for need in wanted[:count] if need.path == path]
        title = f"{path} {', '.join(need.name for need in needed[:MOST_NAMES])}{_more(len(needed) - MOST_NAMES)}"
        part = draft.make(
            PartKind.SIGNATURES,
            Level.SIGNATURES,
            title=title,
            text=show_signatures(path, own),
            reason=_needed_by(needed),
        )
        if draft.add(purse, part):
            added += needed
    if wanted[count:]:
        names = [need.name for need in wanted[count:]]
        title = f"{len(names)} signatures: {', '.join(names[:MOST_LEFT])}{_more(len(names) - MOST_LEFT)}"
        draft.leave_out(PartKind.SIGNATURES, title, "the share of signatures is full")
    return added


def _needed_by(needs: Sequence[Need]) -> str:
    names = list(dict.fromkeys(name for need in needs for name in need.by))
    return f"needed by {', '.join(names[:MOST_NAMES])}{_more(len(names) - MOST_NAMES)}"


def _more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def add_tests(draft: Draft, purse: Purse, tests: Sequence[Covering]) -> None:
    """Add the best tests in full, and of the others their signatures, a part for each file."""
    limit = purse.left // 2
    rest: list[Covering] = []
    whole = 0
    for test in tests:
        place = Place(test.path, test.name, test.first, test.last, test.reason)
        is_new = not draft.overlaps(test.path, test.first, test.last)
        size = _size(draft, place) if whole < MOST_WHOLE_TESTS and is_new else limit
        if size < limit and draft.add_code(purse, PartKind.TEST, Level.TESTS, place, limit=limit):
            whole += 1
        elif is_new:
            rest.append(test)
    lines = [Line(test.path, test.name, test.first, test.signature or test.name) for test in rest]
    for path, own in group(lines).items():
        there = [test for test in rest if test.path == path]
        title = f"{path} {', '.join(test.name for test in there[:MOST_NAMES])}{_more(len(there) - MOST_NAMES)}"
        text, reason = show_signatures(path, own), f"{there[0].reason}{_more(len(there) - 1)}"
        part = draft.make(PartKind.TESTS, Level.TESTS, title=title, text=text, reason=reason)
        if not draft.add(purse, part):
            draft.leave_out(PartKind.TESTS, title, "the share of tests is full", part.tokens)


def _size(draft: Draft, place: Place) -> int:
    lines = draft.sources.lines(place.path) or []
    return draft.scale.weigh("\n".join(lines[place.first - 1 : place.last]))


def add_past(draft: Draft, purse: Purse, lines: Sequence[str]) -> None:
    """Add the past changes as one part, as many of the first as fit."""
    count = most_that_fit(len(lines), lambda number: draft.scale.weigh("\n".join(lines[:number])), purse.left)
    if count:
        text, title = "\n".join(lines[:count]), f"{count} past change{'s' if count > 1 else ''}"
        draft.add(
            purse,
            draft.make(
                PartKind.PAST,
                Level.PAST,
                title=title,
                text=text,
                reason="their messages or their code are like the task",
            ),
        )


def add_map(draft: Draft, purse: Purse, candidates: Candidates, reason: str) -> None:
    """Add the map of as many symbols as fit."""
    text, count = draw(candidates, draft.scale.weigh, purse.left)
    if count:
        title = f"map of {count} signatures in {len({line.path for line in candidates.lines[:count]})} files"
        draft.add(purse, draft.make(PartKind.MAP, Level.MAP, title=title, text=text, reason=reason))


def add_conventions(draft: Draft, purse: Purse, chosen: Sequence[Convention]) -> None:
    """Add what holds; where not all of it fits, what is most general first."""
    for one in chosen:
        # The run reads the text anew, from the forge, by this path.
        make = partial(draft.make, one.kind, Level.CONVENTIONS, title=one.path, path=one.path)
        part = make(text=one.text, reason=one.reason)
        if draft.add(purse, part):
            continue
        room = purse.left - draft.scale.weigh(_CUT)
        text = draft.scale.counter.truncate(one.text, room).rpartition("\n")[0] if room > 0 else ""
        shorter = make(text=f"{text}\n{_CUT}", reason=f"{one.reason}; cut to fit")
        if "\n" not in text or not draft.add(purse, shorter):
            draft.leave_out(one.kind, one.path, "the share of conventions is full", part.tokens)


_CUT: Final = "[… the rest is left out: it did not fit …]"


def keys_of(needs: Collection[Need]) -> set[str]:
    """Return the keys of what is needed."""
    return {need.key for need in needs}
