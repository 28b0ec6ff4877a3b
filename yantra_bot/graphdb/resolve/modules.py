"""Modules: the cells behind a module's names, through star imports and modules inside modules."""

from collections.abc import Callable

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import Value
from yantra_bot.graphdb.languages import Paths
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.state import State


class Modules:
    """Finds what a module has under a name."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.open_module: Callable[[File], object]
        """Opens the instance of a module's body the first time; set by Bodies."""

    def cell(self, file: File, value: Value) -> int:
        """Return the node of a module-level cell."""
        self.open_module(file)
        return self._state.modules[file.path].base + value

    def members(self, paths: Paths, name: str, seen: frozenset[Paths] = frozenset()) -> list[int]:
        """Return the nodes of a name in a module: its own, those of its star imports, a module inside it."""
        program = self._state.program
        found = [self.cell(file, value) for file, value in program.cells(paths, name)]
        if found or paths in seen:
            return found
        for path in paths:
            file = program.files.get(path)
            if file is not None and name != "default":
                found += self.star_members(file, name, seen | {paths})
        if not found:
            inner = program.submodule(paths, name)
            if inner is not None:
                found.append(self._state.constant(self._state.objects.intern(Kind.MODULE, inner)))
        return found

    def assigned(self, module: int) -> list[int]:
        """Return the nodes of what stands for a whole module: `module.exports` of JavaScript."""
        if self._state.objects.kinds[module] != Kind.MODULE:
            return []
        cells = self._state.program.cells(self._state.objects.firsts[module], "module.exports")
        return [self.cell(file, value) for file, value in cells]

    def star_members(self, file: File, name: str, seen: frozenset[Paths] = frozenset()) -> list[int]:
        """Return the nodes of a name that a file has from its star imports; the last one that has it wins."""
        program = self._state.program
        for specifier in reversed(file.stars):
            module = program.locate(file, specifier)
            if isinstance(module, str):
                model = program.library_file(file.facts.language, module)
                module = (model.path,) if model else ()
            if module and module not in seen and program.is_exported(module, name):
                found = self.members(module, name, seen)
                if found:
                    return found
        return []

    def outside(self, language: Language, name: str) -> int:
        """Return the object of something outside: the model of a module, where there is one."""
        model = self._state.program.library_file(language, name)
        if model is not None:
            return self._state.objects.intern(Kind.MODULE, (model.path,))
        return self._state.objects.intern(Kind.EXTERNAL, name, language)


def outside_name(file: File) -> str:
    """Return the name that a library model stands for."""
    return "<builtin>" if file.module_name == "builtins" else file.module_name
