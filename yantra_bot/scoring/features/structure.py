"""Size and shape of pieces of a file, all pieces at once: sums by differences of running sums, maxima by ranges. Pure.

Each function here fills some of the features of the group `structure`, by their names in `layout.STRUCTURE`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.scoring.features.flat import FlatTree, Ints, Mask
from yantra_bot.scoring.layout import STRUCTURE
from yantra_bot.scoring.vocabulary import CATEGORIES

Values = npt.NDArray[np.float64]
Found = dict[str, Values]

_LOOPS: Final = ("loop over", "loop", "loop while", "comprehension loop")
_CONTROL: Final = (*_LOOPS, "condition", "choice", "attempt", "resource")
_SUMS: Final = {
    "handlers of exceptions": ("handler",),
    "final blocks": ("final",),
    "resources opened for a block": ("resource",),
    "loops": _LOOPS,
    "loops without an end of their own (`while`, `loop`)": ("loop while",),
    "breaks and continues": ("break", "continue"),
    "conditions": ("condition", "inline condition"),
    "choices among cases": ("choice",),
    "cases": ("case",),
    "comprehensions": ("comprehension",),
    "inner classes": ("class",),
    "calls": ("call", "creation", "macro"),
    "assignments": ("assignment", "declaration"),
    "changing assignments": ("changing assignment",),
    "accesses to members": ("attribute access",),
    "subscripts and slices": ("subscript", "slice"),
    "texts": ("text",),
    "comparisons": ("comparison",),
    "assertions": ("assertion",),
    "decorators": ("decoration",),
    "syntax errors": ("error",),
}
_SUMMED: Final = np.array([[one in names for names in _SUMS.values()] for one in CATEGORIES], np.int64)
"""[categories, sums] which categories of nodes each of the sums counts."""
_OWN: Final = {
    "returns, inner functions left out": ("return",),
    "yields, inner functions left out": ("yield",),
    "awaits, inner functions left out": ("await",),
    "throws, inner functions left out": ("throw",),
}
_SHARES: Final = frozenset(
    {
        "branches for each line", "parameters with a type, as a share", "whether the result has a type",
        "whether the last statement returns or throws", "whether it is asynchronous",
        "conditions with an alternative, as a share", "keyword arguments, as a share of arguments",
        "comments, bytes as a share",
    }
)  # fmt: skip
_COUNTS: Final = np.array([name not in _SHARES for name in STRUCTURE])


class Ranges:
    """Pieces of a tree as ranges of its nodes, of which an empty one gives 0."""

    def __init__(self, tree: FlatTree, first: Ints, last: Ints) -> None:
        self.tree = tree
        self.first = first
        self.last = np.maximum(last, first)
        self.counts = (self.last - first).astype(np.float64)

    def count(self, chosen: Mask) -> Values:
        """Return how many of the chosen nodes are in each range: few are, so that their places alone are searched."""
        places = np.flatnonzero(chosen)
        found: Values = (np.searchsorted(places, self.last) - np.searchsorted(places, self.first)).astype(np.float64)
        return found

    def sums(self, values: npt.NDArray[np.generic]) -> Values:
        """Return the sum of a value of each node over each range."""
        running = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
        return running[self.last] - running[self.first]

    def maxima(self, values: Ints) -> Values:
        """Return the greatest value of each range, counted from that of its first node."""
        if not len(values):
            return np.zeros(len(self.first))
        padded = np.append(values, 0)
        bounds = np.stack((self.first, self.last), axis=1).ravel()
        greatest = np.maximum.reduceat(padded, bounds)[::2] - padded[self.first]
        return np.where(self.counts > 0, np.maximum(greatest, 0), 0).astype(np.float64)

    def functions(self) -> Ints:
        """Return the first function of each range; -1 where there is none."""
        places = np.flatnonzero(self.tree.is_function)
        if not len(places):
            return np.full(len(self.first), -1)
        found = np.searchsorted(places, self.first)
        nearest = places[np.minimum(found, len(places) - 1)]
        return np.where((found < len(places)) & (nearest < self.last), nearest, -1)


def measure(
    ranges: Ranges, starts: Ints, ends: Ints, is_function: Mask, categories: npt.NDArray[np.integer]
) -> npt.NDArray[np.float32]:
    """Return [s, 56] for pieces of a file; `is_function` says which of them are one function.

    `ranges` are the nodes of each piece, `starts` and `ends` its bytes.
    `categories` [s, categories] is how often each category of nodes occurs in each piece.
    The three last measures that are counted from buckets, and the docstring, are filled by the caller.
    """
    tree = ranges.tree
    functions = np.where(is_function, ranges.functions(), -1)
    found: Found = dict(zip(_SUMS, (categories @ _SUMMED).T.astype(np.float64), strict=True))
    found |= _sizes(ranges, starts, ends) | _nesting(ranges)
    found |= _own_counts(ranges, functions) | _signature(tree, functions) | _details(ranges, functions)
    found["branches for each line"] = found["branches, inner functions with them"] / np.maximum(found["lines"], 1)
    found["inner functions and lambdas"] = np.maximum(ranges.count(tree.is_function) - is_function, 0)
    found["comments, bytes as a share"] /= np.maximum(ends - starts, 1)
    table = np.zeros((len(starts), len(STRUCTURE)))
    for place, name in enumerate(STRUCTURE):
        if name in found:
            table[:, place] = found[name]
    table[:, _COUNTS] = np.log1p(table[:, _COUNTS]) / 4
    return np.clip(table, 0, 4).astype(np.float32)


def _sizes(ranges: Ranges, starts: Ints, ends: Ints) -> Found:
    tree = ranges.tree
    breaks = np.flatnonzero(np.frombuffer(tree.source, np.uint8) == ord("\n"))
    sizes = np.where(tree.is_in("comment"), tree.end - tree.start, 0)
    return {
        "lines": np.maximum(np.searchsorted(breaks, ends) - np.searchsorted(breaks, starts) + 1, 0).astype(np.float64),
        "bytes": np.maximum(ends - starts, 0).astype(np.float64),
        "syntax nodes": ranges.counts,
        "comments, bytes as a share": ranges.sums(sizes),
    }


def _nesting(ranges: Ranges) -> Found:
    tree = ranges.tree
    control = tree.inside(tree.is_in(*_CONTROL))
    branches = tree.kinds.is_branch[tree.kind]
    base = np.append(control, 0)[ranges.first]
    total = ranges.count(branches)
    depth = np.append(tree.depth, 0)
    return {
        "deepest syntax node": ranges.maxima(tree.depth),
        "mean depth of syntax nodes": np.maximum(
            ranges.sums(tree.depth) / np.maximum(ranges.counts, 1) - depth[ranges.first], 0
        ),
        "branches, inner functions with them": total,
        "deepest nesting of control structures": ranges.maxima(control),
        "deepest nesting of loops": ranges.maxima(tree.inside(tree.is_in(*_LOOPS))),
        "deepest nesting of calls in arguments": ranges.maxima(tree.inside(tree.is_in("arguments"))),
        "nesting summed over the branches (how hard to follow)": np.maximum(
            ranges.sums(np.where(branches, control, 0)) - base * total, 0
        ),
    }


def _own_counts(ranges: Ranges, functions: Ints) -> Found:
    """Count what is in a function and in no function inside it; for other pieces, all that is in them."""
    tree = ranges.tree
    masks = {name: tree.is_in(*categories) for name, categories in _OWN.items()}
    masks["branches, inner functions left out (cyclomatic complexity less one)"] = (
        tree.kinds.is_branch[tree.kind] | (tree.kinds.is_short_circuit[tree.kind])
    )
    masks["`and` and `or`, inner functions left out"] = tree.kinds.is_short_circuit[tree.kind]
    level = tree.inside(tree.is_function)
    # A function's own nodes are one level further in than itself; nodes of the functions inside it are two.
    wanted = np.append(level, 0)[functions] + 1
    found = {}
    for name, mask in masks.items():
        total = ranges.count(mask)
        for inner in np.unique(wanted[functions >= 0]).tolist():
            chosen = (functions >= 0) & (wanted == inner)
            total = np.where(chosen, ranges.count(mask & (level == inner)), total)
        found[name] = total
    return found


def _signature(tree: FlatTree, functions: Ints) -> Found:
    """Count what stands in the parameters of functions, by the fields that all grammars name alike."""
    count = len(tree)
    parent = np.maximum(tree.parent, 0)
    of_function = tree.is_function[parent] & (tree.parent >= 0)
    lists = of_function & tree.has_field("parameters", "parameter")
    is_parameter = lists[parent] & tree.is_named & ~tree.is_in("comment", "modifier") & (tree.parent >= 0)
    is_parameter |= lists & tree.is_in("name")  # `x => x` has no brackets.
    around = np.where(tree.is_in("name") & lists, parent, parent[parent])
    is_typed = np.bincount(parent[tree.has_field("type")], minlength=count) > 0
    has_default = np.bincount(parent[tree.has_field("value", "right")], minlength=count) > 0
    is_open = tree.is_in("open parameter")
    is_open |= np.bincount(parent[is_open], minlength=count) > 0
    has_result = of_function & tree.has_field("return_type", "result", "type")

    def per_function(chosen: Mask, owners: Ints) -> Values:
        counted = np.bincount(owners[chosen], minlength=count).astype(np.float64)
        return np.where(functions >= 0, np.append(counted, 0)[functions], 0)

    parameters = per_function(is_parameter, around)
    return {
        "parameters": parameters,
        "parameters with a default": per_function(is_parameter & has_default, around),
        "parameters with a type, as a share": per_function(is_parameter & is_typed, around) / np.maximum(parameters, 1),
        "open parameters (`*args`, `...rest`)": per_function(is_parameter & is_open, around),
        "whether the result has a type": (per_function(has_result, parent) > 0).astype(np.float64),
    }


def _details(ranges: Ranges, functions: Ints) -> Found:
    tree = ranges.tree
    count = len(tree)
    parent = np.maximum(tree.parent, 0)
    named = np.bincount(parent[tree.is_named & (tree.parent >= 0) & ~tree.is_in("comment")], minlength=count)
    arguments = tree.is_in("arguments")
    given = ranges.sums(np.where(arguments, named, 0))
    attempts = tree.is_in("attempt")
    is_handled = np.bincount(parent[tree.is_in("handler")], minlength=count) > 0
    conditions = ranges.count(tree.is_in("condition"))
    alternatives = ranges.count(tree.has_field("alternative") | tree.is_in("alternative"))
    handler_blocks = tree.is_in("block") & tree.is_in("handler")[parent]
    return {
        "handlers that hold one statement or none": ranges.count(handler_blocks & (named <= 1)),
        "attempts without a handler": ranges.count(attempts & ~is_handled),
        "conditions with an alternative, as a share": np.minimum(alternatives / np.maximum(conditions, 1), 1),
        "arguments for each call": given / np.maximum(ranges.count(arguments), 1),
        "keyword arguments, as a share of arguments": ranges.count(tree.is_in("keyword argument"))
        / np.maximum(given, 1),
        "numbers other than 0 and 1": ranges.count(_telling_numbers(tree)),
        "whether it is asynchronous": _is_async(tree, functions),
        "whether the last statement returns or throws": _ends_with_leaving(tree, functions),
    }


def _telling_numbers(tree: FlatTree) -> Mask:
    numbers = tree.is_in("whole number", "real number")
    for place in np.flatnonzero(numbers).tolist():
        numbers[place] = tree.source[tree.start[place] : tree.end[place]] not in {b"0", b"1"}
    return numbers


def _is_async(tree: FlatTree, functions: Ints) -> Values:
    words = [
        tree.source[tree.start[place] : tree.start[place] + 80] if place >= 0 else b"" for place in functions.tolist()
    ]
    return np.array([b"async " in word.partition(b"(")[0] for word in words], np.float64)


def _ends_with_leaving(tree: FlatTree, functions: Ints) -> Values:
    """Tell whether the last statement of each function's body leaves it; Rust's last expression is not one."""
    leaving = tree.is_in("return", "throw")
    parent = np.maximum(tree.parent, 0)
    bodies = np.where(tree.is_in("block") & tree.has_field("body"), parent, -1)
    body_of = np.full(len(tree) + 1, -1)
    places = np.flatnonzero(bodies >= 0)
    body_of[bodies[places]] = places
    last_of = np.full(len(tree) + 1, -1)
    children = np.flatnonzero(tree.is_named & (tree.parent >= 0) & ~tree.is_in("comment"))
    last_of[tree.parent[children]] = children
    last = last_of[body_of[functions]]
    leaves: Values = ((functions >= 0) & (last >= 0) & np.append(leaving, False)[last]).astype(np.float64)
    return leaves
