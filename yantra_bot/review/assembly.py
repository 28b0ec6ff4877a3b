"""A whole review of two versions, from their trees to what was found: used in a terminal and by the worker alike.

It compares, reads what is needed of both versions, runs the parts, and says what was left out.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from yantra_bot.domain.review import ChangedFile, FileStatus, Gap, Review, ReviewRules, Timing
from yantra_bot.errors import UserError
from yantra_bot.graphdb.indexer import collector_off
from yantra_bot.review.changes.diff import LIMITS, Limits, compare_trees
from yantra_bot.review.changes.files import read_changes
from yantra_bot.review.changes.symbols import compare_symbols
from yantra_bot.review.engine import Part, review
from yantra_bot.review.graphs import Versions, open_versions
from yantra_bot.review.means import Means
from yantra_bot.review.parts import PARTS
from yantra_bot.review.sources import is_source
from yantra_bot.review.subject import LOOKED_INTO, Subject
from yantra_bot.review.trees import Trees

NO_MERGE_BASE: Final = Gap(
    "merge base",
    "The two versions have no common ancestor in this repository, so that they were compared directly: what only the "
    "base has looks like something that was removed. In a shallow clone, fetch more of the past: git fetch --unshallow",
)


@dataclass(frozen=True, slots=True)
class Compared:
    """What is reviewed: two ids of commits or trees, and what to call them."""

    base: str
    head: str
    base_name: str = ""
    head_name: str = ""
    gaps: tuple[Gap, ...] = ()


def choose_base(trees: Trees, base: str, head: str) -> Compared:
    """Return what to compare for two commits: from where they parted to the head."""
    found = trees.merge_base(base, head)
    if found is None:
        return Compared(base, head, base, head, (NO_MERGE_BASE,))
    return Compared(found, head, found, head)


@dataclass(slots=True)
class _Watch:
    """Times what goes on before the parts, and tells of it."""

    tell: Callable[[str], None]
    timings: list[Timing] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.tell(name)
        start = time.perf_counter()
        yield
        self.timings.append(Timing(name, time.perf_counter() - start))


@collector_off()  # facts and graphs all stay to the end: to walk over them again and again frees nothing
def review_change(
    trees: Trees,
    compared: Compared,
    *,
    scratch: Path,
    rules: ReviewRules | None = None,
    means: Means | None = None,
    scope: Iterable[str] | None = None,
    parts: Sequence[Part] = PARTS,
    limits: Limits = LIMITS,
    tell: Callable[[str], None] = lambda _: None,
) -> Review:
    """Return the review of what lies between two versions. Raises UserError, Permanent, Transient.

    `scratch` is a private, empty folder. With `scope` only findings in these paths are told. `tell` is called with what
    goes on. A graph that cannot be had leaves a gap; the rest of the review goes on.
    """
    rules, means, watch = rules or ReviewRules(), means or Means(), _Watch(tell)
    gaps = list(compared.gaps)
    # Without any part a review still tells which symbols differ.
    wanted = not parts or any(part.needs_graph for part in parts)
    with watch.step("difference"):
        base, head = trees.open(compared.base), trees.open(compared.head)
        changes = read_changes(compare_trees(trees, base.id, head.id, limits), base, head, rules, limits)
    gaps += changes.gaps
    with watch.step("graph"):
        try:
            needed = wanted and needs_graph(changes.files)
            versions = open_versions(
                trees, base, head, scratch=scratch, store=means.store, needs_graph=needed, tell=tell
            )
        except UserError as refused:
            gaps.append(Gap("code graph", f"{refused} Nothing that rests on the graph was looked at."))
            versions = open_versions(trees, base, head, scratch=scratch, needs_graph=False)
    gaps += _find_unread(changes.files, versions) if wanted else []
    with watch.step("symbols"):
        symbols = compare_symbols(changes.files, versions.base, versions.head)
    chosen = None if scope is None else frozenset(scope)
    return review(
        Subject(versions.base, versions.head, changes.files, symbols, chosen),
        parts,
        base=compared.base_name or compared.base,
        head=compared.head_name or compared.head,
        rules=rules,
        means=means,
        gaps=gaps,
        timings=watch.timings,
        tell=tell,
    )


def needs_graph(files: Iterable[ChangedFile]) -> bool:
    """Tell whether a change touches code, or what decides how code is found."""
    return any(is_source(path) for file in files if not file.skipped for path in (file.path, file.base_path))


def _find_unread(files: Iterable[ChangedFile], versions: Versions) -> list[Gap]:
    """Return a gap for each changed source that the graph does not have, with the reason."""
    gaps = []
    for file in files:
        if file.kind not in LOOKED_INTO or file.skipped:
            continue
        version, path = (
            (versions.base, file.base_path) if file.status is FileStatus.REMOVED else (versions.head, file.path)
        )
        if path not in version.facts:
            problem = versions.problems.get(path)
            why = f"{problem.kind}: {problem.detail}" if problem else "it lies in a folder that the graph leaves out"
            gaps.append(Gap("code graph", f"It has no symbols of this file: {why}.", (path,)))
    return gaps
