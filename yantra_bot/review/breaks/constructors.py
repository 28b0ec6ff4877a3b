"""What a Python class takes when it is called, where that is no `__init__` of its own: fields, or what is inherited."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tree_sitter import Node

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.graph import Language, NodeKind, Symbol
from yantra_bot.graphdb.signatures import Parameter, Passing
from yantra_bot.review.breaks.classes import Classes, base_nodes
from yantra_bot.review.breaks.definitions import Binding, Definition, define, last_name, node_of
from yantra_bot.review.breaks.pairs import Pair, Pairs
from yantra_bot.review.breaks.references import Context
from yantra_bot.review.breaks.report import About, report
from yantra_bot.review.breaks.rules import CALLERS
from yantra_bot.review.breaks.signature import tell
from yantra_bot.review.breaks.sites import Broken, broken_calls
from yantra_bot.review.breaks.syntax import Trees, text

_SELF: Final = Parameter("self", Passing.POSITION, has_default=False)
_PLAIN_DECORATORS: Final = frozenset({"dataclass", "final", "total_ordering", "runtime_checkable"})
_NO_CONSTRUCTOR: Final = frozenset({"object", "ABC", "Generic"})
_DEFAULTS: Final = ("default", "default_factory")


class Constructors:
    """The constructors of one version's classes."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._classes = Classes(trees)
        self._view = trees.version.view

    def of(self, symbol: Symbol) -> Definition | None:
        """Return what calling a class takes; None where that is not known.

        The definition is that of the class itself, except where an `__init__` is found: then it is that method's.
        """
        return self._of(symbol, 0)

    def _of(self, symbol: Symbol, depth: int) -> Definition | None:
        node = node_of(self._trees, symbol)
        decorators = frozenset(map(last_name, symbol.decorators))
        if depth > 20 or node is None or decorators - _PLAIN_DECORATORS or self._has(symbol, "__new__"):
            return None
        if self._has(symbol, "__init__"):
            method = self._classes.member(symbol, "__init__")
            return None if method is None else define(self._trees, method)
        if "dataclass" in decorators:
            fields = self._fields(symbol, 0)
            return None if fields is None else _make(symbol, fields, node)
        return self._inherited(symbol, node, depth)

    def _has(self, symbol: Symbol, name: str) -> bool:
        return self._classes.member(symbol, name) is not None

    def _inherited(self, symbol: Symbol, node: Node, depth: int) -> Definition | None:
        bases = list(base_nodes(node))
        if any(base.type == "keyword_argument" for base in bases):
            return None
        if len(bases) == 1 and text(bases[0]) in ("NamedTuple", "typing.NamedTuple"):
            own = [_place(one) for one in read_fields(node)]
            return _make(symbol, own, node)
        known = self._classes.bases(symbol)
        outside = [base for base in bases if text(base).partition("[")[0] not in _NO_CONSTRUCTOR]
        if len(outside) > len(known) or len(known) > 1:
            return None
        return self._of(known[0], depth + 1) if known else _make(symbol, [], node)

    def _fields(self, symbol: Symbol, depth: int) -> list[Parameter] | None:
        """Return the parameters that a data class's fields make, those of its bases first."""
        node = node_of(self._trees, symbol)
        decorator = next((one for one in symbol.decorators if last_name(one) == "dataclass"), None)
        if node is None or depth > 20:
            return None
        bases, known = list(base_nodes(node)), self._classes.bases(symbol)
        if len([one for one in bases if text(one).partition("[")[0] not in _NO_CONSTRUCTOR]) > len(known):
            return None
        found: dict[str, Parameter] = {}
        for base in reversed(known):
            inherited = self._fields(base, depth + 1)
            if inherited is None:
                return None
            found |= {one.name: one for one in inherited}
        if decorator is not None:
            if "init=False" in decorator.replace(" ", ""):
                return None
            is_named = "kw_only=True" in decorator.replace(" ", "")
            found |= {one.name: _name(one) if is_named else one for one in read_fields(node)}
        return list(found.values())


def _make(symbol: Symbol, fields: list[Parameter], node: Node) -> Definition:
    ordered = sorted(fields, key=lambda one: one.passing is Passing.NAME)
    return Definition(symbol, (_SELF, *ordered), Binding.INSTANCE, node=node)


def _place(one: Parameter) -> Parameter:
    return replace(one, passing=Passing.ANY)


def _name(one: Parameter) -> Parameter:
    return replace(one, passing=Passing.NAME)


def read_fields(node: Node) -> Iterator[Parameter]:
    """Yield the fields that a class's own body declares, in their order."""
    block = node.child_by_field_name("body")
    passing = Passing.ANY
    for statement in block.named_children if block is not None else ():
        one = statement.named_children[0] if statement.type == "expression_statement" else statement
        declared = one.child_by_field_name("type")
        left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
        if one.type != "assignment" or declared is None or left is None or left.type != "identifier":
            continue
        kind = text(declared)
        if "KW_ONLY" in kind:
            passing = Passing.NAME
        elif "ClassVar" not in kind and not _says(right, "init", "False"):
            own = Passing.NAME if _says(right, "kw_only", "True") else passing
            yield Parameter(text(left), own, _has_default(right), kind)


def _keywords(value: Node | None) -> dict[str, str]:
    function = None if value is None else value.child_by_field_name("function")
    if value is None or value.type != "call" or function is None or last_name(text(function)) != "field":
        return {}
    arguments = value.child_by_field_name("arguments")
    found = [
        one for one in (arguments.named_children if arguments is not None else ()) if one.type == "keyword_argument"
    ]
    return {text(one.named_children[0]): text(one.named_children[-1]) for one in found}


def _says(value: Node | None, name: str, wanted: str) -> bool:
    return _keywords(value).get(name) == wanted


def _has_default(value: Node | None) -> bool:
    if value is None:
        return False
    function = value.child_by_field_name("function") if value.type == "call" else None
    is_field = function is not None and last_name(text(function)) == "field"
    return not is_field or any(name in _keywords(value) for name in _DEFAULTS)


def find_changed_constructors(context: Context, pairs: Pairs) -> Iterator[Finding]:
    """Yield a finding for each class that is made otherwise than before, though no `__init__` of its own changed."""
    before, after = Constructors(context.base), Constructors(context.head)
    classes = Classes(context.head)
    for pair in pairs.kept:
        if pair.old.kind is not NodeKind.CLASS or pair.new.kind is not NodeKind.CLASS or not _may_differ(pair):
            continue
        old, new = before.of(pair.old), after.of(pair.new)
        if old is None or new is None or _is_same(old, new):
            continue
        broken = list(_broken(context, classes, (before, after), pair))
        if broken:
            yield report(context, CALLERS, About(pair.new), tell(old, new, broken), broken)


def _may_differ(pair: Pair) -> bool:
    is_same = bool(pair.old.content_hash) and pair.old.content_hash == pair.new.content_hash
    return pair.new.language is Language.PYTHON and not is_same


def _is_same(old: Definition, new: Definition) -> bool:
    """Tell whether two constructors take the same, or are one method, of which its own change is told."""
    if old.symbol.kind is NodeKind.METHOD and new.symbol.kind is NodeKind.METHOD:
        return old.symbol.key.partition("::")[2] == new.symbol.key.partition("::")[2]
    kinds = [[(one.name, one.passing, one.has_default) for one in side.own] for side in (old, new)]
    return kinds[0] == kinds[1]


def _broken(
    context: Context, classes: Classes, sides: tuple[Constructors, Constructors], pair: Pair
) -> Iterator[Broken]:
    """Yield the calls of a class, and of those that are made like it, that do not fit any more."""
    base = context.subject.base.view
    for one in classes.descendants(pair.new) or [pair.new]:
        row = base.index_of(pair.old.key if one.key == pair.new.key else one.key)
        if row is None:
            continue
        was = base.symbol(row)
        old, new = sides[0].of(was), sides[1].of(one)
        if old is not None and new is not None and not _is_same(old, new):
            yield from broken_calls(context, _as_class(old, was), _as_class(new, one))


def _as_class(definition: Definition, symbol: Symbol) -> Definition:
    return replace(definition, symbol=symbol)
