"""Which functions of a file become samples: each once sound and once with one fault, so that its size says nothing.

The classes come out as even as the code allows: of those that have a place in a function, the one that is rarest so
far. With the same probability for sound and faulty an edit is made that changes nothing.
"""

import ast
import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults import Module, Site, inject, is_fault, sites_of, span_of
from yantra_bot.training.faults.module import Edit, FunctionNode
from yantra_bot.training.faults.neutral import neutral_edits

MIN_LINES: Final = 3
MAX_LINES: Final = 120
NEUTRAL: Final = 0.5
"""Probability of an edit that changes nothing."""
_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """A function as a sample has it: a whole file, and where in it the function stands."""

    source: bytes
    start: int
    """Byte where the definition begins, at `def` or `async`."""
    end: int
    line: int
    """Where the definition begins, from 1."""
    site: Site | None
    """The fault in the coordinates of the file before any edit; None for a sound one."""
    place: tuple[int, int] | None
    """Line and column of the fault in `source`."""
    edits: tuple[Edit, ...]
    """What was replaced, in the coordinates of the file before any edit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One function, sound and faulty."""

    begins: int
    """Line on which the function begins, with its decorators."""
    digest: str
    """Of the function's tree without names of places and docstring: the same function in two projects has the same."""
    imports: tuple[str, ...]
    """Top-level modules that the function uses by name."""
    sound: Variant
    faulty: Variant


class Drawer:
    """Draws from the files of one project, keeping count of the classes."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311  (a choice of samples, no secret)
        self._counts: Counter[BugClass] = Counter()
        self._seen: set[str] = set()

    def draw(self, module: Module, wanted: Container[int]) -> Iterator[Pair]:
        """Give the samples of a file, of its functions that begin on a wanted line.

        A function that the project has twice is taken once.
        """
        imported = imported_names(module.tree)
        for node in module.functions:
            if begin_of(node) not in wanted or not has_size(node):
                continue
            digest = digest_of(node)
            if digest in self._seen:
                continue
            self._seen.add(digest)
            site = self._choose(module, node)
            if site is None:
                continue
            self._counts[site.bug] += 1
            used = sorted(
                {imported[one.id] for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in imported}
            )
            sound, faulty = (self._variant(module, node, one) for one in (None, site))
            yield Pair(begin_of(node), digest, tuple(used), sound, faulty)

    def _choose(self, module: Module, node: FunctionNode) -> Site | None:
        by_class: defaultdict[BugClass, list[Site]] = defaultdict(list)
        for site in sites_of(module, node):
            by_class[site.bug].append(site)
        for bug in sorted(by_class, key=lambda one: (self._counts[one], len(by_class[one]), one))[:_TRIES]:
            places = sorted({(one.start, one.end) for one in by_class[bug]})
            place = self._random.choice(places)
            site = self._random.choice([one for one in by_class[bug] if (one.start, one.end) == place])
            if is_fault(module, node, site):
                return site
        return None

    def _variant(self, module: Module, node: FunctionNode, site: Site | None) -> Variant:
        start, end = span_of(module, node)
        source, place = module.source, None
        made: list[Edit] = []
        if site is not None:
            source, place = inject(source, site), (site.line, site.column)
            made.append((site.start, site.end, site.replacement))
            end += len(site.replacement) - (site.end - site.start)
        if self._random.random() < NEUTRAL:
            edits = [one for one in neutral_edits(module, node) if site is None or _is_apart(one, site)]
            if edits:
                first, last, text = self._random.choice(edits)
                made.append((first, last, text))
                moved = 0 if site is None or last <= site.start else len(site.replacement) - (site.end - site.start)
                source = source[: first + moved] + text + source[last + moved :]
                grown = len(text) - (last - first)
                end += grown
                if site is not None and place is not None:
                    place = _moved(module, site, source, last, grown)
        return Variant(source, start, end, node.lineno, site, place, tuple(made))


def begin_of(node: FunctionNode) -> int:
    """Return the line that a function begins on, with its decorators."""
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def has_size(node: FunctionNode) -> bool:
    """Tell whether a function is neither too short nor too long to be a sample."""
    return MIN_LINES <= (node.end_lineno or node.lineno) - node.lineno + 1 <= MAX_LINES


def _is_apart(edit: tuple[int, int, bytes], site: Site) -> bool:
    return edit[1] < site.start or edit[0] > site.end


def _moved(module: Module, site: Site, source: bytes, last: int, grown: int) -> tuple[int, int]:
    """Return where a fault stands after an edit that ended at `last` before it, or stood behind it."""
    faulty = Module(inject(module.source, site), module.tree)
    at = faulty.offset(site.line, site.column)
    at += grown if last <= min(at, site.start) else 0
    return Module(source, module.tree).place(at)


def digest_of(node: FunctionNode) -> str:
    """Return a hash of what a function says: of its tree without decorators and docstring."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    text = "|".join(ast.dump(part) for part in (node.args, *body))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Return the top-level module behind each name that a file imports; not those of its own package."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                found[one.asname or one.name.partition(".")[0]] = one.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                found[one.asname or one.name] = node.module.partition(".")[0]
    return found
