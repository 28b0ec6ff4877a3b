"""Which hits a change introduces: compared by what they say and the text they stand in, never by line number.

A hit is an old one when the base had the same rule match the same text in the same file, as often. Text that moved to
another file of the change counts as old only when the lines around it moved with it.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from yantra_bot.validation.security.engine import Hit, Target

AROUND = 2
"""Lines before and after that have to be the same for a hit in another file to be the same one."""


def select_new(
    heads: Sequence[Target], hits: Iterable[Hit], bases: Sequence[Target], old: Iterable[Hit], added: Iterable[Hit]
) -> list[Hit]:
    """Return the hits of the head that the base did not have.

    The targets of `bases` carry the path that the file has in the head. `added` are the hits in lines that the change
    wrote: of several equal ones they are the new ones.
    """
    lines_now, lines_then = [_lines(one) for one in heads], [_lines(one) for one in bases]
    was = list(old)
    here = Counter(_key(hit, bases, lines_then) for hit in was)
    written = {id(hit) for hit in added}
    rest: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: id(hit) in written):
        key = _key(hit, heads, lines_now)
        if here[key]:
            here[key] -= 1
        else:
            rest.append(hit)
    left = Counter({key: count for key, count in here.items() if count})
    moved = Counter(_wide(hit, lines_then) for hit in was if left[_key(hit, bases, lines_then)])
    new = []
    for hit in rest:
        place = _wide(hit, lines_now)
        if moved[place]:
            moved[place] -= 1
        else:
            new.append(hit)
    return sorted(new, key=lambda hit: (hit.target, hit.line, hit.rule))


def _lines(target: Target) -> list[str]:
    return [" ".join(line.split()) for line in target.data.decode("utf-8", "replace").split("\n")]


def _key(hit: Hit, targets: Sequence[Target], lines: Sequence[Sequence[str]]) -> Hashable:
    return hit.rule, targets[hit.target].path, tuple(lines[hit.target][hit.line - 1 : hit.end_line])


def _wide(hit: Hit, lines: Sequence[Sequence[str]]) -> Hashable:
    around = lines[hit.target][max(0, hit.line - 1 - AROUND) : hit.end_line + AROUND]
    return hit.rule, tuple(line for line in around if line)
