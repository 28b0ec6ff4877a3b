"""Circular imports that a change introduces, and whether one of them fails when it is loaded. Python."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Protocol

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.graph import EdgeKind
from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.names.loading import Failure, Loading, Step
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.rules import CIRCULAR

_MAX_FILES = 200
"""Files that one search reads at most: behind that it finds nothing."""


class Loads(Protocol):
    """What knows the imports that run when a file of one version is loaded."""

    def steps(self, path: str) -> list[Step]: ...


def find_cycles(look: Look) -> Iterator[Finding]:
    """Yield one finding for each ring of files that an import of the change closes."""
    head = Loading(look.head, look.head_modules)
    base = Loading(look.base, look.base_modules)
    for step, ring in find_rings(look, [file for file, _ in look.changed()], head, base):
        paths = [one.path for one in ring]
        failures = [failure for path in paths if (failure := head.simulate(path, frozenset(paths))) is not None]
        yield tell(look, step, ring, _weigh(failures, len(paths)))


def find_rings(look: Look, files: list[ChangedFile], head: Loads, base: Loads) -> Iterator[tuple[Step, list[Step]]]:
    """Yield each ring that an import of changed files closes, with that import, which is its first step."""
    told: set[frozenset[str]] = set()
    for file in files:
        for step in _new_steps(look, file, head, base):
            ring = _find_ring(look.subject.head.view, head, step)
            if not ring or frozenset(one.path for one in ring) in told:
                continue
            if _was_ring(look, base, step):
                continue
            told.add(frozenset(one.path for one in ring))
            yield step, ring


def _new_steps(look: Look, file: ChangedFile, head: Loads, base: Loads) -> list[Step]:
    """Return the imports of a file that load what it did not load before, one for each target."""
    known = set() if file.status is FileStatus.ADDED else {step.target for step in base.steps(file.base_path)}
    fresh: dict[str, Step] = {}
    for step in head.steps(file.path):
        if look.base_path(step.target) not in known:
            fresh.setdefault(step.target, step)
    return list(fresh.values())


def _find_ring(view: GraphView, loading: Loads, step: Step) -> list[Step]:
    """Return a shortest way from an import's target back to its file, behind the import itself; else nothing."""
    leading = _leading_to(view, step.path)
    back = _search(loading, step.target, step.path, leading.__contains__)
    return [step, *back] if back else []


def _search(loading: Loads, start: str, goal: str, is_wanted: Callable[[str], bool]) -> list[Step]:
    came: dict[str, Step] = {}
    line = [start]
    for path in line:
        for step in loading.steps(path) if len(came) < _MAX_FILES else ():
            if step.target == goal:
                return [*_back(came, start, path), step]
            if step.target != start and step.target not in came and is_wanted(step.target):
                came[step.target] = step
                line.append(step.target)
    return []


def _back(came: dict[str, Step], start: str, path: str) -> list[Step]:
    steps: list[Step] = []
    while path != start:
        steps.append(came[path])
        path = came[path].path
    return steps[::-1]


def _leading_to(view: GraphView, path: str) -> set[str]:
    """Return the files that import a file in any way, directly or through others, as far as the graph knows."""
    edges = view.all_edges({EdgeKind.IMPORTS})
    importers: defaultdict[int, set[int]] = defaultdict(set)
    targets = view.paths[view.targets(edges)].tolist()
    for source, target in zip(view.edge_paths(edges).tolist(), targets, strict=True):
        if source != target and target >= 0:
            importers[target].add(source)
    start = {target for target in importers if view.path_of(target) == path}
    seen, line = set(start), list(start)
    for number in line:
        for other in importers.get(number, ()):
            if other not in seen:
                seen.add(other)
                line.append(other)
    return {view.path_of(number) for number in seen}


def _was_ring(look: Look, base: Loads, step: Step) -> bool:
    """Tell whether both files loaded each other in the base already, over any other files."""
    one, other = look.base_path(step.path), look.base_path(step.target)
    view = look.subject.base.view
    both = ((one, other), (other, one))
    return all(_search(base, start, goal, _leading_to(view, goal).__contains__) for start, goal in both)


def tell(look: Look, step: Step, ring: list[Step], weight: tuple[Severity, str, float]) -> Finding:
    """Return the finding of a ring: `weight` says how grave it is, what follows from it, and how sure that is."""
    paths = [one.path for one in ring]
    severity, consequence, confidence = weight
    way = " → ".join(f"`{path}`" for path in [*paths, paths[0]])
    place = Place("ring " + " ".join(sorted(paths)), step.path, step.line, look.anchor(step.path, step.line))
    return look.finding(
        CIRCULAR,
        place,
        f"This import closes a ring of modules that load each other: {way}. {consequence}",
        severity=severity,
        confidence=confidence,
        evidence=[Evidence(_written(look, one), one.path, one.line, Side.HEAD) for one in ring],
    )


def _written(look: Look, step: Step) -> str:
    return f"{step.path} imports {step.target}: {look.anchor(step.path, step.line)}"


def _weigh(failures: list[Failure], count: int) -> tuple[Severity, str, float]:
    if not failures:
        return Severity.INFO, "It loads, whichever comes first.", 0.9
    step = failures[0].step
    why = f"`{step.path}` line {step.line} asks `{step.target}` for `{step.name}` before that is bound"
    if len(failures) == count:
        return Severity.ERROR, f"It fails, whichever is loaded first: {why}.", 0.9
    first = " or ".join(f"`{failure.entry}`" for failure in failures[:3])
    return Severity.WARNING, f"It fails where {first} is loaded first: {why}.", 0.8
