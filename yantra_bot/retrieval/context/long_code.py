"""Which statements of code that is too long are shown: its head, then those that speak of the task. Pure.

Code is divided at the starts of statements, so that none is ever shown in part.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from tree_sitter import Node

from yantra_bot.retrieval.words import split_words

Lines = tuple[int, int]
"""The first and the last of some lines, counted from 1, the last one included."""
GAP_TOKENS: Final = 24
"""What the line costs that stands for what is left out."""
LONG_STATEMENT: Final = 12
"""Lines from which on a statement is divided at those inside of it."""
_BLOCKS: Final = ("block", "body", "suite", "module", "program", "source_file", "declaration_list")


def divide(root: Node | None, first: int, last: int) -> list[Lines]:
    """Return lines as ranges that each begin with a statement, or line by line where there is no syntax tree."""
    starts = {first}
    if root is None:
        starts.update(range(first, last + 1))
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        is_block = any(mark in node.type for mark in _BLOCKS)
        for child in node.named_children:
            start, end = child.start_point[0] + 1, child.end_point[0] + 1
            if end < first or start > last:
                continue
            if is_block and first < start <= last:
                starts.add(start)
            if end - start >= LONG_STATEMENT:
                waiting.append(child)
    ordered = sorted(starts)
    return [(one, following - 1) for one, following in pairwise([*ordered, last + 1])]


def pick(
    lines: Sequence[str], ranges: Sequence[Lines], task: str, weigh: Callable[[str], int], limit: int
) -> list[Lines]:
    """Return ranges that have at most `limit` tokens together, in their order, neighbours joined.

    The first comes first, then those with the rarest words of the task, then what follows the beginning. Empty where
    not even the first fits.
    """
    texts = ["\n".join(lines[first - 1 : last]) for first, last in ranges]
    scores = _score(texts, set(split_words(task)))
    order = sorted(range(len(ranges)), key=lambda place: (place > 0, -scores[place], place))
    chosen: set[int] = set()
    for place in order:
        gaps = GAP_TOKENS if place - 1 not in chosen else 0
        cost = weigh(texts[place]) + gaps
        if cost <= limit:
            chosen.add(place)
            limit -= cost
        elif place == 0:
            return []
        elif limit < GAP_TOKENS:
            break
    return _join([ranges[place] for place in sorted(chosen)])


def _score(texts: Sequence[str], wanted: set[str]) -> list[float]:
    found = [wanted.intersection(split_words(text)) for text in texts] if wanted else [set[str]() for _ in texts]
    often = Counter(word for words in found for word in words)
    return [round(sum(math.log(1 + len(texts) / often[word]) for word in sorted(words)), 6) for words in found]


def _join(ranges: Sequence[Lines]) -> list[Lines]:
    joined: list[Lines] = []
    for first, last in ranges:
        if joined and joined[-1][1] == first - 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined
