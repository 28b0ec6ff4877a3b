"""All files of a program: which module is where, what is in its namespace, and the keys of its symbols.

It answers from facts alone and follows no values.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.environment import Catalogue
from yantra_bot.graphdb.facts import Body, BodyFlag, FileFacts, Op, Value
from yantra_bot.graphdb.languages import Linker, Paths, Read, frontend_of
from yantra_bot.graphdb.resolve.java_methods import KEYED, NAMING
from yantra_bot.graphdb.resolve.javascript_methods import GETTER, PROXY, SCRIPTS
from yantra_bot.graphdb.resolve.library import LIBRARY, library_linker

_KEYED = frozenset({"set", "get", "getOrInsert", "getOrInsertComputed"})
_MAX_MIXIN = 200
"""Instructions of a function that is analysed for each call."""


@dataclass(eq=False, slots=True)
class Unit:
    """One body of one file."""

    file: "File"
    index: int
    body: Body
    copies: bool | None = None
    """Whether it is a mixin, once that was asked."""


@dataclass(eq=False, slots=True)
class File:
    """One file with what is derived from its facts alone."""

    facts: FileFacts
    module_name: str
    linker: Linker
    library: bool
    units: list[Unit] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    """The key of each symbol."""
    names: list[str] = field(default_factory=list)
    """The qualified name of each symbol."""
    stars: list[str] = field(default_factory=list)
    """Specifiers of its star imports at module level."""
    idle: frozenset[int] = frozenset()
    """Functions, by symbol, that are analysed only where they are called: what is in them is known already."""

    @property
    def path(self) -> str:
        """The file's path; of a library model, its name."""
        return self.facts.path


def module_name(path: str) -> str:
    """Return the dotted path of a file without its ending; `pkg/__init__.py` is `pkg`."""
    whole = PurePosixPath(path)
    parts = list(whole.parent.parts)
    stem = whole.name.removesuffix(whole.suffix)
    if stem != "__init__" or not parts:
        parts.append(stem)
    return ".".join(parts)


class Program:
    """The files of a repository, and the library models they use."""

    def __init__(self, facts: Iterable[FileFacts], read: Read, catalogue: Catalogue | None = None) -> None:
        """`read` gives configuration files that linkers look for, `catalogue` what installed packages declare."""
        self.catalogue = catalogue
        ordered = sorted(facts, key=lambda one: one.path)
        by_frontend: dict[int, list[str]] = {}
        for one in ordered:
            by_frontend.setdefault(id(frontend_of(one.path)), []).append(one.path)
        linkers = {key: frontend_of(paths[0]).make_linker(paths, read) for key, paths in by_frontend.items()}
        self.files: dict[str, File] = {}
        for one in ordered:
            self._add(one, linkers[id(frontend_of(one.path))], library=False)
        scripts = [file for file in self.files.values() if file.facts.language in SCRIPTS]
        self._literals_of_scripts = _literals(scripts)
        self.literals = _literals(self.files.values())
        """Strings and numbers that are a key, a name or a module somewhere: no other constant can lead to anything."""
        self.property_names = _properties(self.files.values())
        """Attributes whose reading may call something."""
        self.property_names.update(_getters(self.files.values()))
        self.setters = {name for file in self.files.values() for name in _setters(file)}
        """Names and keys `x.setter`: writing `x` may call something."""
        if "__get__" in self.literals or "__getattr__" in self.literals:
            self.property_names |= {op[3] for op in _reads(self.files.values())}
        self._library: dict[str, File | None] = {}

    def _add(self, facts: FileFacts, linker: Linker, *, library: bool) -> File:
        name = facts.path.removeprefix(LIBRARY).removesuffix(".py").split("/", 1)[-1] if library else ""
        file = File(facts, name.replace("/", ".") or module_name(facts.path), linker, library)
        file.units = [Unit(file, index, body) for index, body in enumerate(facts.bodies)]
        name_symbols(file)
        if facts.bodies:
            file.stars = [op[1] for op in facts.bodies[0].ops if op[0] == Op.IMPORT_STAR]
        self.files[facts.path] = file
        return file

    def literals_for(self, file: File) -> set[str | int]:
        """Return the constants that count in a file: in JavaScript its own: others' names mix its objects."""
        return self._literals_of_scripts if file.facts.language in SCRIPTS else self.literals

    def replace(self, facts: FileFacts) -> File:
        """Put another state of a file in its place; return it."""
        file = self._add(facts, self.files[facts.path].linker, library=False)
        self.literals |= _literals([file])
        if file.facts.language in SCRIPTS:
            self._literals_of_scripts |= _literals([file])
        self.setters.update(_setters(file))
        self.property_names |= _properties([file])
        return file

    def library_file(self, language: Language, name: str) -> File | None:
        """Return the model of an outside module, lowered when it is first asked for; None where there is none."""
        key = f"{language}/{name}"
        if key not in self._library:
            facts = library_facts(language, name)
            self._library[key] = None if facts is None else self._add(facts, library_linker(), library=True)
        return self._library[key]

    def locate(self, file: File, specifier: str) -> Paths | str:
        """Return the paths of a module, or the dotted name of one outside."""
        found = file.linker.locate(file.path, specifier)
        return file.linker.external(file.path, specifier) if found is None else found

    def submodule(self, module: Paths, name: str) -> Paths | None:
        """Return a module inside a module."""
        for path in module:
            file = self.files.get(path)
            linker = file.linker if file else self._linker_near(path)
            return linker.submodule(module, name) if linker else None
        return None

    def _linker_near(self, folder: str) -> Linker | None:
        return next((file.linker for path, file in self.files.items() if path.startswith(folder)), None)

    def cells(self, module: Paths, name: str) -> list[tuple[File, Value]]:
        """Return the cells that a module's files bind a name to."""
        found = []
        for path in module:
            file = self.files.get(path)
            if file is not None and file.units:
                value = file.units[0].body.names.get(name)
                if value is not None:
                    found.append((file, value))
        return found

    def is_exported(self, module: Paths, name: str) -> bool:
        """Say whether a star import of the module takes the name."""
        lists = [file.units[0].body.exports for path in module if (file := self.files.get(path)) and file.units]
        named = [names for names in lists if names is not None]
        return any(name in names for names in named) if named else not name.startswith("_")


def library_facts(language: Language, name: str) -> FileFacts | None:
    """Return the facts of a library model."""
    from yantra_bot.graphdb.resolve.library import read_model

    return read_model(language, name)


def _properties(files: Iterable[File]) -> set[str]:
    """Return the names of properties, and those that a class gives to a function that is one (`x = property(f)`)."""
    found: set[str] = set()
    made = False
    for file in files:
        owned = {unit.index for unit in file.units if unit.body.flags & BodyFlag.PROPERTY}
        found.update(file.facts.symbols[file.units[index].body.owner].name for index in owned)
        made = made or any(not file.units[index].body.flags & BodyFlag.METHOD for index in owned)
        for unit in file.units if owned else ():
            if unit.body.flags & BodyFlag.CLASS:
                values = {op[1] for op in unit.body.ops if op[0] == Op.FUNC and op[2] in owned}
                found.update(name for name, value in unit.body.names.items() if value in values)
    return found | _called_names(files) if made else found


def _called_names(files: Iterable[File]) -> set[str]:
    """Return the names that classes give to what a call returns: a property, where a function makes some."""
    bodies = [unit.body for file in files for unit in file.units if unit.body.flags & BodyFlag.CLASS]
    found: set[str] = set()
    for body in bodies:
        values = {op[1] for op in body.ops if op[0] in (Op.CALL, Op.CALL_METHOD)}
        found.update(name for name, value in body.names.items() if value in values)
    return found


def _literals(files: Iterable[File]) -> set[str | int]:
    found: set[str | int] = set()
    for file in files:
        found.add(file.module_name)
        ops = (op for unit in file.units for op in unit.body.ops)
        made = any(op[0] == Op.TEXT or (op[0] == Op.FREE and op[2] == "setattr") for op in ops)
        for unit in file.units:
            found.update(unit.body.names)
            if made:
                found.update(op[2] for op in unit.body.ops if op[0] == Op.CONST)
            for op in unit.body.ops:
                if op[0] == Op.NEW:
                    found.update(key for key, _ in op[3] if key is not None)
                elif op[0] in (Op.SET_ITEM, Op.SET_ATTR) and op[2] is not None and op[3] >= 0:
                    found.add(op[2])
            if file.facts.language == Language.JAVA:
                found |= _keys_of_maps(unit.body)
            elif file.facts.language in SCRIPTS:
                found |= _keys_of_script(unit.body)
    return found


def _keys_of_script(body: Body) -> set[str | int]:
    """Return the constants that stand where a map of JavaScript takes a key: in `set`, or first in a pair."""
    constants = {op[1]: op[2] for op in body.ops if op[0] == Op.CONST}
    used: set[Value] = set()
    for op in body.ops if constants else ():
        if op[0] == Op.CALL_METHOD and op[3] in _KEYED and op[5]:
            used.add(op[5][0])
        elif op[0] == Op.NEW and op[2] == "array" and len(op[3]) > 1 and op[3][0][0] == 0:
            used.add(op[3][0][1])
    return {constants[value] for value in used if value in constants}


def _keys_of_maps(body: Body) -> set[str | int]:
    """Return the constants that stand where Java's maps take a key, or in a static field."""
    constants = {op[1]: op[2] for op in body.ops if op[0] == Op.CONST}
    used = {op[3] for op in body.ops if op[0] == Op.SET_OUTER}
    for op in body.ops:
        if op[0] == Op.CALL_METHOD and op[3].partition("/")[0] in KEYED | NAMING:
            used.update(op[5])
    return {constants[value] for value in used if value in constants}


def is_mixin(unit: Unit) -> bool:
    """Say whether a function copies what one object has into another that is not its own: `extend(target, source)`.

    What each call copies is no other call's: it is analysed once for each.
    """
    if unit.copies is None:
        body = unit.body
        spreads = [op for op in body.ops if op[0] == Op.SPREAD]
        made = {op[1] for op in body.ops if op[0] == Op.NEW} if spreads else set()
        is_small = bool(body.flags & BodyFlag.FUNCTION) and len(body.ops) <= _MAX_MIXIN
        unit.copies = is_small and unit.file.facts.language in SCRIPTS and any(op[1] not in made for op in spreads)
    return unit.copies


def _setters(file: File) -> Iterator[str]:
    for unit in file.units:
        yield from (name for name in unit.body.names if name.endswith(".setter"))
        for op in unit.body.ops:
            if op[0] == Op.NEW:
                yield from (key for key, _ in op[3] if isinstance(key, str) and key.endswith(".setter"))
            elif op[0] == Op.SET_ATTR and op[2].endswith(".setter"):
                yield op[2]
            elif op[0] == Op.FREE and op[2] == "Proxy":
                yield PROXY


def _getters(files: Iterable[File]) -> Iterator[str]:
    """Names whose getters are stored with `Object.defineProperty`."""
    for file in files:
        if file.facts.language in SCRIPTS:
            for unit in file.units:
                stored = (op[2] for op in unit.body.ops if op[0] == Op.SET_ATTR)
                yield from (name.removesuffix(GETTER) for name in stored if name.endswith(GETTER))


def _reads(files: Iterable[File]) -> Iterator[tuple[Any, ...]]:
    ops = (op for file in files for unit in file.units for op in unit.body.ops)
    return (op for op in ops if op[0] in (Op.ATTR, Op.CALL_METHOD))


def name_symbols(file: File) -> None:
    """Give each symbol its qualified name and its key; a second symbol of one name is `name#2`."""
    seen: Counter[str] = Counter()
    inner: list[str] = []
    for symbol in file.facts.symbols:
        parent = symbol.parent
        nested = inner[parent] if parent > 0 else ""
        local = "" if parent < 0 else f"{nested}.{symbol.name}" if nested else symbol.name
        inner.append(local)
        file.names.append(f"{file.module_name}.{local}" if local else file.module_name)
        seen[local] += 1
        number = f"#{seen[local]}" if seen[local] > 1 else ""
        file.keys.append(f"{file.path}::{local}{number}")
