"""Lowers elements of JSX: one with a capital letter is a call of its component with the properties it is given."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Value
from yantra_bot.graphdb.languages.javascript.classes import last_name_site
from yantra_bot.graphdb.languages.javascript.expressions import first_expression
from yantra_bot.graphdb.languages.javascript.names import lower_identifier, read_name
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.writer import Writer
from yantra_bot.graphdb.languages.lowering import site_of


def lower_element(low: Writer, node: Node) -> Value:
    """Lower `<C a={x}>…</C>`."""
    opening = node.child_by_field_name("open_tag")
    if opening is None:
        opening = next((child for child in node.named_children if child.type == "jsx_opening_element"), node)
    inside = [low.value(child) for child in node.named_children if child.type in _CHILDREN]
    return _call_component(low, opening, [value for value in inside if value != NOTHING])


def lower_self_closing(low: Writer, node: Node) -> Value:
    """Lower `<C a={x} />`."""
    return _call_component(low, node, [])


def _call_component(low: Writer, tag: Node, inside: list[Value]) -> Value:
    entries: list[tuple[str, Value]] = []
    spreads = []
    for child in tag.named_children:
        if child.type == "jsx_attribute":
            parts = child.named_children
            value = low.value(parts[1]) if len(parts) > 1 and parts[1].type != "string" else NOTHING
            if value != NOTHING:
                entries.append((low.file.text(parts[0]), value))
        elif child.type in ("jsx_expression", "spread_element"):
            spreads.append(low.value(child))
    entries.extend(("children", value) for value in inside)
    name = tag.child_by_field_name("name")
    component = _component(low, name) if name is not None else NOTHING
    if name is None or component == NOTHING:
        return NOTHING
    properties = low.new()
    low.ops.append((Op.NEW, properties, "object", tuple(entries)))
    low.ops.extend((Op.SPREAD, properties, source) for source in spreads if source != NOTHING)
    result, place = low.new(), last_name_site(name)
    low.ops.append((Op.CALL, result, component, place, (properties,), (), NOTHING, NOTHING, CallFlag.NONE))
    shown = low.new()
    render = (Op.CALL_METHOD, shown, result, "render", place, (), (), NOTHING, NOTHING, CallFlag.IMPLICIT)
    low.ops.append(render)
    return result


def _component(low: Writer, name: Node) -> Value:
    if name.type == "identifier":
        text = low.file.text(name)
        return NOTHING if text[:1].islower() else read_name(low, text, site_of(name))
    return low.value(name) if name.type == "member_expression" else NOTHING


def lower_container(low: Writer, node: Node) -> Value:
    """Lower `{x}` and `{...x}` inside of an element."""
    inner = first_expression(node)
    if inner is None:
        return NOTHING
    if inner.type == "spread_element":
        deeper = first_expression(inner)
        return NOTHING if deeper is None else low.value(deeper)
    return lower_identifier(low, inner) if inner.type == "identifier" else low.value(inner)


_CHILDREN = frozenset({"jsx_element", "jsx_self_closing_element", "jsx_expression"})
HANDLERS: dict[str, Handler] = {
    "jsx_element": lower_element,
    "jsx_self_closing_element": lower_self_closing,
    "jsx_expression": lower_container,
}
