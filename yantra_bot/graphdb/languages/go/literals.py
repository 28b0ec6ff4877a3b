"""Go's composite literals: structs, slices, arrays, maps."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Literal, Op, Value
from yantra_bot.graphdb.languages.go.context import CONTENT, EXPRESSIONS, GoContext, Shape
from yantra_bot.graphdb.languages.go.expressions import literal_key
from yantra_bot.graphdb.languages.go.types import CONTAINERS, named_type, strip_type
from yantra_bot.graphdb.languages.lowering import site_of


def _composite(ctx: GoContext, node: Node) -> Value:
    of_type, body = node.child_by_field_name("type"), node.child_by_field_name("body")
    if body is None:
        return NOTHING
    return _fill(ctx, of_type, body)


def _fill(ctx: GoContext, of_type: Node | None, body: Node) -> Value:
    """Lower the braces of a literal of a type."""
    stripped = strip_type(of_type)
    if stripped is None or not ctx.enter():
        return NOTHING
    if stripped.type in CONTAINERS:
        value = _fill_container(ctx, stripped, body)
    elif stripped.type == "struct_type":
        value = _fill_anonymous(ctx, stripped, body)
    else:
        value = _fill_named(ctx, stripped, body)
    ctx.depth -= 1
    return value


def _fill_container(ctx: GoContext, of_type: Node, body: Node) -> Value:
    element = of_type.child_by_field_name("value") or of_type.child_by_field_name("element")
    is_map = of_type.type == "map_type"
    pairs: list[tuple[Literal, Value]] = []
    for position, (key, child) in enumerate(_elements(body)):
        literal: Literal = position
        if key is not None:
            literal = literal_key(ctx, key)
            if literal is None:
                _element(ctx, key, of_type.child_by_field_name("key"))
        elif is_map:
            literal = None
        pairs.append((literal, _element(ctx, child, element)))
    return ctx.make_container(CONTAINERS[of_type.type], *pairs)


def _elements(body: Node) -> list[tuple[Node | None, Node]]:
    """Return (key, value) of each element, without their wrappers."""
    found: list[tuple[Node | None, Node]] = []
    for child in body.named_children:
        if child.type == "literal_element" and child.named_children:
            found.append((None, child.named_children[0]))
        elif child.type == "keyed_element":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None and key.named_children and value.named_children:
                found.append((key.named_children[0], value.named_children[0]))
    return found


def _element(ctx: GoContext, node: Node, of_type: Node | None) -> Value:
    return _fill(ctx, of_type, node) if node.type == "literal_value" else ctx.expression(node)


def _fill_anonymous(ctx: GoContext, of_type: Node, body: Node) -> Value:
    """Lower a literal of a struct without a name, whose fields are kept as a dict's items and read as both."""
    from yantra_bot.graphdb.languages.go.declarations import declare_class

    class_value = declare_class(ctx, of_type)
    return _fill_fields(ctx, class_value, _field_names(ctx, of_type), body)


def _field_names(ctx: GoContext, of_type: Node) -> list[tuple[str, Node | None]]:
    """Return the name and the type of each field, in order."""
    fields: list[tuple[str, Node | None]] = []
    for group in of_type.named_children:
        for declaration in group.named_children:
            if declaration.type == "field_declaration":
                typed = declaration.child_by_field_name("type")
                names = [ctx.text(name) for name in declaration.children_by_field_name("name")]
                fields += [(name, typed) for name in names or [embedded_name(ctx, typed)]]
    return fields


def embedded_name(ctx: GoContext, of_type: Node | None) -> str:
    """Return the name of the field that an embedded type is."""
    stripped = strip_type(of_type)
    if stripped is None:
        return ""
    named = stripped.child_by_field_name("name") if stripped.type == "qualified_type" else stripped
    return "" if named is None else ctx.text(named)


def _fill_named(ctx: GoContext, of_type: Node, body: Node) -> Value:
    class_value, variable = named_type(ctx, of_type)
    definition = ctx.definitions.get(variable) if variable is not None else None
    if class_value == NOTHING:
        _visit(ctx, body)
        return NOTHING
    if definition is not None and ctx.shape_of(variable) is Shape.CONTAINER:
        instance = ctx.make_instance(class_value, site_of(of_type))
        content = _fill(ctx, definition, body)
        ctx.frame.emit(Op.SET_ATTR, instance, CONTENT, content)
        return ctx.frame.union((instance, content))
    names = [] if definition is None else _field_names(ctx, definition)
    return _fill_fields(ctx, class_value, names, body)


def _visit(ctx: GoContext, body: Node) -> None:
    """Lower elements for their effects alone."""
    for _, child in _elements(body):
        _element(ctx, child, None)


def _fill_fields(ctx: GoContext, class_value: Value, names: list[tuple[str, Node | None]], body: Node) -> Value:
    instance = ctx.make_instance(class_value, site_of(body))
    types = dict(names)
    content: list[tuple[Literal, Value]] = []
    for position, (key, child) in enumerate(_elements(body)):
        name = ctx.text(key) if key is not None and key.type == "identifier" else ""
        if key is None and position < len(names):
            name = names[position][0]
        value = _element(ctx, child, types.get(name))
        if value == NOTHING:
            continue
        if name:
            ctx.frame.emit(Op.SET_ATTR, instance, name, value)
        else:
            content.append((position if key is None else literal_key(ctx, key), value))
    if not content or names:
        return instance
    # A named type of another file that may be a slice or a map.
    container = ctx.make_container("list", *content)
    ctx.frame.emit(Op.SET_ATTR, instance, CONTENT, container)
    return ctx.frame.union((instance, container))


EXPRESSIONS["composite_literal"] = _composite
