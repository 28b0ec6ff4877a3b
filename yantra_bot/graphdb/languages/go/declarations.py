"""Go's declarations: types, methods, functions, variables and constants, at the top of a file and in functions."""

from collections.abc import Iterator

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, Op, Value
from yantra_bot.graphdb.languages.go.context import STATEMENTS, Constant, GoContext, Shape, compile_words
from yantra_bot.graphdb.languages.go.expressions import literal_key
from yantra_bot.graphdb.languages.go.functions import declare_type_parameters, lower_function, lower_signature
from yantra_bot.graphdb.languages.go.literals import embedded_name
from yantra_bot.graphdb.languages.go.statements import right_values
from yantra_bot.graphdb.languages.go.types import CONTAINERS, annotate, named_type, strip_type, zero_value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.ssa import Variable

_TESTS = compile_words("Test", "Benchmark", "Fuzz", "Example")
_SHAPES = {
    "struct_type": Shape.STRUCT,
    "interface_type": Shape.INTERFACE,
    "function_type": Shape.FUNCTION,
    **dict.fromkeys(CONTAINERS, Shape.CONTAINER),
}
_AROUND_SPECS = ("const_declaration", "var_declaration", "type_declaration", "var_spec_list")
TYPE_SPECS = ("type_spec", "type_alias")


def specs(node: Node, *kinds: str) -> Iterator[Node]:
    """Yield the specs of a declaration, with or without parentheses."""
    for child in node.named_children:
        if child.type in kinds:
            yield child
        elif child.type.endswith("_spec_list"):
            yield from specs(child, *kinds)


def doc_of(ctx: GoContext, node: Node) -> str:
    """Return the comment right above a declaration."""
    lines: list[str] = []
    row, before = node.start_point[0], node.prev_sibling
    while before is not None and before.type == "comment" and before.end_point[0] == row - 1 and len(lines) < 200:
        lines.insert(0, ctx.text(before))
        row, before = before.start_point[0], before.prev_sibling
    return "\n".join(line.removeprefix("//").removeprefix("/*").removesuffix("*/") for line in lines)


def set_visibility(ctx: GoContext, index: int) -> None:
    """A name that begins with a capital letter is for other packages."""
    symbol = ctx.facts.symbols[index]
    if not symbol.name.rpartition(".")[2][:1].isupper():
        symbol.visibility = Visibility.PRIVATE.value


def describe(ctx: GoContext, index: int, node: Node) -> None:
    """Give a symbol its signature, docstring, hash and visibility."""
    body = node.child_by_field_name("body")
    end = node.end_byte if body is None else body.start_byte
    documented, parent = node, node.parent
    while parent is not None and parent.type in _AROUND_SPECS and parent.named_child_count == 1:
        documented, parent = parent, parent.parent
    ctx.describe(index, node, docstring=doc_of(ctx, documented), header_end=end)
    set_visibility(ctx, index)


def declare_type(ctx: GoContext, spec: Node) -> Variable | None:
    """Bind the name of a type; `define_type` says what it is."""
    name, of_type = spec.child_by_field_name("name"), spec.child_by_field_name("type")
    if name is None or of_type is None:
        return None
    variable = ctx.frame.declare(ctx.text(name), ctx.frame.new())
    variable.note = Shape.ALIAS if spec.type == "type_alias" else _SHAPES.get(of_type.type, Shape.BASIC)
    ctx.definitions[variable] = of_type
    kind = NodeKind.CLASS if variable.note is Shape.STRUCT else NodeKind.TYPE
    variable.symbol = ctx.add_symbol(kind, variable.name, ctx.frame.body.owner, spec, name)
    return variable


def define_type(ctx: GoContext, spec: Node, variable: Variable) -> None:
    """Lower what a type is."""
    of_type = ctx.definitions[variable]
    describe(ctx, variable.symbol, spec)
    _shorten(ctx, variable, of_type)
    if variable.note is Shape.ALIAS:
        ctx.frame.copy(variable.value, named_type(ctx, of_type)[0])
        return
    _emit_class(ctx, of_type, variable.value, variable.symbol, spec.child_by_field_name("type_parameters"))


def _shorten(ctx: GoContext, variable: Variable, of_type: Node) -> None:
    """Leave the members out of a type's signature: they are symbols of their own."""
    symbol = ctx.facts.symbols[variable.symbol]
    if of_type.type in ("struct_type", "interface_type"):
        symbol.signature = symbol.signature.partition("{")[0].rstrip()
    symbol.signature = f"type {symbol.signature}"


def declare_class(ctx: GoContext, of_type: Node) -> Value:
    """Lower a struct type without a name."""
    value = ctx.frame.new()
    symbol = ctx.add_symbol(NodeKind.CLASS, ctx.next_name("struct"), ctx.frame.body.owner, of_type)
    ctx.facts.symbols[symbol].visibility = Visibility.PRIVATE.value
    _emit_class(ctx, of_type, value, symbol, None)
    return value


def _emit_class(ctx: GoContext, of_type: Node, value: Value, symbol: int, parameters: Node | None) -> None:
    flags = BodyFlag.CLASS
    if of_type.type == "interface_type":
        flags |= BodyFlag.INTERFACE | BodyFlag.STRUCTURAL
    with ctx.body(symbol, flags) as frame:
        declare_type_parameters(ctx, parameters)
        bases = []
        if of_type.type == "struct_type":
            bases = _fields(ctx, of_type)
        elif of_type.type == "interface_type":
            bases = _methods(ctx, of_type)
    ctx.frame.emit(Op.CLASS, value, frame.index, (), ())
    is_subtype = int(of_type.type == "interface_type")
    for base in bases:
        base_value, _ = named_type(ctx, base)
        if base_value != NOTHING:
            ctx.frame.emit(Op.ADD_BASE, value, base_value, site_of(base), ctx.text(base), is_subtype)


def _fields(ctx: GoContext, of_type: Node) -> list[Node]:
    """Declare the fields of a struct; return the types it embeds."""
    embedded: list[Node] = []
    for group in of_type.named_children:
        for declaration in group.named_children:
            if declaration.type != "field_declaration":
                continue
            typed = declaration.child_by_field_name("type")
            names = declaration.children_by_field_name("name")
            if not names and typed is not None:
                embedded.append(typed)
                _field(ctx, embedded_name(ctx, typed), typed, declaration, typed)
            for name in names:
                _field(ctx, ctx.text(name), typed, declaration, name)
    return embedded


def _field(ctx: GoContext, name: str, typed: Node | None, declaration: Node, name_node: Node) -> None:
    frame = ctx.frame
    index = ctx.add_symbol(NodeKind.VARIABLE, name, frame.body.owner, declaration, name_node)
    set_visibility(ctx, index)
    value = frame.new()
    annotate(ctx, value, typed)
    frame.body.names[name] = value


def _methods(ctx: GoContext, of_type: Node) -> list[Node]:
    """Declare the methods of an interface; return the interfaces it embeds."""
    embedded: list[Node] = []
    for child in of_type.named_children:
        name = child.child_by_field_name("name")
        if child.type == "method_elem" and name is not None:
            text = ctx.text(name)
            index = ctx.add_symbol(NodeKind.METHOD, text, ctx.frame.body.owner, child, name)
            describe(ctx, index, child)
            ctx.frame.body.names[text] = lower_signature(ctx, child, index)
        elif child.type == "type_elem" and child.named_child_count == 1:
            embedded.append(child.named_children[0])
    return embedded


def define_function(ctx: GoContext, node: Node, variable: Variable | None) -> None:
    """Lower a function at the top of a file."""
    name = node.child_by_field_name("name")
    if name is None:
        return
    text = ctx.text(name)
    kind = NodeKind.TEST if ctx.is_test and _TESTS.match(text) else NodeKind.FUNCTION
    if variable is None:
        index, target = ctx.add_symbol(kind, text, 0, node, name), NOTHING
    else:
        index, target = variable.symbol, variable.value
        ctx.facts.symbols[index].kind = kind.value
    describe(ctx, index, node)
    lower_function(ctx, node, index, target=target)


def define_method(ctx: GoContext, node: Node) -> None:
    """Lower a method and attach it to its receiver's type."""
    receiver, name = node.child_by_field_name("receiver"), node.child_by_field_name("name")
    if receiver is None or name is None:
        return
    declaration = next((one for one in receiver.named_children if one.type == "parameter_declaration"), None)
    of_type = None if declaration is None else strip_type(declaration.child_by_field_name("type"))
    if of_type is None:
        return
    class_name, text = ctx.text(of_type), ctx.text(name)
    variable = ctx.module.find_local(class_name)
    if variable is not None and variable.symbol >= 0:
        parent, local, class_value = variable.symbol, text, variable.value
    else:
        parent, local, class_value = 0, f"{class_name}.{text}", ctx.free(class_name, of_type)
    index = ctx.add_symbol(NodeKind.METHOD, local, parent, node, name)
    describe(ctx, index, node)
    value = lower_function(ctx, node, index, receiver=receiver)
    ctx.frame.emit(Op.SET_ATTR, class_value, text, value)


def declare_values(ctx: GoContext, node: Node) -> None:
    """Lower `var` and `const`."""
    kind = "const_spec" if node.type == "const_declaration" else "var_spec"
    above: Node | None = None
    for position, spec in enumerate(specs(node, kind)):
        if spec.child_by_field_name("value") is not None or kind == "var_spec":
            above = spec
        _declare_spec(ctx, spec, above or spec, position)


def _declare_spec(ctx: GoContext, spec: Node, above: Node, position: int) -> None:
    """Lower one line; a constant without a value has the type and the value of the line above."""
    names = [name for name in spec.children_by_field_name("name") if name.is_named]
    typed, right = above.child_by_field_name("type"), above.child_by_field_name("value")
    is_constant = spec.type == "const_spec"
    values = right_values(ctx, right, len(names)) if right is not None and (spec == above) else [NOTHING] * len(names)
    for offset, (name, value) in enumerate(zip(names, values, strict=False)):
        found = value
        if found == NOTHING:
            found = zero_value(ctx, typed, name)
        elif typed is not None:
            held = ctx.frame.new()
            ctx.frame.copy(held, found)
            annotate(ctx, held, typed)
            found = held
        variable = _bind(ctx, name, found)
        if is_constant and variable is not None and right is not None:
            key = _constant(ctx, right, offset, position)
            variable.note = None if key is None else Constant(key)


def _constant(ctx: GoContext, right: Node, offset: int, position: int) -> str | int | None:
    nodes = right.named_children
    if offset >= len(nodes):
        return None
    return position if nodes[offset].type == "iota" else literal_key(ctx, nodes[offset])


def _bind(ctx: GoContext, name: Node, value: Value) -> Variable | None:
    text = ctx.text(name)
    if ctx.frame is not ctx.module:
        return None if text == "_" else ctx.frame.declare(text, value, versioned=ctx.is_versioned(text))
    variable = ctx.frame.find_local(text)
    if variable is not None:
        ctx.frame.copy(variable.value, value)
    return variable


def _local_types(ctx: GoContext, node: Node) -> None:
    for spec in specs(node, *TYPE_SPECS):
        variable = declare_type(ctx, spec)
        if variable is not None:
            define_type(ctx, spec, variable)


STATEMENTS.update(
    {
        "var_declaration": declare_values,
        "const_declaration": declare_values,
        "type_declaration": _local_types,
    }
)
