"""Calls whose meaning is known from the language alone: loaders, and what makes or copies objects.

`Object.create(p)` and its kin set the key `__proto__` of an object: attributes that the object lacks are found there.
`Object.assign` spreads. `import()` gives a container of kind `promise` that holds the module.
"""

from collections.abc import Callable

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Site, Value
from yantra_bot.graphdb.languages.javascript.expressions import key_of, literal_of, run
from yantra_bot.graphdb.languages.javascript.names import exports_variable, get_attribute, set_attribute
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

PROTO = "__proto__"
_PARTS = [("value", ""), ("get", ".getter"), ("set", ".setter")]
_LOADER = frozenset({"require", "exports", "module"})
Special = Callable[[Writer, Node], Value | None]
"""Lowers a call; None where it is not the one that is known."""


def _nodes(node: Node) -> list[Node]:
    arguments = node.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return []
    nodes = [child for child in arguments.named_children if child.type != "comment"]
    return [] if any(child.type == "spread_element" for child in nodes) else nodes


def _place(node: Node) -> Site:
    function = node.child_by_field_name("function")
    last = function.child_by_field_name("property") if function is not None else None
    return site_of(last or function or node)


def import_module(low: Writer, node: Node) -> Value | None:
    """`require('x')` and `import('x')`."""
    nodes = _nodes(node)
    specifier = literal_of(low, nodes[0]) if nodes else None
    if not isinstance(specifier, str) or not specifier:
        return None
    value = low.new()
    low.ops.append((Op.IMPORT, value, specifier, site_of(nodes[0])))
    return value


def _import_later(low: Writer, node: Node) -> Value | None:
    module = import_module(low, node)
    if module is None:
        return None
    promise = low.new()
    low.ops.append((Op.NEW, promise, "promise", ((None, module),)))
    return promise


def _define(low: Writer, node: Node) -> Value | None:
    """`define(["a", "b"], function (a, b) { … })` of asynchronous loaders: what the function gives is the module."""
    nodes = _nodes(node)
    nodes = nodes[1:] if nodes and nodes[0].type == "string" else nodes
    if len(nodes) != 2 or nodes[0].type != "array":
        return None
    modules = []
    for child in nodes[0].named_children:
        specifier = literal_of(low, child)
        module = low.new() if isinstance(specifier, str) and specifier not in _LOADER else NOTHING
        if module != NOTHING:
            low.ops.append((Op.IMPORT, module, specifier, site_of(child)))
        modules.append(module)
    result, function, place = low.new(), low.value(nodes[1]), _place(node)
    if function != NOTHING:
        low.ops.append((Op.CALL, result, function, place, tuple(modules), (), NOTHING, NOTHING, CallFlag.NONE))
        low.assign(exports_variable(low), result)
    return NOTHING


def _create(low: Writer, node: Node) -> Value | None:
    nodes = _nodes(node)
    if not nodes:
        return None
    proto = low.value(nodes[0])
    for other in nodes[1:]:
        run(low, other)
    value = low.new()
    low.ops.append((Op.NEW, value, "object", ((PROTO, proto),) if proto != NOTHING else ()))
    return value


def _assign(low: Writer, node: Node) -> Value | None:
    nodes = _nodes(node)
    if not nodes:
        return None
    values = [low.value(one) for one in nodes]
    low.stores.clear()
    if values[0] != NOTHING:
        low.ops.extend((Op.SPREAD, values[0], source) for source in values[1:] if source != NOTHING)
    return values[0]


def _set_prototype(low: Writer, node: Node) -> Value | None:
    nodes = _nodes(node)
    if len(nodes) < 2:
        return None
    target, proto = low.value(nodes[0]), low.value(nodes[1])
    set_attribute(low, target, PROTO, proto, _place(node))
    return target


def _same(low: Writer, node: Node) -> Value | None:
    """`Object.freeze(x)` is x."""
    nodes = _nodes(node)
    return low.value(nodes[0]) if len(nodes) == 1 else None


def _define_property(low: Writer, node: Node) -> Value | None:
    nodes = _nodes(node)
    if len(nodes) < 3:
        return None
    target, key, value = low.value(nodes[0]), key_of(literal_of(low, nodes[1])), low.value(nodes[2])
    place = _place(node)
    low.stores.clear()
    if value != NOTHING:
        for word, ending in _parts(low, nodes[2]):
            part = get_attribute(low, value, word, place)
            if isinstance(key, str):
                set_attribute(low, target, key + ending, part, place)
            elif word == "value":
                set_attribute(low, target, key, part, place)
    return target


def _parts(low: Writer, descriptor: Node) -> list[tuple[str, str]]:
    """Return what a property's descriptor may hold, and the endings of the names that this is stored under."""
    if descriptor.type != "object":
        return _PARTS[:1]
    text = low.file.source[descriptor.start_byte : descriptor.end_byte]
    return [part for part in _PARTS if part[0].encode() in text]


def inherit(low: Writer, node: Node) -> Value | None:
    """`inherits(A, B)`, `__extends(A, B)`: the prototype of A continues in that of B."""
    nodes = _nodes(node)
    if len(nodes) != 2 or any(one.type not in ("identifier", "member_expression") for one in nodes):
        return None
    place = _place(node)
    sub, base = low.value(nodes[0]), low.value(nodes[1])
    if sub == NOTHING or base == NOTHING:
        return NOTHING
    proto = get_attribute(low, base, "prototype", place)
    set_attribute(low, get_attribute(low, sub, "prototype", place), PROTO, proto, place)
    return NOTHING


def _export_star(low: Writer, node: Node) -> Value | None:
    """`__exportStar(require('x'), exports)`, which compilers of modules write."""
    nodes = _nodes(node)
    if len(nodes) != 2:
        return None
    source, target = low.value(nodes[0]), low.value(nodes[1])
    if source != NOTHING and target != NOTHING:
        low.ops.append((Op.SPREAD, target, source))
    return NOTHING


SPECIAL_NAMES: dict[str, Special] = {
    "require": import_module,
    "import": _import_later,
    "define": _define,
    "inherits": inherit,
    "__extends": inherit,
    "__exportStar": _export_star,
}
"""By a name that the file itself does not bind."""
_OBJECT: dict[str, Special] = {
    "create": _create,
    "assign": _assign,
    "setPrototypeOf": _set_prototype,
    "defineProperty": _define_property,
    "freeze": _same,
    "seal": _same,
    "preventExtensions": _same,
}
SPECIAL_METHODS: dict[str, dict[str, Special]] = {
    "Object": _OBJECT,
    "Reflect": {name: _OBJECT[name] for name in ("setPrototypeOf", "defineProperty")},
}
"""By a global object and the name of its method."""
