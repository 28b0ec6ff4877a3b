"""Declares the parameters of a function: patterns are taken apart, defaults flow in, declared types are noted."""

from tree_sitter import Node

from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.facts import BodyFlag, Op, ParamKind, Value
from yantra_bot.graphdb.languages.javascript.declarations import bind_declared, declare_pattern
from yantra_bot.graphdb.languages.javascript.functions import this_symbol
from yantra_bot.graphdb.languages.javascript.names import this_of
from yantra_bot.graphdb.languages.javascript.naming import NAMED, name_function
from yantra_bot.graphdb.languages.javascript.types import declare_types
from yantra_bot.graphdb.languages.javascript.writer import Writer

_MODIFIERS = frozenset({"accessibility_modifier", "readonly", "override_modifier"})


def lower_parameters(low: Writer, node: Node) -> None:
    """Declare the parameters of a function; patterns are taken apart, defaults may flow in."""
    single = node.child_by_field_name("parameter")
    params = node.child_by_field_name("parameters")
    nodes = [single] if single is not None else params.named_children if params is not None else []
    for param in nodes:
        if param.type not in ("comment", "ERROR", "decorator"):
            _lower_parameter(low, param)


def _lower_parameter(low: Writer, param: Node) -> None:
    pattern, default = param, None
    if param.type in ("required_parameter", "optional_parameter"):
        inner = param.child_by_field_name("pattern")
        if inner is None:
            return
        pattern, default = inner, param.child_by_field_name("value")
    if pattern.type == "assignment_pattern":
        default = pattern.child_by_field_name("right")
        pattern = pattern.child_by_field_name("left") or pattern
    declared = param.child_by_field_name("type")
    if pattern.type == "this":
        if declared is not None:
            declare_types(low, declared, this_of(low))
        return
    kind = ParamKind.NORMAL
    if pattern.type == "rest_pattern":
        kind = ParamKind.STAR
        pattern = next((one for one in pattern.named_children if one.type != "comment"), pattern)
    value = low.new()
    name = low.file.text(pattern) if pattern.type == "identifier" else ""
    low.body.params.append((name, kind, value))
    if declared is not None and kind == ParamKind.NORMAL:
        declare_types(low, declared, value)
    _bind_parameter(low, pattern, value, default)
    if param.type != "assignment_pattern" and low.body.flags & BodyFlag.CONSTRUCTOR and name:
        _store_property(low, param, name, value)


def _bind_parameter(low: Writer, pattern: Node, value: Value, default: Node | None) -> None:
    declare_pattern(low, pattern, low.end)
    if default is not None:
        given = name_function(low, default, pattern, default) if default.type in NAMED else low.value(default)
        low.copy(value, given)
    bind_declared(low, pattern, value)


def _store_property(low: Writer, param: Node, name: str, value: Value) -> None:
    """Store a parameter that is declared with an access modifier as a property (TypeScript)."""
    words = [child for child in param.children if child.type in _MODIFIERS]
    if not words:
        return
    low.ops.append((Op.SET_ATTR, this_of(low), name, value))
    owner = this_symbol(low)
    if owner >= 0 and low.file.member(owner, name) < 0:
        index = low.file.add_symbol(NodeKind.VARIABLE, name, owner, param)
        word = low.file.text(words[0]).split()[0]
        if word in ("private", "protected"):
            low.file.symbol(index).visibility = Visibility(word).value
