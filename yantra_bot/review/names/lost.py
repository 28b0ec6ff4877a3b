"""What a change takes away from files that it does not touch: modules that are gone, names that modules had.

It is told at the changed file that had it, with each user as evidence. Python.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from yantra_bot.domain.findings import Evidence, Finding, Side
from yantra_bot.domain.graph import EdgeKind, Language
from yantra_bot.domain.review import ChangedFile, FileStatus
from yantra_bot.review.names.imports import Imports, Missing, Want
from yantra_bot.review.names.look import Look, Place
from yantra_bot.review.names.rules import MISSING_MODULE, MISSING_NAME


def find_lost(look: Look) -> Iterator[Finding]:
    """Yield what unchanged files ask of changed ones and do not find any more."""
    groups: dict[str, list[tuple[ChangedFile, Missing]]] = defaultdict(list)
    for file, lost in _lost(look).items():
        for path in sorted(_importers(look, file)):
            head = look.head.get(path) if _mentions(look, path, lost) else None
            for one in Imports(head, look.head_modules).missing() if head is not None else ():
                if one.name in lost and _was_there(look, one) and not look.is_told(one.place):
                    groups[one.place.symbol].append((file, one))
    for found in groups.values():
        yield _tell_at_base(look, found[0][0], [one for _, one in found])


def _lost(look: Look) -> dict[ChangedFile, frozenset[str]]:
    """Return of each changed module the names that it had and has no more: its own name where it is gone."""
    found: dict[ChangedFile, frozenset[str]] = {}
    for file in look.subject.files:
        if file.language is not Language.PYTHON or file.status is FileStatus.ADDED or file.skipped:
            continue
        if file.status in (FileStatus.REMOVED, FileStatus.RENAMED):
            parts = file.base_path.removesuffix(".py").removesuffix("/__init__").split("/")
            found[file] = frozenset({parts[-1]})
            continue
        base = look.base_modules.names((file.base_path,))
        head = look.head_modules.names((file.path,))
        if base is not None and head is not None and base - head:
            found[file] = base - head
    return found


def _importers(look: Look, file: ChangedFile) -> set[str]:
    """Return the unchanged files that import something of a module, by the graph of the base."""
    view = look.subject.base.view
    changed = {path for other in look.subject.files for path in (other.path, other.base_path)}
    found: set[str] = set()
    for row in view.in_file(file.base_path):
        edges = view.edges_in(row, {EdgeKind.IMPORTS})
        found.update(view.path_of(number) for number in set(view.edge_paths(edges).tolist()))
    return found - changed


def _mentions(look: Look, path: str, names: Iterable[str]) -> bool:
    data = look.subject.head.read(path) or b""
    return path.endswith(".py") and any(name.encode() in data for name in names)


def _was_there(look: Look, missing: Missing) -> bool:
    """Tell whether the base had what is missing now: its importer is as it was."""
    if missing.want is Want.NAME:
        return look.base_modules.has(missing.paths, missing.name) is True
    return look.base_modules.submodule(missing.paths, missing.name) is not None


def _tell_at_base(look: Look, file: ChangedFile, found: list[Missing]) -> Finding:
    first = found[0]
    was = next(iter(where_it_was(look, first)), None)
    line = was.line if was is not None and was.path == file.base_path else 0
    place = Place(first.place.symbol, file.base_path, line, look.anchor(file.base_path, line, Side.BASE))
    users = [Evidence(one.place.anchor, one.place.path, one.place.line, confidence=0.98) for one in found]
    count = len({one.place.path for one in found})
    what = f"the module `{first.module}`" if first.want is Want.MODULE else f"`{first.name}` of `{first.module}`"
    files = "an unchanged file still imports" if count == 1 else f"{count} unchanged files still import"
    return look.finding(
        MISSING_MODULE if first.want is Want.MODULE else MISSING_NAME,
        place,
        f"The change removes {what}, which {files} ({first.place.path}:{first.place.line}).",
        confidence=0.97,
        side=Side.BASE,
        evidence=users,
    )


def where_it_was(look: Look, missing: Missing) -> list[Evidence]:
    """Return where the base has what is missing."""
    for path in missing.paths if missing.want is Want.NAME else ():
        base = look.base.get(look.base_path(path))
        bindings = base.scope.bindings.get(missing.name, []) if base is not None else []
        line = getattr(bindings[0].node, "lineno", 0) if bindings else 0
        if line:
            text = look.anchor(look.base_path(path), line, Side.BASE)
            return [Evidence(f"the base had it: {text}", look.base_path(path), line, Side.BASE)]
    return []
