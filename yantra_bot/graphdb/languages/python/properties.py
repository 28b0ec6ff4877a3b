"""Members of classes that are more than the value assigned to them: `x = property(f, g)`, members of enumerations."""

from dataclasses import replace
from typing import Final

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.python.names import class_value
from yantra_bot.graphdb.languages.python.scope import Scope

MEMBERS: Final = {
    "property": BodyFlag.PROPERTY,
    "staticmethod": BodyFlag.STATIC,
    "classmethod": BodyFlag.CLASS_METHOD,
}
_PARTS: Final = ("fget", "fset", "fdel")
_WRITERS: Final = {"setter": "fset", "deleter": "fdel"}


def make_member(scope: Scope, name: str, positional: list[Value], keywords: list[tuple[str, Value]]) -> Value | None:
    """Return the value of `property(f, ...)`, `staticmethod(f)` or `classmethod(f)` in a class.

    It is the code of `f` once more, read from an instance in another way. None where `f` is no function of the class.
    """
    parts = dict(zip(_PARTS, positional, strict=False)) | dict(keywords)
    function = scope.functions.get(parts.get("fget", NOTHING))
    if function is None:
        return None if name == "property" or not positional else positional[0]
    twin = replace(function.body, flags=function.body.flags | MEMBERS[name])
    value = scope.new()
    scope.emit((Op.FUNC, value, scope.unit.add_body(twin), ()))
    scope.unit.twins.append((twin, function.body))
    if name == "property":
        scope.properties[value] = [
            (part, parts[given]) for part, given in _WRITERS.items() if parts.get(given, NOTHING) >= 0
        ]
    return value


def name_property(scope: Scope, name: str, value: Value) -> None:
    """Note the setter and deleter of a property under the name it is bound to."""
    scope.unit.properties.add(name)
    for part, function in scope.properties.get(value, ()):
        scope.extra_names[f"{name}.{part}"] = function


def make_members(scope: Scope) -> None:
    """Make the members of an enumeration instances of it."""
    symbols = scope.unit.facts.symbols
    for name, value in scope.body.names.items():
        symbol = scope.symbols.get(name)
        if symbol is not None and symbols[symbol].kind == NodeKind.VARIABLE.value and not name.startswith("_"):
            member = scope.body.names[name] = scope.new()
            scope.emit((Op.INSTANCE, member, class_value(scope)))
            if value >= 0:
                scope.emit((Op.SET_ATTR, member, "value", value))
