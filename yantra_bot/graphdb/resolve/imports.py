"""Names from elsewhere: imported modules, and names that a file binds nowhere."""

import builtins

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.resolve.java_packages import find_package
from yantra_bot.graphdb.resolve.modules import Modules
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.state import Instance, Op, State

_GO_BUILTINS = """
    append cap clear close complex copy delete imag len make max min new panic print println real recover
"""
_BUILTINS = {
    Language.PYTHON: frozenset(dir(builtins)),
    Language.GO: frozenset(_GO_BUILTINS.split()),
    Language.RUST: frozenset[str](),
}
"""The names that mean something where nothing binds them; a language that is missing here has its own way."""


class Imports:
    """Finds modules by specifier, and free names."""

    def __init__(self, state: State, modules: Modules) -> None:
        self._state = state
        self.modules = modules

    def module(self, file: File, specifier: str, site: int) -> int:
        """Return the module that a file names so, and note the import."""
        module = self._state.program.locate(file, specifier)
        if not file.library and site >= 0:
            self._state.record.files[file].imports.add((site, module))
        if isinstance(module, str):
            return self.modules.outside(file.facts.language, module)
        return self._state.objects.intern(Kind.MODULE, module)

    def free(self, instance: Instance, op: Op) -> None:
        """FREE: a name that the file binds nowhere."""
        file, name = instance.unit.file, op[2]
        nodes = self.modules.star_members(file, name)
        if not nodes:
            siblings = tuple(file.linker.siblings(file.path))
            nodes = [self.modules.cell(*cell) for cell in self._state.program.cells(siblings, name)]
        target = instance.base + op[1]
        for node in nodes:
            self._state.engine.flow(node, target)
        if not nodes:
            self._builtin(file, name, target)

    def _builtin(self, file: File, name: str, target: int) -> None:
        language = file.facts.language
        model = self._state.program.library_file(language, "builtins")
        if model is not None and name in model.units[0].body.names and model is not file:
            self._state.engine.flow(self.modules.cell(model, model.units[0].body.names[name]), target)
        elif name == "NotImplemented" and language == Language.PYTHON:
            # What an operator returns so is nobody's: it is asked no attribute.
            self._state.engine.add_one(target, self._state.objects.intern(Kind.OUTSIDE, ""))
        elif name in _BUILTINS.get(language, (name,)):
            outside = self._outside_of_java(file, name) if language == Language.JAVA else f"<builtin>.{name}"
            self._state.engine.add_one(target, self._state.objects.intern(Kind.EXTERNAL, outside, language))

    def _outside_of_java(self, file: File, name: str) -> str:
        """Return the full name of a type that the program lacks: of a package that the file imports whole."""
        outside = [star for star in file.stars if isinstance(self._state.program.locate(file, star), str)]
        return f"{find_package(name, outside)}.{name}"
