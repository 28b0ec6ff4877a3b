"""Where a change outside of functions is felt: constants, imports, attributes of classes, followed by their names.

A name that may be meant counts as meant. Pure: it reads Python files as text and as syntax, and runs nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yantra_bot.validation.selection.unit_changes import UnitChange
from yantra_bot.validation.selection.units import MODULE, Statement, Unit, UnitKind, find_units
from yantra_bot.validation.selection.versions import Version

MOST_NAMES = 40
"""More names than this are not followed: whoever imports the module is meant then."""
_SPECIAL = re.compile(r"(Enum|Flag|Tuple|Dict|Model|Struct|Schema|metaclass|dataclass|define|frozen|attrs?|total)$|^s$")
"""Words in the head of a class that make its attributes more than values."""


@dataclass(slots=True)
class Felt:
    """What feels a change of module or class level code."""

    statements: dict[tuple[str, str], set[int] | None] = field(default_factory=dict)
    """By path and unit: which statements of the function speak of a changed name; None: any of it."""
    modules: dict[str, str] = field(default_factory=dict)
    """Files that do something with it while they are imported, and what: all that imports them may be affected."""


class Spread:
    """Follows names through the Python files of one version."""

    def __init__(self, version: Version) -> None:
        self._read, self._syntax = version.read, version.syntax
        self._paths = sorted(path for path in version.view.files if path.endswith(".py"))
        self._texts: dict[str, bytes] = {}
        self._units: dict[str, dict[str, Unit] | None] = {}

    def units(self, path: str) -> Mapping[str, Unit]:
        """Return the units of a file; none where it does not parse."""
        return self.parsed(path) or {}

    def parsed(self, path: str) -> dict[str, Unit] | None:
        """Return the units of a file, read once; None where it does not parse."""
        if path not in self._units:
            tree = self._syntax.module(path)
            self._units[path] = None if tree is None else find_units(tree, self._text(path))
        return self._units[path]

    def follow(self, path: str, changes: Iterable[UnitChange]) -> Felt:
        """Return what feels the changes of a file outside of its functions."""
        felt = Felt()
        waiting: list[str] = []
        for change in changes:
            unit = change.unit
            if unit.kind is UnitKind.FUNCTION:
                continue
            for statement in change.changed:
                if statement.function:
                    continue  # whoever calls it is known to the graph
                is_special = statement.calls or not self._is_plain(path, unit)
                waiting += self._names_of(unit, statement, is_direct=is_special)
                if statement.has_effects:
                    felt.modules[path] = f"{path}:{statement.line} does something while it is imported"
        self._follow_names(path, waiting, felt)
        return felt

    def _is_plain(self, path: str, unit: Unit) -> bool:
        """Tell whether a class does no more with its attributes than hold them: no enumeration, no data class."""
        outer, _, name = unit.name.rpartition(".")
        around = self.units(path).get(outer)
        heads = [one for one in around.statements if name in one.binds and not one.function] if around else []
        return bool(heads) and not any(_SPECIAL.search(word) for one in heads for word in one.mentions)

    def _follow_names(self, origin: str, waiting: list[str], felt: Felt) -> None:
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen or name == "_":
                continue
            seen.add(name)
            if len(seen) > MOST_NAMES:
                felt.modules[origin] = f"more than {MOST_NAMES} names depend on what changed in {origin}"
                return
            for path in self._speaking_of(name):
                for unit in self.units(path).values():
                    waiting += self._feel(path, unit, name, felt)

    def _feel(self, path: str, unit: Unit, name: str, felt: Felt) -> list[str]:
        """Note what speaks of a name in a unit; return the names that hang from it in turn."""
        found = [at for at, one in enumerate(unit.statements) if name in one.mentions]
        if not found:
            return []
        if unit.kind is UnitKind.FUNCTION:
            known = felt.statements.setdefault((path, unit.name), set())
            if known is not None:
                known.update(found)
            return []
        names: list[str] = []
        for at in found:
            statement = unit.statements[at]
            names += self._names_of(unit, statement, is_direct=False)
            if statement.has_effects:
                names += self._owners_of(statement)
        return names

    @staticmethod
    def _owners_of(statement: Statement) -> list[str]:
        """Return the names of what a statement with effects may change: `registry[NAME] = 1`, `app.add(NAME)`."""
        return sorted(statement.mentions)[:4]

    @staticmethod
    def _names_of(unit: Unit, statement: Statement, *, is_direct: bool = True) -> list[str]:
        """Return the names whose values hang from a statement, those bound in its blocks included.

        With `is_direct` so does the class around it, as it does from fields that are made in it.
        """
        at = unit.statements.index(statement) if statement in unit.statements else -1
        inside, names = {at}, set(statement.binds)
        for place, other in enumerate(unit.statements):
            if at >= 0 and other.section[0] in inside:
                inside.add(place)
                names |= other.binds
        if unit.kind is UnitKind.CLASS and not statement.function and (is_direct or statement.calls):
            names.add(unit.name.rpartition(".")[2].partition("#")[0])
        return sorted(names)

    def _speaking_of(self, name: str) -> list[str]:
        word = name.encode()
        found = [path for path in self._paths if word in self._text(path)]
        whole = re.compile(rb"\b" + re.escape(word) + rb"\b")
        return [path for path in found if whole.search(self._text(path))]

    def _text(self, path: str) -> bytes:
        if path not in self._texts:
            self._texts[path] = self._read(path) or b""
        return self._texts[path]


def is_outside(change: UnitChange) -> bool:
    """Tell whether a change is one of module or class level code."""
    return change.unit.name == MODULE or change.unit.kind is UnitKind.CLASS
