"""Which functions of a file become samples, each once sound and once with one fault.

The classes come out as even as the code allows: of those that have a place in a function, the one that is rarest so
far. Of half of the functions both versions have the same edit that changes nothing. Of functions inside each other one
is taken, so that all faults of a file can be written into it at once.
"""

import ast
import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults import Module, Site, is_fault, sites_of, span_of
from yantra_bot.training.faults.module import Edit, FunctionNode
from yantra_bot.training.faults.neutral import neutral_edits
from yantra_bot.training.samples.rewriting import offset_of

MIN_LINES: Final = 3
MAX_LINES: Final = 120
NEUTRAL: Final = 0.5
"""Probability of an edit that changes nothing."""
_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """One function, sound and faulty."""

    begins: int
    """Line on which the function begins, with its decorators."""
    digest: str
    """Of the function's tree without names of places and docstring: the same function in two projects has the same."""
    imports: tuple[str, ...]
    """Top-level modules that the function uses by name."""
    site: Site
    """The fault, in the coordinates of the file before any edit; so is what follows."""
    neutral: Edit | None
    """What is edited in both versions, and changes nothing."""

    def edits(self, *, is_faulty: bool) -> list[Edit]:
        """Return what is replaced in the file for one of the versions; nothing overlaps."""
        made = [] if self.neutral is None else [self.neutral]
        return [*made, (self.site.start, self.site.end, self.site.replacement)] if is_faulty else made


class Drawer:
    """Draws from the files of one project, keeping count of the classes."""

    def __init__(self, seed: str, names: Sequence[str] = ()) -> None:
        """`names`: what variables may be called in edits that change nothing."""
        self._names = names
        self._random = Random(seed)  # noqa: S311  (a choice of samples, no secret)
        self._counts: Counter[BugClass] = Counter()
        self._seen: set[tuple[int, str]] = set()
        self._put: set[tuple[str, Site]] = set()
        """The faults that were drawn, each with its function."""

    def draw(self, module: Module, wanted: Container[int], *, time: int = 0) -> Iterator[Pair]:
        """Give the samples of a file, of its functions that begin on a wanted line.

        A function that the project has twice is taken once; another `time` again, with another fault.
        """
        imported = imported_names(module.tree)
        taken: list[tuple[int, int]] = []
        for node in self._random.sample(module.functions, len(module.functions)):
            start, end = span_of(module, node)
            is_free = all(end <= first or last <= start for first, last in taken)
            if not is_free or begin_of(node) not in wanted or not has_size(node):
                continue
            digest = digest_of(node)
            if (time, digest) in self._seen:
                continue
            self._seen.add((time, digest))
            site = self._choose(module, node, digest)
            if site is None:
                continue
            self._put.add((digest, site))
            self._counts[site.bug] += 1
            taken.append((start, end))
            used = modules_used(imported, node)
            yield Pair(begin_of(node), digest, used, site, self._neutral(module, node, site))

    def _choose(self, module: Module, node: FunctionNode, digest: str) -> Site | None:
        by_class: defaultdict[BugClass, list[Site]] = defaultdict(list)
        for site in sites_of(module, node):
            if (digest, site) not in self._put:
                by_class[site.bug].append(site)
        for bug in sorted(by_class, key=lambda one: (self._counts[one], len(by_class[one]), one))[:_TRIES]:
            places = sorted({(one.start, one.end) for one in by_class[bug]})
            place = self._random.choice(places)
            site = self._random.choice([one for one in by_class[bug] if (one.start, one.end) == place])
            if is_fault(module, node, site):
                return site
        return None

    def _neutral(self, module: Module, node: FunctionNode, site: Site) -> Edit | None:
        """Return an edit for both versions; none for half of the functions, and where none stands beside the fault."""
        if self._random.random() >= NEUTRAL:
            return None
        at, _ = offset_of(module, site)
        edits = [one for one in neutral_edits(module, node, self._names) if _is_apart(one, site, at)]
        return self._random.choice(edits) if edits else None


def begin_of(node: FunctionNode) -> int:
    """Return the line that a function begins on, with its decorators."""
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def has_size(node: FunctionNode) -> bool:
    """Tell whether a function is neither too short nor too long to be a sample."""
    return MIN_LINES <= (node.end_lineno or node.lineno) - node.lineno + 1 <= MAX_LINES


def _is_apart(edit: Edit, site: Site, at: int) -> bool:
    """Tell whether an edit touches neither a fault nor the place where that is said to stand."""
    return (edit[1] < site.start or edit[0] > site.end) and not edit[0] < at < edit[1]


def digest_of(node: FunctionNode) -> str:
    """Return a hash of what a function says: of its tree without decorators and docstring."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    text = "|".join(ast.dump(part) for part in (node.args, *body))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def modules_used(imported: Mapping[str, str], node: FunctionNode) -> tuple[str, ...]:
    """Return the top-level modules that a function uses by name, sorted; `imported` is what `imported_names` gives."""
    return tuple(
        sorted({imported[one.id] for one in ast.walk(node) if isinstance(one, ast.Name) and one.id in imported})
    )


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
