"""One Python file while it is lowered: its bytes, its facts so far, and the bodies that still wait.

Bodies of functions are lowered after the body around them is finished, so that all assignments to the names they read
are known. It holds no rule of the language.
"""

import builtins
import re
from collections import deque
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import Body, FileFacts, SymbolFacts
from yantra_bot.graphdb.languages.lowering import TOO_DEEP, Texts

BUILTINS: Final = frozenset(dir(builtins))
MAX_DEPTH: Final = 150
"""How deep expressions and blocks may nest together; five Python frames a level stay below Python's own limit."""
_SHARED: Final = re.compile(rb"^[ \t]+(global|nonlocal)[ \t]+([\w, \t]+)", re.MULTILINE)
_TEST_FILE: Final = re.compile(r"^(test_.*|.*_test|tests?)$")


class Hashed(NamedTuple):
    """A symbol whose hash is still to be computed, and where its text is cut."""

    symbol: int
    start: int
    end: int
    cuts: list[int]


class Unit:
    """What all scopes of one file share."""

    __slots__ = (
        "depth",
        "enums",
        "facts",
        "fields",
        "globals",
        "has_walrus",
        "hashed",
        "imported",
        "is_package",
        "is_test",
        "members",
        "nonlocals",
        "pending",
        "properties",
        "source",
        "texts",
        "twins",
    )  # fmt: skip

    def __init__(self, path: str, source: bytes) -> None:
        self.source = source
        self.facts = FileFacts(path, Language.PYTHON)
        self.texts = Texts()
        self.depth = 0
        self.pending: deque[Callable[[], None]] = deque()
        self.imported: dict[str, str] = {}
        """Dotted names of what imports bind, anywhere in the file, by the bound name."""
        self.hashed: list[Hashed] = []
        self.properties: set[str] = set()
        """Names of properties of any class of the file: what is stored there is not what is read."""
        self.twins: list[tuple[Body, Body]] = []
        """Bodies that are the code of other ones once more."""
        self.fields: dict[int, list[str]] = {}
        """What the positions of a class pattern mean, by the index of the class's symbol."""
        self.enums: set[int] = set()
        """Symbols of enumerations whose members are equal to nothing else."""
        self.members: set[str] = set()
        """Names that are bound by `from x import name`."""
        self.globals, self.nonlocals = _find_shared(source)
        """Names that inner code writes: in the module, in a function around it."""
        self.has_walrus = b":=" in source
        self.is_package = PurePosixPath(path).stem == "__init__"
        self.is_test = is_test_file(path)

    def text(self, node: Node) -> str:
        """Return the text of a short node, an identifier as a rule."""
        return self.texts[self.source[node.start_byte : node.end_byte]]

    def add_symbol(self, symbol: SymbolFacts) -> int:
        """Add a symbol and return its index."""
        self.facts.symbols.append(symbol)
        return len(self.facts.symbols) - 1

    def add_body(self, body: Body) -> int:
        """Add a body and return its index."""
        self.facts.bodies.append(body)
        return len(self.facts.bodies) - 1

    def report_broken(self, node: Node) -> None:
        """Note, once for a file, that a statement is left out."""
        problems = self.facts.problems
        if not any(kind == "syntax error" for kind, _ in problems):
            problems.append(("syntax error", f"line {node.start_point[0] + 1}: a statement is left out"))

    def report_depth(self, node: Node) -> None:
        """Note, once for a file, that something nests too deep to be read."""
        problems = self.facts.problems
        if not any(kind == TOO_DEEP for kind, _ in problems):
            problems.append((TOO_DEEP, f"line {node.start_point[0] + 1}: more than {MAX_DEPTH} levels"))


def is_test_file(path: str) -> bool:
    """Say whether a test runner would collect from the file: by its own name, or a folder `test` or `tests`."""
    pure = PurePosixPath(path)
    return bool(_TEST_FILE.match(pure.stem)) or "tests" in pure.parts[:-1] or "test" in pure.parts[:-1]


def _find_shared(source: bytes) -> tuple[frozenset[str], frozenset[str]]:
    if b"global" not in source and b"nonlocal" not in source:
        return frozenset(), frozenset()
    found: dict[bytes, set[str]] = {b"global": set(), b"nonlocal": set()}
    for word, names in _SHARED.findall(source):
        found[word].update(name.strip() for name in names.decode("utf-8", "replace").split(","))
    return frozenset(found[b"global"]), frozenset(found[b"nonlocal"])
