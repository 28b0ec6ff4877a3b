"""Facts of a piece of Python as a person can read them, and which functions its calls can reach."""

import textwrap

from tree_sitter import Parser

from yantra_bot.graphdb.facts import Body, FileFacts, Op, SymbolFacts, place
from yantra_bot.graphdb.languages import python

NAMES = {number: name for name, number in vars(Op).items() if isinstance(number, int)}


def read(source: str | bytes, path: str = "main.py") -> FileFacts:
    """Lower a piece of source."""
    raw = textwrap.dedent(source).encode() if isinstance(source, str) else source
    return python.lower(path, raw, Parser(python.grammar(".py")).parse(raw))


def dump(facts: FileFacts) -> str:
    """Return the facts as text, for a look at them."""
    lines: list[str] = []
    for index, body in enumerate(facts.bodies):
        params = ", ".join(f"{name}={value}" for name, _, value in body.params)
        lines.append(f"body {index} of {facts.symbols[body.owner].name}({params}) in {body.parent} {body.names}")
        lines += [f"  {NAMES[op[0]]} {' '.join(map(str, op[1:]))}" for op in body.ops]
    lines += [f"symbol {index} {one.kind} {one.name} in {one.parent}" for index, one in enumerate(facts.symbols)]
    return "\n".join(lines + [f"problem {kind}: {detail}" for kind, detail in facts.problems])


def ops(facts: FileFacts, code: int, name: str = "main") -> list[tuple]:
    """Return the instructions of one kind in the body of a symbol, without the code."""
    return [op[1:] for op in body_of(facts, name).ops if op[0] == code]


def body_of(facts: FileFacts, name: str) -> Body:
    """Return the body of the first symbol that has the name."""
    if name == "main":
        return facts.bodies[0]
    return next(body for body in facts.bodies if facts.symbols[body.owner].name == name)


def symbol_of(facts: FileFacts, name: str) -> SymbolFacts:
    """Return the first symbol of a name that is no import."""
    return next(one for one in facts.symbols if one.name == name and one.kind != "import")


def reached(source: str) -> dict[int, set[str]]:
    """Return by line which functions and classes of the source the calls there can reach.

    Only copies and cells are followed: what needs an object, an argument or another file is not seen.
    """
    facts = read(source)
    points = follow(facts)
    found: dict[int, set[str]] = {}
    for index, body in enumerate(facts.bodies):
        for op in body.ops:
            if op[0] == Op.CALL:
                found.setdefault(place(op[3])[0], set()).update(points.get((index, op[2]), set()))
    return found


def follow(facts: FileFacts) -> dict[tuple[int, int], set[str]]:
    """Return which functions and classes each value of each body can be."""
    points: dict[tuple[int, int], set[str]] = {}
    flows: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for index, body in enumerate(facts.bodies):
        for op in body.ops:
            if op[0] in (Op.FUNC, Op.CLASS):
                points[index, op[1]] = {facts.symbols[facts.bodies[op[2]].owner].name}
            elif op[0] in FLOWS:
                flows.append(FLOWS[op[0]](index, op))
    for _ in range(len(flows) + 1):
        for source, target in flows:
            points.setdefault(target, set()).update(points.get(source, set()))
    return points


FLOWS = {
    Op.COPY: lambda index, op: ((index, op[2]), (index, op[1])),
    Op.OUTER: lambda index, op: ((op[2], op[3]), (index, op[1])),
    Op.SET_OUTER: lambda index, op: ((index, op[3]), (op[1], op[2])),
}
