"""Lowers calls: functions, methods, constructors, tagged templates, dynamic imports."""

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, Site, Value
from yantra_bot.graphdb.languages.javascript.classes import last_name_site, make_class
from yantra_bot.graphdb.languages.javascript.expressions import (
    IMPORT_CALL,
    UNWANTED_CALL,
    first_expression,
    key_of,
    literal_of,
    lower_base,
    lower_super,
    read_imported_key,
    run,
)
from yantra_bot.graphdb.languages.javascript.functions import FUNCTIONS, make_function
from yantra_bot.graphdb.languages.javascript.names import (
    get_attribute,
    is_global_object,
    is_module_exports,
    read_exports,
    read_name,
)
from yantra_bot.graphdb.languages.javascript.special import SPECIAL_METHODS, SPECIAL_NAMES, import_module, inherit
from yantra_bot.graphdb.languages.javascript.state import Handler
from yantra_bot.graphdb.languages.javascript.testing import test_title
from yantra_bot.graphdb.languages.javascript.web import note_web_call
from yantra_bot.graphdb.languages.javascript.writer import CALL_DEPTH, Writer
from yantra_bot.graphdb.languages.lowering import site_of

Arguments = tuple[tuple[Value, ...], Value]
"""The values of the arguments, and of what is spread behind them."""


def lower_call(low: Writer, node: Node) -> Value:
    """Lower a call; its result."""
    return _lower_chain(low, node, wanted=True)


def lower_unwanted_call(low: Writer, node: Node) -> Value:
    """Lower a call whose result nobody asks for."""
    low.depth += 1
    _lower_chain(low, node, wanted=False)
    low.depth -= 1
    return NOTHING


def _lower_chain(low: Writer, node: Node, *, wanted: bool) -> Value:
    """Lower `a.b().c()` from its start, so that a chain of calls costs no depth."""
    calls = [node]
    function = node.child_by_field_name("function")
    while function is not None and function.type == "member_expression":
        base = function.child_by_field_name("object")
        if base is None or base.type != "call_expression":
            break
        calls.append(base)
        function = base.child_by_field_name("function")
    value: Value | None = None
    low.depth += CALL_DEPTH
    for call in reversed(calls):
        value = _lower_one(low, call, value, wanted=wanted or call is not node)
    low.depth -= CALL_DEPTH
    return NOTHING if value is None else value


def _lower_one(low: Writer, node: Node, base: Value | None, *, wanted: bool) -> Value:
    """Lower one call; `base` is the value before its dot where that is lowered already."""
    function = node.child_by_field_name("function")
    if function is None:
        return NOTHING
    kind = function.type
    if kind == "member_expression" and not is_module_exports(low, function):
        return _call_member(low, node, function, base, wanted=wanted)
    if kind == "super":
        return _call_super(low, node, function)
    if kind == "subscript_expression":
        return _call_subscript(low, node, function, wanted=wanted)
    if kind in ("identifier", "import"):
        name = low.file.text(function)
        special = SPECIAL_NAMES.get(name)
        if special is not None and low.scope.find(name) is None:
            result = special(low, node)
            if result is not None:
                return result
    if kind == "identifier":
        callee = read_name(low, low.file.text(function), site_of(function))
    elif kind == "import":
        return _ignore_call(low, node)
    else:
        callee = read_exports(low) if kind == "member_expression" else low.value(function)
    args = lower_arguments(low, node, low.file.text(function) if kind == "identifier" else "")
    note_web_call(low, node, "", low.file.text(function) if kind == "identifier" else "", args[0])
    return emit_call(low, callee, site_of(function), args, wanted=wanted)


def _ignore_call(low: Writer, node: Node) -> Value:
    lower_arguments(low, node)
    return NOTHING


def emit_call(
    low: Writer, callee: Value, place: Site, args: Arguments, *, wanted: bool = True, flags: int = CallFlag.NONE
) -> Value:
    """Call a value."""
    low.stores.clear()
    if callee == NOTHING:
        return NOTHING
    result = low.new() if wanted else NOTHING
    low.ops.append((Op.CALL, result, callee, place, args[0], (), args[1], NOTHING, flags))
    return result


def _call_member(low: Writer, node: Node, function: Node, base: Value | None, *, wanted: bool) -> Value:
    target, last = function.child_by_field_name("object"), function.child_by_field_name("property")
    if target is None or last is None:
        return NOTHING
    name = low.file.text(last)
    if base is None:
        if target.type == "identifier" and (target_name := low.file.text(target)) in SPECIAL_METHODS:
            special = SPECIAL_METHODS[target_name].get(name)
            if special is not None and low.scope.find(target_name) is None:
                result = special(low, node)
                if result is not None:
                    return result
        if is_global_object(low, target):
            args = lower_arguments(low, node, name)
            return emit_call(low, read_name(low, name, site_of(last)), site_of(last), args, wanted=wanted)
        base = lower_base(low, target)
    if name == "inherits":
        inherit(low, node)
    args = lower_arguments(low, node, low.file.text(target) if target.type == "identifier" else "")
    note_web_call(low, node, low.file.text(target) if target.end_byte - target.start_byte < 80 else "", name, args[0])
    return call_method(low, base, name, site_of(last), args, wanted=wanted)


def call_method(low: Writer, target: Value, name: str, place: Site, args: Arguments, *, wanted: bool = True) -> Value:
    """Call a method of a value."""
    low.stores.clear()
    if target == NOTHING:
        return NOTHING
    result = low.new() if wanted else NOTHING
    low.ops.append((Op.CALL_METHOD, result, target, name, place, args[0], (), args[1], NOTHING, CallFlag.NONE))
    return result


def _call_super(low: Writer, node: Node, function: Node) -> Value:
    base = lower_super(low, function)
    args = lower_arguments(low, node)
    call_method(low, base, "constructor", site_of(function), args, wanted=False)
    return NOTHING


def _call_subscript(low: Writer, node: Node, function: Node, *, wanted: bool) -> Value:
    target, index = function.child_by_field_name("object"), function.child_by_field_name("index")
    if target is None or index is None:
        return NOTHING
    base = lower_base(low, target)
    literal = key_of(literal_of(low, index))
    if isinstance(literal, str):
        return call_method(low, base, literal, site_of(index), lower_arguments(low, node), wanted=wanted)
    if literal is None:
        run(low, index)
    callee = get_attribute(low, base, literal, site_of(index))
    read_imported_key(low, base, index, callee)
    return emit_call(low, callee, site_of(index), lower_arguments(low, node), wanted=wanted)


def lower_arguments(low: Writer, node: Node, callee: str = "") -> Arguments:
    """Lower the arguments of a call; `callee` is the name that is called, which may be a test's."""
    arguments = node.child_by_field_name("arguments")
    if arguments is None:
        return (), NOTHING
    if arguments.type == "template_string":
        return _template_arguments(low, arguments), NOTHING
    nodes = [child for child in arguments.named_children if child.type != "comment"]
    title = test_title(low, callee, nodes)
    values: list[Value] = []
    star = NOTHING
    for child in nodes:
        if child.type == "spread_element":
            inner = first_expression(child)
            star = _spread(low, star, NOTHING if inner is None else low.value(inner))
        elif title and child.type in FUNCTIONS:
            values.append(make_function(low, child, kind=title[0], title=title[1]))
        elif star != NOTHING:
            star = _append(low, star, low.value(child))
        else:
            values.append(low.value(child))
    while values and values[-1] == NOTHING:
        values.pop()
    return tuple(values), star


def _spread(low: Writer, star: Value, more: Value) -> Value:
    if star == NOTHING or more == NOTHING:
        return more if star == NOTHING else star
    both = low.new()
    low.ops.append((Op.NEW, both, "array", ()))
    low.ops.append((Op.SPREAD, both, star))
    low.ops.append((Op.SPREAD, both, more))
    return both


def _append(low: Writer, star: Value, value: Value) -> Value:
    if value == NOTHING:
        return star
    both = low.new()
    low.ops.append((Op.NEW, both, "array", ((None, value),)))
    low.ops.append((Op.SPREAD, both, star))
    return both


def _template_arguments(low: Writer, template: Node) -> tuple[Value, ...]:
    parts = [child for child in template.named_children if child.type == "template_substitution"]
    values = [NOTHING]
    for part in parts:
        inner = first_expression(part)
        values.append(NOTHING if inner is None else low.value(inner))
    return tuple(values)


def lower_awaited_import(low: Writer, node: Node) -> Value:
    """Lower the call in `await import(…)`: the module."""
    module = import_module(low, node)
    return _ignore_call(low, node) if module is None else module


def lower_new(low: Writer, node: Node) -> Value:
    """Lower `new F(…)`."""
    function = node.child_by_field_name("constructor")
    if function is None:
        return NOTHING
    if function.type == "identifier":
        callee = read_name(low, low.file.text(function), site_of(function))
    elif function.type == "class":
        callee = make_class(low, function)
    else:
        callee = low.value(function)
    args = lower_arguments(low, node)
    return emit_call(low, callee, last_name_site(function), args, flags=CallFlag.NEW)


HANDLERS: dict[str, Handler] = {
    "call_expression": lower_call,
    UNWANTED_CALL: lower_unwanted_call,
    IMPORT_CALL: lower_awaited_import,
    "new_expression": lower_new,
}
