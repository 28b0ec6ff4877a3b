"""Go's types as values: what a declaration says of a variable, and what a variable without a value holds."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.go.context import BASIC_TYPES, PLAIN_TYPES, GoContext, Shape
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.ssa import Variable

_WRAPPERS = {"pointer_type", "parenthesized_type", "type_elem", "negated_type", "type_constraint"}
_LISTS = {"slice_type": "list", "array_type": "list", "implicit_length_array_type": "list", "channel_type": "list"}
CONTAINERS = {**_LISTS, "map_type": "dict"}


def strip_type(node: Node | None) -> Node | None:
    """Return the type under pointers, parentheses and type arguments."""
    for _ in range(50):
        if node is None:
            return None
        if node.type in _WRAPPERS:
            node = node.named_children[0] if node.named_children else None
        elif node.type in ("generic_type", "type_instantiation_expression"):
            node = node.child_by_field_name("type")
        else:
            return node
    return None


def named_type(ctx: GoContext, node: Node | None) -> tuple[Value, Variable | None]:
    """Return the class a type node names, and its variable where this file declares it."""
    node = strip_type(node)
    if node is None:
        return NOTHING, None
    if node.type in ("type_identifier", "identifier"):
        return _plain_type(ctx, node)
    if node.type == "qualified_type":
        return _qualified_type(ctx, node), None
    return NOTHING, None


def _plain_type(ctx: GoContext, node: Node) -> tuple[Value, Variable | None]:
    name = ctx.text(node)
    variable = ctx.frame.find(name)
    if variable is not None:
        ctx.use(variable, node)
        return ctx.frame.read(variable), variable
    if name in BASIC_TYPES:
        return NOTHING, None
    value = ctx.free(name, node)
    ctx.refer(value, name, node)
    return value, None


def _qualified_type(ctx: GoContext, node: Node) -> Value:
    package, name = node.child_by_field_name("package"), node.child_by_field_name("name")
    if package is None or name is None:
        return NOTHING
    variable = ctx.frame.find(ctx.text(package))
    if variable is None:
        return NOTHING
    value = ctx.member(ctx.frame.read(variable), ctx.text(name), name)
    ctx.refer(value, ctx.text(node), name)
    return value


def type_value(ctx: GoContext, node: Node | None) -> Value:
    """Return a value that says what instances of the type are: a class, or a container of declared elements."""
    node = strip_type(node)
    if node is None or not ctx.enter():
        return NOTHING
    value = _container_type(ctx, node) if node.type in CONTAINERS else named_type(ctx, node)[0]
    ctx.depth -= 1
    return value


def _container_type(ctx: GoContext, node: Node) -> Value:
    element_node = node.child_by_field_name("value") or node.child_by_field_name("element")
    element = declared(ctx, element_node, node)
    if node.type == "map_type":
        type_value(ctx, node.child_by_field_name("key"))
    return NOTHING if element == NOTHING else ctx.make_container(CONTAINERS[node.type], (None, element))


def declared(ctx: GoContext, node: Node | None, at: Node) -> Value:
    """Return a value that holds what the type lets one expect where nothing else is known."""
    stripped = strip_type(node)
    if stripped is None:
        return NOTHING
    variable = None
    if stripped.type in CONTAINERS:
        of_type = type_value(ctx, stripped)
    else:
        of_type, variable = named_type(ctx, stripped)
    if of_type == NOTHING:
        return NOTHING
    value = ctx.frame.new()
    declare_value(ctx, value, of_type, variable, at)
    return value


def is_plain(ctx: GoContext, node: Node | None) -> bool:
    """Say whether values of a type are numbers, strings or booleans, which hold nothing to follow."""
    if node is None or node.type != "type_identifier":
        return False
    name = ctx.text(node)
    return name in PLAIN_TYPES and ctx.frame.find(name) is None


def declare_value(ctx: GoContext, value: Value, of_type: Value, variable: Variable | None, at: Node) -> None:
    """Say that a value is of a type. A named type that is no interface and no struct holds for sure."""
    if ctx.shape_of(variable) in (Shape.FUNCTION, Shape.CONTAINER, Shape.BASIC):
        ctx.frame.copy(value, ctx.make_instance(of_type, site_of(at)))
    else:
        ctx.frame.emit(Op.INSTANCE, value, of_type)


def annotate(ctx: GoContext, value: Value, node: Node | None) -> None:
    """Say what the declared type of a value is."""
    stripped = strip_type(node)
    if stripped is None or value == NOTHING:
        return
    if stripped.type in CONTAINERS:
        of_type, variable = type_value(ctx, stripped), None
    else:
        of_type, variable = named_type(ctx, stripped)
    if of_type != NOTHING:
        declare_value(ctx, value, of_type, variable, stripped)


def zero_value(ctx: GoContext, node: Node | None, at: Node) -> Value:
    """Return what `var x T` holds: an empty container, a struct, else what the type lets one expect."""
    if node is None:
        return NOTHING
    stripped = strip_type(node)
    if stripped is None:
        return NOTHING
    if stripped.type in CONTAINERS:
        type_value(ctx, stripped)
        return ctx.make_container(CONTAINERS[stripped.type])
    of_type, variable = named_type(ctx, stripped)
    if of_type == NOTHING:
        return NOTHING
    if node.type != "pointer_type" and ctx.shape_of(variable) not in (Shape.INTERFACE, Shape.PARAMETER, None):
        return ctx.make_instance(of_type, site_of(at))
    value = ctx.frame.new()
    ctx.frame.emit(Op.INSTANCE, value, of_type)
    return value
