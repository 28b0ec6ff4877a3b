"""Heads of declared functions and classes: their parameters, and the type variables they name in brackets."""

from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import ParamKind
from yantra_bot.graphdb.languages.python.declared import Parameter

Text = Callable[[Node | None], str]
_PARAMETERS: Final = {
    "identifier": ParamKind.NORMAL,
    "typed_parameter": ParamKind.NORMAL,
    "default_parameter": ParamKind.NORMAL,
    "typed_default_parameter": ParamKind.NORMAL,
    "list_splat_pattern": ParamKind.STAR,
    "dictionary_splat_pattern": ParamKind.DOUBLE_STAR,
}


def read_parameters(text: Text, node: Node | None) -> tuple[Parameter, ...]:
    """Return the parameters of a function."""
    found: list[Parameter] = []
    kind = ParamKind.NORMAL
    for child in node.named_children if node is not None else ():
        if child.type == "keyword_separator":
            kind = ParamKind.KEYWORD
        elif child.type in _PARAMETERS:
            named = child.child_by_field_name("name") or (child.named_children or [child])[0]
            own = _PARAMETERS[child.type] or _PARAMETERS.get(named.type, 0)
            may_lack = bool(own) or child.type.endswith("default_parameter")
            written = text(child.child_by_field_name("type"))
            found.append((text(named).lstrip("*"), written, own or kind, may_lack))
            kind = ParamKind.KEYWORD if own == ParamKind.STAR else kind
    return tuple(found)


def read_type_parameters(text: Text, node: Node) -> tuple[str, ...]:
    """Return the type variables that a function or a class names in brackets."""
    found = node.child_by_field_name("type_parameters")
    if found is None:
        return ()
    texts = (text(one).lstrip("*") for one in found.named_children)
    return tuple(one.partition(":")[0].partition("=")[0].strip() for one in texts)
