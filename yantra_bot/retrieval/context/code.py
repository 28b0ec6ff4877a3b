"""Level 1 of a context: the code of the targets in full, then of what they need directly, until the share is full."""

from typing import Final

from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.context.draft import Draft, Place
from yantra_bot.retrieval.context.needs import Need
from yantra_bot.retrieval.context.parts import Level, PartKind
from yantra_bot.retrieval.context.purse import Purse
from yantra_bot.retrieval.context.shortened import add_shortened
from yantra_bot.retrieval.context.signatures import Line, show_outline
from yantra_bot.retrieval.context.targets import Target, title_of

MOST_DEPENDENCIES: Final = 24
ONE_TARGET: Final = 0.5
"""Of the share: a longer function is cut, so that others have a place too."""
MOST_TARGET_TOKENS: Final = 6_000
ONE_DEPENDENCY: Final = 0.125
"""Of the share: of a longer one its signature is shown."""
MOST_DEPENDENCY_TOKENS: Final = 2_000
LEAST_WEIGHT: Final = 0.2
"""Of a dependency beside the best target: of what counts less, the signature says enough."""
LEAST_LEFT: Final = 40
"""Tokens below which no code fits."""
FULL: Final = "the share of code is full"


def add_targets(draft: Draft, purse: Purse, targets: list[Target]) -> list[Target]:
    """Add the code of targets, best first, and return those that are there.

    What lies in a class that is shown whole is shown by it, and not a second time.
    """
    limit = min(purse.left if len(targets) == 1 else int(purse.left * ONE_TARGET), MOST_TARGET_TOKENS)
    wholes = [one for one in targets if _is_shown_whole(draft, one.chunk, limit)]
    added: list[Target] = []
    for target in targets:
        whole = next((one for one in wholes if _holds(one.chunk, target.chunk)), target)
        if target in added or (whole in added and whole is not target):
            added += [target] if target not in added else []
        elif purse.left >= LEAST_LEFT and _add_target(draft, purse, whole, limit):
            added += [target, whole] if whole is not target else [target]
        else:
            draft.leave_out(PartKind.TARGET, title_of(target.chunk), f"{FULL}; {target.reason}")
    return added


def _add_target(draft: Draft, purse: Purse, target: Target, limit: int) -> bool:
    chunk = target.chunk
    if chunk.kind in {ChunkKind.CLASS, ChunkKind.MODULE} and _members(draft, chunk):
        return _add_outline(draft, purse, target, limit)
    place = Place(chunk.path, chunk.name, chunk.first, chunk.last, target.reason)
    return draft.add_code(purse, PartKind.TARGET, Level.CODE, place, limit=limit)


def _add_outline(draft: Draft, purse: Purse, target: Target, limit: int) -> bool:
    """Add a class as the signatures of its members, its own lines between them, where all of it is too long."""
    chunk = target.chunk
    whole = Place(chunk.path, chunk.name, chunk.first, chunk.last, target.reason)
    if _is_shown_whole(draft, chunk, limit):
        return draft.add_code(purse, PartKind.TARGET, Level.CODE, whole, limit=limit)
    members = _members(draft, chunk)
    lines = [Line(chunk.path, one.name, one.start or one.first, one.signature) for one in (chunk, *members)]
    text = show_outline(chunk.path, [line for line in lines if line.signature], ())
    text = f"{chunk.path}, lines {chunk.first}-{chunk.last}: {chunk.name}, signatures alone\n{text}"
    part = draft.make(
        PartKind.TARGET, Level.CODE, title=whole.title, text=text, reason=f"{target.reason}; bodies left out"
    )
    return draft.add(purse, part)


def _is_shown_whole(draft: Draft, chunk: Chunk, limit: int) -> bool:
    """Say whether a class is short enough for all of it; of a longer one the signatures are shown."""
    if chunk.kind not in {ChunkKind.CLASS, ChunkKind.MODULE}:
        return False
    lines = (draft.sources.lines(chunk.path) or [])[chunk.first - 1 : chunk.last]
    return draft.scale.weigh("\n".join(lines)) <= limit // 4


def _holds(whole: Chunk, part: Chunk) -> bool:
    is_within = whole.path == part.path and whole.first <= part.first <= part.last <= whole.last
    return is_within and whole.key != part.key


def _members(draft: Draft, chunk: Chunk) -> list[Chunk]:
    inside = f"{chunk.name}." if chunk.name else ""
    return [
        one
        for one in draft.sources.chunks(chunk.path)
        if one.kind in {ChunkKind.FUNCTION, ChunkKind.CLASS} and one.key != chunk.key and one.name.startswith(inside)
    ]


def add_dependencies(draft: Draft, purse: Purse, needs: list[Need]) -> tuple[list[Need], list[Need]]:
    """Add the code of what is needed, the weightiest first; return what is there, and what has only a signature.

    What is too long for its part, or finds the share almost full, is shown shorter.
    """
    limit = min(int(purse.left * ONE_DEPENDENCY), MOST_DEPENDENCY_TOKENS)
    added: list[Need] = []
    left: list[Need] = []
    for need in needs:
        # The line of a constant is its signature.
        is_line = need.is_value and _last_of(draft, need) == need.first
        is_wanted = not is_line and need.weight >= LEAST_WEIGHT
        is_wanted = is_wanted and len(added) < MOST_DEPENDENCIES and purse.left >= LEAST_LEFT
        if is_wanted and not draft.overlaps(need.path, need.first, need.last) and _add_need(draft, purse, need, limit):
            added.append(need)
        else:
            left.append(need)
    shortened = add_shortened(draft, purse, [need for need in left if need.weight >= LEAST_WEIGHT], limit * 2)
    return [*added, *shortened], [need for need in left if need not in shortened]


def _add_need(draft: Draft, purse: Purse, need: Need, limit: int) -> bool:
    lines = draft.sources.lines(need.path)
    if lines is None:
        draft.leave_out(PartKind.DEPENDENCY, f"{need.path} {need.name}", "its file is not there, or is no text")
        return False
    last = _last_of(draft, need)
    text = "\n".join(lines[need.first - 1 : last])
    if len(text) > limit * 6:  # a token of code has three to four characters: far too long, so nothing is counted
        return False
    place = Place(need.path, need.name, need.first, last, need.reason)
    if draft.scale.weigh(text) > min(limit, purse.left) - LEAST_LEFT // 2:
        return False
    return draft.add_code(purse, PartKind.DEPENDENCY, Level.CODE, place, limit=limit)


_MOST_VALUE: Final = 12
"""Lines of a constant that are shown."""


def _last_of(draft: Draft, need: Need) -> int:
    lines = draft.sources.lines(need.path)
    return _end_of_value(lines, need.first) if need.is_value and lines is not None else need.last


def _end_of_value(lines: list[str], first: int) -> int:
    """Return the line on which the brackets that a constant opens are closed, at most some lines below."""
    depth = 0
    for number in range(first, min(len(lines), first + _MOST_VALUE) + 1):
        line = lines[number - 1]
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        if depth <= 0:
            return number
    return first
