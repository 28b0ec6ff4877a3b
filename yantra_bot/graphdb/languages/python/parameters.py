"""The parameters of functions and lambdas: how arguments find them, their defaults and their declared types."""

from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, ParamKind, Value
from yantra_bot.graphdb.languages.python.scope import Scope

Declared = list[tuple[Value, Node]]
"""Values of parameters, and the nodes of their types."""

_STARS: Final = {"list_splat_pattern": ParamKind.STAR, "dictionary_splat_pattern": ParamKind.DOUBLE_STAR}


class Parameters:
    """The parameters of one function, while they are read."""

    __slots__ = ("declared", "defaults", "inner", "kind", "outer")

    def __init__(self, outer: Scope, inner: Scope) -> None:
        self.outer, self.inner = outer, inner
        self.defaults: list[tuple[int, Value]] = []
        self.declared: Declared = []
        self.kind: int = ParamKind.NORMAL

    def read(self, node: Node) -> None:
        """Read one node of the list."""
        kind = node.type
        if kind == "identifier":
            self._add(node, self.kind)
        elif kind == "typed_parameter":
            self._add_shape(node.named_children[0], self.kind)
            self._declare(node)
        elif kind == "default_parameter":
            self._add_shape(node.named_children[0], self.kind)
            self._add_default(node)
        elif kind == "typed_default_parameter":
            self._add_shape(node.named_children[0], self.kind)
            self._declare(node)
            self._add_default(node)
        elif kind == "keyword_separator":
            self.kind = ParamKind.KEYWORD
        elif kind == "positional_separator":
            params = self.inner.body.params
            params[:] = [(name, ParamKind.POSITIONAL, value) for name, _, value in params]
        else:
            self._add_shape(node, self.kind)

    def _add_shape(self, node: Node, kind: int) -> None:
        """Add a parameter that may be starred; one that is a tuple (Python 2) has no name."""
        star = _STARS.get(node.type)
        if star is not None and node.named_child_count:
            self._add(node.named_children[0], star)
            if star == ParamKind.STAR:
                self.kind = ParamKind.KEYWORD
        elif node.type == "identifier":
            self._add(node, kind)
        elif node.type == "tuple_pattern":
            self.inner.body.params.append(("", ParamKind.POSITIONAL, self.inner.new()))

    def _add(self, node: Node, kind: int) -> None:
        inner = self.inner
        name = inner.unit.text(node)
        value = inner.new()
        inner.body.params.append((name, kind, value))
        inner.assign(name, value)

    def _add_default(self, node: Node) -> None:
        value = self.outer.value(node.named_children[-1])
        params = self.inner.body.params
        if value >= 0 and params:
            self.defaults.append((len(params) - 1, value))

    def _declare(self, node: Node) -> None:
        declared = node.child_by_field_name("type")
        params = self.inner.body.params
        if declared is not None and params and params[-1][1] not in {ParamKind.STAR, ParamKind.DOUBLE_STAR}:
            self.declared.append((params[-1][2], declared))


def read_parameters(outer: Scope, inner: Scope, node: Node | None) -> Parameters:
    """Read the parameters of a function; defaults are lowered in the scope around it."""
    parameters = Parameters(outer, inner)
    for child in node.named_children if node is not None else ():
        if child.type != "comment":
            parameters.read(child)
    return parameters


def receiver_of(scope: Scope) -> Value:
    """Return the value of the first parameter, which a method's receiver is bound to."""
    params = scope.body.params
    return params[0][2] if params and params[0][1] in {ParamKind.NORMAL, ParamKind.POSITIONAL} else NOTHING
