"""What a name means in a module of an installed package: through imports, star imports and submodules."""

from typing import NamedTuple

from yantra_bot.graphdb.environment import Catalogue
from yantra_bot.graphdb.languages.python.declared import CLASS, IMPORT, Declaration

MAX_STEPS = 100
"""Imports of imports that are followed."""
MAX_PARTS = 40
"""Of a dotted name."""


class Place(NamedTuple):
    """Where a name is declared."""

    module: str
    name: str
    """Empty for a module itself."""
    declarations: list[Declaration]
    """Empty for a module, and for what is outside of the environment."""

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


class Names:
    """Finds declarations by name. All answers are kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._found: dict[tuple[str, str], Place | None] = {}
        self._members: dict[str, Place | None] = {}

    def find(self, dotted: str) -> Place | None:
        """Return what a dotted name from outside means: a module, or what it declares; None where it is not known."""
        if dotted not in self._members:
            self._members[dotted] = self._find(dotted) if dotted.count(".") < MAX_PARTS else None
        return self._members[dotted]

    def _find(self, dotted: str) -> Place | None:
        head, _, last = dotted.rpartition(".")
        if not head:
            return Place(dotted, "", []) if self._catalogue.has(dotted) else None
        around = self.find(head)
        if around is None:
            return None
        if not around.name:
            return self.locate(around.module, last)
        return self.inner(around, last)

    def inner(self, place: Place, name: str) -> Place | None:
        """Return what a class declares itself under a name."""
        for one in place.declarations:
            if one[0] == CLASS and name in one[2]:
                return Place(place.module, f"{place.name}.{name}", one[2][name])
        return None

    def locate(self, module: str, name: str) -> Place | None:
        """Return where a name of a module is really declared."""
        key = (module, name)
        if key not in self._found:
            self._found[key] = self._locate(module, name, set())
        return self._found[key]

    def _locate(self, module: str, name: str, seen: set[tuple[str, str]]) -> Place | None:
        """`seen`: where this search has been."""
        if (module, name) in seen or len(seen) >= MAX_STEPS:
            return None
        seen.add((module, name))
        declared = self._catalogue.module(module)
        for one in declared.names.get(name, ()) if declared is not None else ():
            if one[0] != IMPORT:
                own = declared.names[name] if declared is not None else []
                return Place(module, name, [other for other in own if other[0] != IMPORT])
            found = self._imported(module, one, name, seen)
            if found is not None:
                return found
        for specifier in reversed(declared.stars) if declared is not None else ():
            other = self.absolute(module, specifier)
            if other != module and self._is_exported(other, name):
                found = self._locate(other, name, seen)
                if found is not None:
                    return found
        inner = f"{module}.{name}"
        return Place(inner, "", []) if self._catalogue.has(inner) else None

    def _imported(self, module: str, one: Declaration, name: str, seen: set[tuple[str, str]]) -> Place | None:
        other, member = self.absolute(module, one[1]), one[2]
        if not member:
            return Place(other, "", []) if self._catalogue.has(other) else None
        if (other, member) != (module, name):
            return self._locate(other, member, seen)
        return None

    def _is_exported(self, module: str, name: str) -> bool:
        declared = self._catalogue.module(module)
        if declared is None:
            return False
        return name in declared.exports if declared.exports is not None else not name.startswith("_")

    def absolute(self, module: str, specifier: str) -> str:
        """Return the module that another one names so."""
        rest = specifier.lstrip(".")
        dots = len(specifier) - len(rest)
        if not dots:
            return specifier
        parts = module.split(".")
        up = dots - 1 if self._catalogue.is_package(module) else dots
        around = parts[: len(parts) - up] if up else parts
        return ".".join([*around, *([rest] if rest else [])])
