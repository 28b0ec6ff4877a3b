"""Members of classes that are more than the value assigned to them: `x = property(f, g)`, members of enumerations."""

from dataclasses import replace

from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.facts import BodyFlag, Op, Value
from yantra_bot.graphdb.languages.python.names import class_value
from yantra_bot.graphdb.languages.python.scope import Scope


def make_property(scope: Scope, positional: list[Value], keywords: list[tuple[str, Value]]) -> Value | None:
    """Return the value of `property(getter, ...)` in a class: its getter's code once more, called when it is read.

    None where the getter is no function of the class.
    """
    parts = dict(zip(("fget", "fset", "fdel"), positional, strict=False)) | dict(keywords)
    getter = scope.functions.get(parts.get("fget", -1))
    if getter is None:
        return None
    twin = replace(getter.body, flags=getter.body.flags | BodyFlag.PROPERTY)
    value = scope.new()
    scope.emit((Op.FUNC, value, scope.unit.add_body(twin), ()))
    scope.unit.twins.append((twin, getter.body))
    scope.properties[value] = [
        (part, parts[name]) for part, name in (("setter", "fset"), ("deleter", "fdel")) if parts.get(name, -1) >= 0
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
