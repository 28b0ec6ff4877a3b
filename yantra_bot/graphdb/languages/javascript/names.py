"""Names and attributes: reading them, assigning to them, and the names that a module's loader provides.

`this`, `arguments`, `exports` and `module.exports` become values of the body they belong to when they are first used.
"""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Literal, Op, ParamKind, Site, Value
from yantra_bot.graphdb.languages.javascript.scopes import Variable
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of

MODULE_EXPORTS = "module.exports"
_PLAIN_VALUES = frozenset({"undefined", "NaN", "Infinity", "console", "Math"})
_SELF = frozenset({"globalThis", "window", "global", "self"})


def read_name(low: Writer, name: str, place: Site) -> Value:
    """Return what a name holds; a name that the file binds nowhere is FREE."""
    variable = low.scope.find(name)
    if variable is not None:
        return low.read(variable)
    if name in _PLAIN_VALUES:
        return NOTHING
    if name == "exports" and not low.file.is_esm:
        return low.read(_exports_alias(low))
    if name == "arguments":
        return arguments_of(low)
    return read_free(low, name, place)


def read_free(low: Writer, name: str, place: Site) -> Value:
    """Return what a name of the outside holds."""
    known = low.free.get(name)
    if known is None:
        known = low.free[name] = low.new()
        low.ops.append((Op.FREE, known, name, place))
    return known


def lower_identifier(low: Writer, node: Node) -> Value:
    """Read a name that stands as a value."""
    name = low.file.text(node)
    value = read_name(low, name, site_of(node))
    if value != NOTHING:
        mention(low, name, value, node)
    return value


def mention(low: Writer, name: str, value: Value, node: Node) -> None:
    """Note, once in a body, that something outside of it is named without being called."""
    variable = low.scope.find(name)
    if variable is None or (variable.symbol < 0 and not variable.imported) or variable in low.used:
        return
    low.used.add(variable)
    if variable.imported:
        low.ops.append((Op.REF, value, name, site_of(node)))
    elif variable.symbol != low.body.owner:
        low.ops.append((Op.USES, variable.symbol, site_of(node)))


def assign_name(low: Writer, name: str, value: Value) -> None:
    """Assign to a name; one that is declared nowhere is a global, which the module stands for."""
    variable = low.scope.find(name)
    if variable is None:
        if name == "exports" and not low.file.is_esm:
            variable = _exports_alias(low)
        else:
            module = low.file.module
            variable = module.declare(name, 0, len(low.file.source), scope=low.file.module_scope)
    low.assign(variable, value)


def this_of(low: Writer) -> Value:
    """Return what `this` is here."""
    owner = low
    while owner.body.flags & BodyFlag.ARROW and owner.parent is not None:
        owner = owner.parent
    if owner.this == NOTHING:
        if owner.parent is None:
            return NOTHING if low.file.is_esm else read_exports(low)
        owner.this = owner.new()
        owner.body.params.append(("this", ParamKind.RECEIVER, owner.this))
        if owner.body.flags & BodyFlag.CLASS:
            owner.ops.append((Op.INSTANCE, owner.this, class_of(owner)))
    owner.is_this_used = True
    return owner.this if owner is low else low.outer(owner, owner.this)


def class_of(low: Writer) -> Value:
    """Return the class that this code stands in, or NOTHING."""
    owner: Writer | None = low
    while owner is not None:
        if owner.body.flags & BodyFlag.CLASS and owner.parent is not None:
            return low.outer(owner.parent, owner.class_value)
        owner = owner.parent
    return NOTHING


def arguments_of(low: Writer) -> Value:
    """Return the object of all arguments of the function around."""
    owner = low
    while owner.body.flags & BodyFlag.ARROW and owner.parent is not None:
        owner = owner.parent
    if not owner.body.flags & BodyFlag.FUNCTION:
        return NOTHING
    if owner.arguments == NOTHING:
        owner.arguments = _collect_arguments(owner)
    return owner.arguments if owner is low else low.outer(owner, owner.arguments)


def _collect_arguments(owner: Writer) -> Value:
    named = [value for _, kind, value in owner.body.params if kind == ParamKind.NORMAL]
    rest = next((value for _, kind, value in owner.body.params if kind == ParamKind.STAR), NOTHING)
    if rest == NOTHING:
        rest = owner.new()
        owner.body.params.append(("arguments", ParamKind.STAR, rest))
    if not named:
        return rest
    every = owner.new()
    owner.ops.append((Op.NEW, every, "array", tuple(enumerate(named))))
    owner.ops.append((Op.SPREAD, every, rest))
    return every


def exports_variable(low: Writer) -> Variable:
    """Return the variable that stands for `module.exports` of this file."""
    file = low.file
    file.is_commonjs = True
    return file.module.declare(MODULE_EXPORTS, 0, 0, scope=file.module_scope)


def read_exports(low: Writer) -> Value:
    """Return what `module.exports` holds here."""
    variable = exports_variable(low)
    if not variable.versions and variable.cell == NOTHING:
        _first_exports(low)
    value = low.read(variable)
    return value if value != NOTHING else low.read(_exports_alias(low))


def _first_exports(low: Writer) -> Value:
    """Make the object that a module's exports are before anything is assigned to them."""
    file = low.file
    if file.first_exports == NOTHING:
        file.first_exports = file.module.new()
        file.module.ops.append((Op.NEW, file.first_exports, "object", ()))
        variable = exports_variable(low)
        if not variable.versions:
            file.module.assign(variable, file.first_exports)
    return file.first_exports


def _exports_alias(low: Writer) -> Variable:
    file = low.file
    known = file.module_scope.names.get("exports")
    if known is None:
        known = file.module.declare("exports", 0, len(file.source), scope=file.module_scope)
        file.module.assign(known, _first_exports(low))
    return known


def is_global_object(low: Writer, node: Node) -> bool:
    """Say whether an expression is the global object."""
    return node.type == "identifier" and low.file.text(node) in _SELF and low.scope.find(low.file.text(node)) is None


def is_module_exports(low: Writer, node: Node) -> bool:
    """Say whether an expression is `module.exports` of the loader."""
    if node.type != "member_expression":
        return False
    base, last = node.child_by_field_name("object"), node.child_by_field_name("property")
    if base is None or last is None or base.type != "identifier":
        return False
    text = low.file.text
    return text(base) == "module" and text(last) == "exports" and low.scope.find("module") is None


def hold_function(low: Writer, function: Value, holder: Value) -> None:
    """Note the object that a function is stored in right where it is made."""
    made = low.made.get(function)
    if made is not None and made.holder == NOTHING:
        made.holder = holder


def get_attribute(low: Writer, target: Value, key: Literal, place: Site) -> Value:
    """Return an attribute or element of an object; None: some element."""
    if target == NOTHING:
        return NOTHING
    known = low.stores.get((target, key)) if key is not None else None
    if known is not None:
        return known
    value = low.new()
    if isinstance(key, str):
        low.ops.append((Op.ATTR, value, target, key, place))
    else:
        low.ops.append((Op.ITEM, value, target, key, place))
    return value


def set_attribute(low: Writer, target: Value, key: Literal, value: Value, place: Site) -> None:
    """Store into an attribute or element of an object; None: into some element."""
    if target == NOTHING:
        return
    if key is None:
        low.stores.clear()
    else:
        for known in [one for one in low.stores if one[1] == key]:
            del low.stores[known]
        low.stores[target, key] = value
    if value == NOTHING and not isinstance(key, str):
        return
    hold_function(low, value, target)
    if isinstance(key, str):
        low.ops.append((Op.SET_ATTR, target, key, value, place))
    else:
        low.ops.append((Op.SET_ITEM, target, key, value, place))
