"""Faults of values: another constant, another default, a default that all calls share, another attribute."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.blocks import without
from yantra_bot.training.faults.conditions import asks_none
from yantra_bot.training.faults.function import Function, last_name
from yantra_bot.training.faults.site import Site
from yantra_bot.training.faults.weak import defaults_of, is_shared

_COMMON: Final = {int: (b"0", b"1", b"2", b"-1"), float: (b"0.0", b"1.0", b"0.5"), str: ()}
_MOST: Final = 3


def find(function: Function) -> Iterator[Site]:
    """Give the places for the classes of this file."""
    attributes = _attributes(function)
    for node in function.nodes:
        if isinstance(node, ast.Constant):
            yield from _wrong_constant(function, node)
        elif isinstance(node, ast.Attribute):
            yield from _wrong_attribute(function, node, attributes)
        elif isinstance(node, ast.Call):
            yield from _asked_default(function, node)
    for parameter, default in defaults_of(function.node):
        if _is_told_apart(function, parameter, default):
            yield from _wrong_default(function, default)
        yield from _mutable_default(function, parameter, default)


def _wrong_constant(function: Function, node: ast.Constant) -> Iterator[Site]:
    module = function.module
    parent = function.parents[node]
    is_default = parent is function.node.args or _is_asked_default(parent, node)
    if is_default or not module.is_one_line(node) or isinstance(parent, ast.Slice | ast.FormattedValue):
        return
    edit = (module.start(node), module.end(node))
    if isinstance(node.value, bool):
        yield function.site(BugClass.WRONG_CONSTANT, (*edit, b"False" if node.value else b"True"))
    elif type(node.value) in (int, float) and not isinstance(parent, ast.UnaryOp):
        for text in _numbers(function, node):
            yield function.site(BugClass.WRONG_CONSTANT, (*edit, text))
    elif isinstance(node.value, str) and isinstance(
        parent, ast.Compare | ast.Subscript | ast.Call | ast.Dict | ast.Return
    ):
        for text in _texts(function, node):
            yield function.site(BugClass.WRONG_CONSTANT, (*edit, text))


def _numbers(function: Function, node: ast.Constant) -> list[bytes]:
    """Other numbers that the file or most programs write; one more or less is another class where bounds are."""
    kind = type(node.value)
    own = [text for text in function.module.constants.get(kind, []) if text[:2].lower() not in (b"0x", b"0b", b"0o")]
    common = [
        text for text in _COMMON[kind] if not (text.startswith(b"-") and isinstance(function.parents[node], ast.BinOp))
    ]
    tried = dict.fromkeys([*common, *own])
    value = node.value
    found = [text for text in tried if ast.literal_eval(text.decode()) != value]
    turn = sum(function.module.text(node)) + function.module.start(node)
    return _turned(found, turn)[:_MOST]


def _texts(function: Function, node: ast.Constant) -> list[bytes]:
    """Other texts of the same function that look alike: both short words."""
    if not isinstance(node.value, str) or not node.value.replace("_", "").replace("-", "").isalnum():
        return []
    found: dict[bytes, None] = {}
    for other in function.of(ast.Constant):
        is_word = isinstance(other, ast.Constant) and isinstance(other.value, str) and len(other.value) < 30
        if is_word and other.value != node.value and other.value.replace("_", "").replace("-", "").isalnum():  # type: ignore[attr-defined]  # is_word says so
            found.setdefault(function.module.text(other))
    return _turned(list(found), function.module.start(node))[:_MOST]


def _turned(values: list[bytes], by: int) -> list[bytes]:
    """Begin elsewhere at each place, so that not all places get the same."""
    at = by % len(values) if values else 0
    return values[at:] + values[:at]


_Attributes = dict[tuple[str, bool], dict[str, None]]


def _wrong_attribute(function: Function, node: ast.Attribute, attributes: _Attributes) -> Iterator[Site]:
    if not isinstance(node.value, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    module = function.module
    end = module.end(node)
    start = end - len(node.attr.encode())
    if module.source[start:end] != node.attr.encode():
        return
    known = attributes.get((node.value.id, _is_called(function, node)), {})
    others = [name for name in known if name != node.attr and not name.startswith("__")]
    by = [name.encode() for name in others]
    for name in _turned(by, module.start(node))[:_MOST]:
        yield function.site(BugClass.WRONG_ATTRIBUTE, (start, end, name))


def _is_called(function: Function, node: ast.AST) -> bool:
    parent = function.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _attributes(function: Function) -> _Attributes:
    """What is read of each name, called or not: of `self` in the whole class, of others in the function."""
    found: _Attributes = defaultdict(dict)
    around = function.module.classes.get(function.node)
    for scope, is_wide in ((around, True), (function.node, False)):
        for name, is_called, attribute in function.module.attributes_in(scope) if scope else ():
            if is_wide == (around is not None and name in ("self", "cls")):
                found[name, is_called].setdefault(attribute)
    return found


def _wrong_default(function: Function, default: ast.expr) -> Iterator[Site]:
    if not isinstance(default, ast.Constant) or not function.module.is_one_line(default):
        return
    edit = (function.module.start(default), function.module.end(default))
    texts: list[bytes] = []
    if isinstance(default.value, bool):
        texts = [b"False" if default.value else b"True"]
    elif type(default.value) in (int, float):
        texts = _numbers(function, default)
    elif isinstance(default.value, str):
        texts = [b"None"] if default.value == "" else _texts(function, default)
    elif default.value is None:
        texts = [b'""', b"0", b"False"][_turn(function, default) :][:1]
    for text in texts:
        yield function.site(BugClass.WRONG_DEFAULT, (*edit, text))


def _is_told_apart(function: Function, parameter: str, default: ast.expr) -> bool:
    """Tell whether another default makes a difference: None is asked for, or the value is used as more than a yes."""
    if isinstance(default, ast.Constant) and default.value is None:
        return any(asks_none(one) and last_name(one.left) == parameter for one in function.of(ast.Compare))  # type: ignore[attr-defined]  # comparisons have it
    reads = [function.parents[one] for one in function.loads if one.id == parameter]
    is_yes = isinstance(default, ast.Constant) and isinstance(default.value, bool)
    return (
        bool(reads)
        if is_yes
        else any(not isinstance(one, ast.If | ast.While | ast.BoolOp | ast.UnaryOp) for one in reads)
    )


def _turn(function: Function, node: ast.AST) -> int:
    return function.module.start(node) % 3


def _is_asked_default(parent: ast.AST, node: ast.AST) -> bool:
    if not isinstance(parent, ast.Call) or node not in parent.args:
        return False
    at = {"get": 1, "pop": 1, "setdefault": 1, "getattr": 2, "next": 1}.get(last_name(parent.func))
    return at is not None and len(parent.args) == at + 1 and parent.args[at] is node


def _asked_default(function: Function, node: ast.Call) -> Iterator[Site]:
    """What is taken where a key or an attribute is missing."""
    if not node.args or not _is_asked_default(node, node.args[-1]):
        return
    default = node.args[-1]
    module = function.module
    if isinstance(default, ast.Constant) and default.value is not None:
        yield from _wrong_default(function, default)
    elif isinstance(default, ast.List | ast.Dict | ast.Tuple) and module.is_one_line(default):
        yield function.site(BugClass.WRONG_DEFAULT, (module.start(default), module.end(default), b"None"))


def _mutable_default(function: Function, parameter: str, default: ast.expr) -> Iterator[Site]:
    """`x=None` with `if x is None: x = []` becomes `x=[]` without it."""
    module = function.module
    if not isinstance(default, ast.Constant) or default.value is not None:
        return
    for node in function.node.body:
        if not isinstance(node, ast.If) or node.orelse or len(node.body) != 1:
            continue
        value = _fresh_value(node, parameter)
        edit = without(function, node) if value is not None else None
        if value is not None and edit is not None and is_shared(function, parameter):
            both = module.joined([(module.start(default), module.end(default), module.text(value)), edit])
            yield function.site(BugClass.MUTABLE_DEFAULT, both)
    yield from _or_default(function, parameter, default)


def _fresh_value(node: ast.If, parameter: str) -> ast.expr | None:
    """Return the empty container that a parameter gets where it was not given."""
    inner = node.body[0]
    asked = node.test
    is_none = asks_none(asked) and isinstance(asked, ast.Compare) and isinstance(asked.ops[0], ast.Is)
    if not is_none or not isinstance(inner, ast.Assign) or last_name(inner.targets[0]) != parameter:
        return None
    return inner.value if _is_container(inner.value) and last_name(asked.left) == parameter else None  # type: ignore[attr-defined]  # is_none says so


def _is_container(node: ast.AST) -> bool:
    is_called = isinstance(node, ast.Call) and last_name(node.func) in ("list", "dict", "set") and not node.args
    return is_called or isinstance(node, ast.List | ast.Dict | ast.Set)


def _or_default(function: Function, parameter: str, default: ast.expr) -> Iterator[Site]:
    """`x=None` with `x or []` in the body becomes `x=[]` with `x`."""
    module = function.module
    for node in function.nodes:
        if not isinstance(node, ast.BoolOp) or not isinstance(node.op, ast.Or) or len(node.values) != 2:
            continue
        first, second = node.values
        start, end = module.extent(node, 0, len(module.source))
        parent = function.parents[node]
        is_itself = isinstance(parent, ast.Assign) and last_name(parent.targets[0]) == parameter
        is_meant = last_name(first) == parameter and isinstance(first, ast.Name) and _is_container(second)
        if is_meant and not is_itself and is_shared(function, parameter, node):
            edits = [
                (module.start(default), module.end(default), module.text(second)),
                (start, end, parameter.encode()),
            ]
            yield function.site(BugClass.MUTABLE_DEFAULT, module.joined(edits))
