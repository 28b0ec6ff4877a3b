"""All places of a function where a single fault can be put, and the check that one is a fault."""

import ast
from collections.abc import Iterator

from yantra_bot.graphdb.syntax import parse_python
from yantra_bot.training.faults import calls, conditions, operators, statements, values, variables
from yantra_bot.training.faults.function import Function
from yantra_bot.training.faults.module import FunctionNode, Module, read_module
from yantra_bot.training.faults.site import Site, inject

_FINDERS = (variables.find, operators.find, conditions.find, values.find, calls.find, statements.find)


def find_sites(source: bytes | Module, span: tuple[int, int]) -> list[Site]:
    """Return the places for all classes in the function whose definition spans these bytes, in the order of the text.

    What is in a function of its own inside belongs to that one. Nothing where the file cannot be read, or no function
    has that span. One may turn out to be no fault when it is put in: `is_fault` tells.
    """
    module = read_module(source) if isinstance(source, bytes) else source
    if module is None:
        return []
    node = next((one for one in module.functions if span_of(module, one) == span), None)
    return [] if node is None else sites_of(module, node)


def sites_of(module: Module, node: FunctionNode) -> list[Site]:
    """Return the places of a function of a module that was read."""
    return sorted(set(_found(Function(module, node))), key=lambda one: (one.start, one.end, one.bug, one.replacement))


def _found(function: Function) -> Iterator[Site]:
    for find in _FINDERS:
        yield from find(function)


def span_of(module: Module, node: FunctionNode) -> tuple[int, int]:
    """Return the bytes of a definition, from `def` on: without decorators, as a syntax tree has it."""
    return module.offset(node.lineno, node.col_offset), module.end(node)


def is_fault(module: Module, node: FunctionNode, site: Site) -> bool:
    """Tell whether the function still parses with a site's fault and says something else than before."""
    start, end = span_of(module, node)
    before = definition(module.source, start, end)
    grown = end + len(site.replacement) - (site.end - site.start)
    after = definition(inject(module.source, site), start, grown)
    return before is not None and after is not None and ast.dump(before) != ast.dump(after)


def definition(source: bytes, start: int, end: int) -> ast.Module | None:
    """Return the tree of the definition between two offsets alone; None where it does not parse."""
    line = source.rfind(b"\n", 0, start) + 1
    indent = source[line:start]
    if indent.strip():
        return None
    text = source[line:end].decode("utf-8", "replace")
    return parse_python(f"if 1:\n{text}" if indent else text)
