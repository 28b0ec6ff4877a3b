"""What changes together: pairs of files or of symbols that the same commits touch. Pure.

Commits of many files are left out: they move or reformat, and would tie everything to everything.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from yantra_bot.domain.history import CoChange, Touch

MAX_COMMIT = 30
"""Files or symbols of a commit that still counts."""
MIN_SUPPORT = 3
MIN_CONFIDENCE = 0.1
MAX_PAIRS = 500_000


def count_files(touches: Iterable[Touch], **limits: int) -> list[CoChange]:
    """Return files that change together, strongest first. For limits, see `count_pairs`."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for touch in touches:
        groups[touch.commit].add(touch.path)
    return count_pairs(groups, **limits)


def count_symbols(touches: Iterable[Touch], **limits: int) -> list[CoChange]:
    """Return symbols that change together, strongest first. For limits, see `count_pairs`."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for touch in touches:
        if touch.symbol is not None:
            groups[touch.commit].add(touch.symbol)
    return count_pairs(groups, **limits)


def count_pairs(
    groups: Mapping[str, set[str]], *, max_commit: int = MAX_COMMIT, min_support: int = MIN_SUPPORT
) -> list[CoChange]:
    """Return pairs with their support, confidence and lift, given what each commit touches.

    Support counts commits of at most `max_commit` members; all figures are over these. Pairs below `min_support`, or
    with both confidences below 0.1, are left out. Where there are too many pairs, those seen once are forgotten.
    """
    kept = [members for members in groups.values() if len(members) <= max_commit]
    single = Counter(member for members in kept for member in members)
    pairs: Counter[tuple[str, str]] = Counter()
    for members in kept:
        often = sorted(member for member in members if single[member] >= min_support)
        pairs.update(combinations(often, 2))
        if len(pairs) > MAX_PAIRS:
            pairs = Counter({pair: count for pair, count in pairs.items() if count > 1})
    found = [_measure(pair, count, single, len(kept)) for pair, count in pairs.items() if count >= min_support]
    strong = (one for one in found if max(one.confidence, one.reverse) >= MIN_CONFIDENCE)
    return sorted(strong, key=lambda one: (-one.support, -one.lift, one.a, one.b))


def _measure(pair: tuple[str, str], count: int, single: Mapping[str, int], total: int) -> CoChange:
    a, b = pair
    return CoChange(a, b, count, count / single[a], count / single[b], count * total / (single[a] * single[b]))
