"""Facts as text that a person can read, and a way to get them from a piece of source."""

import textwrap

from tree_sitter import Parser

from yantra_bot.graphdb.facts import FileFacts, Op, place
from yantra_bot.graphdb.languages import python

NAMES = {number: name for name, number in vars(Op).items() if isinstance(number, int)}


def read(source: str | bytes, path: str = "main.py") -> FileFacts:
    raw = textwrap.dedent(source).encode() if isinstance(source, str) else source
    return python.lower(path, raw, Parser(python.grammar(".py")).parse(raw))


def dump(facts: FileFacts) -> str:
    lines: list[str] = []
    for index, body in enumerate(facts.bodies):
        symbol = facts.symbols[body.owner]
        params = ", ".join(f"{name}={value}" for name, _, value in body.params)
        lines.append(f"body {index} of {symbol.name}({params}) in {body.parent} flags {body.flags} names {body.names}")
        lines += [f"  {NAMES[op[0]]} {' '.join(map(str, op[1:]))}" for op in body.ops]
    for index, symbol in enumerate(facts.symbols):
        lines.append(f"symbol {index} {symbol.kind} {symbol.name} in {symbol.parent} {symbol.line}:{symbol.column}")
    return "\n".join(lines + [f"problem {kind}: {detail}" for kind, detail in facts.problems])


def calls(source: str | bytes) -> list[str]:
    """Return `line: name` of each call of a method, in order."""
    found = [op for body in read(source).bodies for op in body.ops if op[0] == Op.CALL_METHOD]
    return [f"{place(op[4])[0]}: {op[3]}" for op in found]
