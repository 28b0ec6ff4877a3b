"""The symbols of files alone, without who uses them: all that a comparison of two public APIs needs.

It takes a tenth of the time of a whole graph.
"""

from collections.abc import Iterable

from yantra_bot.domain.graph import Symbol
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages import Read
from yantra_bot.graphdb.resolve.edges import make_graph
from yantra_bot.graphdb.resolve.library import library_linker
from yantra_bot.graphdb.resolve.program import File, Program, module_name, name_symbols
from yantra_bot.graphdb.resolve.solver import Solver
from yantra_bot.graphdb.resolve.writer import GraphWriter


def declare(facts: Iterable[FileFacts], read: Read) -> list[Symbol]:
    """Return every symbol that the files define, as `resolve` does, and nothing from outside.

    `read` gives the bytes of configuration files by path.
    """
    solver = Solver(Program(facts, read))
    graph = make_graph(solver.state)
    return [symbol for symbol in graph.symbols if symbol.path]


def declare_file(facts: FileFacts) -> list[Symbol]:
    """Return every symbol that one file defines, with the keys and names that the whole graph gives them."""
    file = File(facts, module_name(facts.path), library_linker(), library=False)
    name_symbols(file)
    writer = GraphWriter({}, {})
    writer.write_symbols(file)
    return writer.graph.symbols
