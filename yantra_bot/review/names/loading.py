"""What happens when a module is loaded: which other modules of the repository that loads, and in which order.

Python. It follows the statements that run at import, in their order, and executes nothing.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from yantra_bot.graphdb.languages import Paths
from yantra_bot.review.names.exports import Exports
from yantra_bot.review.names.python import PythonFile, PythonFiles
from yantra_bot.review.names.scopes import Imported, Scope, ScopeKind


@dataclass(frozen=True, slots=True)
class Step:
    """One import that runs when a file is loaded: `target` is the file that it loads."""

    path: str
    target: str
    line: int
    name: str = ""
    """What is taken out of the target at once; empty where the module alone is bound."""
    is_guarded: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An import that fails, since its target is still being loaded and has not bound the name yet."""

    step: Step
    entry: str
    """The file whose loading begins it."""


class Loading:
    """The imports of the files of one version."""

    def __init__(self, files: PythonFiles, modules: Exports) -> None:
        self._files = files
        self._modules = modules
        self._steps: dict[str, list[tuple[int, Step]]] = {}

    def steps(self, path: str) -> list[Step]:
        """Return the imports that run when a file is loaded; none for a file that cannot be read."""
        return [step for _, step in self._ordered(path)]

    def _ordered(self, path: str) -> list[tuple[int, Step]]:
        """Return them with the identity of their statements."""
        if path not in self._steps:
            file = self._files.get(path) if path.endswith(".py") else None
            self._steps[path] = [] if file is None else list(self._read(file))
        return self._steps[path]

    def _read(self, file: PythonFile) -> Iterator[tuple[int, Step]]:
        for imported in file.reader.imports:
            if imported.is_for_types or not _runs_at_import(imported.scope):
                continue
            for target, name in self._targets(file, imported):
                if target != file.path:
                    step = Step(file.path, target, imported.node.lineno, name, imported.is_guarded)
                    yield id(imported.node), step

    def _targets(self, file: PythonFile, imported: Imported) -> Iterator[tuple[str, str]]:
        node = imported.node
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from ((path, "") for path in self._around(file, alias.name))
            return
        module = self._modules.locate(file.path, imported.specifier)
        if module is None:
            return
        yield from ((path, "") for path in self._around(file, imported.specifier) if path not in module)
        for alias in node.names:
            inner = self._modules.submodule(module, alias.name)
            if inner is not None and self._modules.binds(module, alias.name) is not True:
                yield from ((path, "") for path in _files(module) if not _is_around(path, file.path))
                yield from ((path, "") for path in _files(inner))
            else:
                yield from ((path, "" if alias.name == "*" else alias.name) for path in _files(module))

    def _around(self, file: PythonFile, specifier: str) -> Iterator[str]:
        """Yield the files of a module and of the packages around it; those around the importer are loaded already."""
        parts = specifier.split(".")
        for count in range(1, len(parts) + 1):
            module = self._modules.locate(file.path, ".".join(parts[:count])) if parts[0] else None
            for path in _files(module or ()):
                if count == len(parts) or not _is_around(path, file.path):
                    yield path

    def simulate(self, entry: str, inside: frozenset[str]) -> Failure | None:
        """Load a file with nothing loaded before; return the first import that fails. Only files `inside` are run."""
        run = _Run(self, inside, entry)
        for path in (*_inits(entry, inside), entry):
            run.load(path)
        return run.failure

    def file(self, path: str) -> PythonFile | None:
        return self._files.get(path)

    def by_statement(self, path: str) -> dict[int, list[Step]]:
        """Return the imports of a file by the identity of their statements."""
        found: defaultdict[int, list[Step]] = defaultdict(list)
        for statement, step in self._ordered(path):
            found[statement].append(step)
        return found


@dataclass
class _Run:
    """One interpreter, as far as modules go."""

    loading: Loading
    inside: frozenset[str]
    entry: str
    bound: dict[str, set[str]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    failure: Failure | None = None

    def load(self, path: str) -> None:
        file = self.loading.file(path) if path in self.inside and path not in self.bound else None
        if file is None:
            return
        self.bound[path] = set()
        names: defaultdict[int, set[str]] = defaultdict(set)
        for bindings in file.scope.bindings.values():
            for binding in bindings:
                names[id(binding.statement)].add(binding.name)
        steps = self.loading.by_statement(path)
        for statement in _run_order(file.tree.body):
            for step in steps.get(id(statement), ()):
                self._import(step)
                if self.failure is not None:
                    return
            self.bound[path] |= names.get(id(statement), set())
        self.done.add(path)

    def _import(self, step: Step) -> None:
        self.load(step.target)
        is_half = step.target in self.bound and step.target not in self.done
        if is_half and step.name and step.name not in self.bound[step.target] and not step.is_guarded:
            self.failure = self.failure or Failure(step, self.entry)


def _run_order(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is loaded, in their order, both sides of every condition."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for part in ("body", "handlers", "orelse", "finalbody", "cases"):
            for inner in getattr(statement, part, ()):
                yield from _run_order([inner] if isinstance(inner, ast.stmt) else getattr(inner, "body", []))


def _runs_at_import(scope: Scope | None) -> bool:
    while scope is not None:
        if scope.kind not in (ScopeKind.MODULE, ScopeKind.CLASS):
            return False
        scope = scope.parent
    return True


def _files(module: Paths) -> Iterator[str]:
    return (path for path in module if path.endswith(".py"))


def _is_around(package: str, path: str) -> bool:
    """Tell whether a package's own file is one of a package around a file, which is loaded before the file."""
    folder, _, name = package.rpartition("/")
    return name == "__init__.py" and path.startswith(f"{folder}/") and package != path


def _inits(path: str, inside: frozenset[str]) -> list[str]:
    return sorted((other for other in inside if _is_around(other, path)), key=len)
