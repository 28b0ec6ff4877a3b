"""One file and one body while they are lowered: what types mean, what `this` is, what values are declared to be.

It reads no statement and no expression itself; it never looks at a second file.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tree_sitter import Node

from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.facts import NOTHING, Body, Op, Value
from yantra_bot.graphdb.languages.builder import Builder
from yantra_bot.graphdb.languages.java.nodes import find_assignments
from yantra_bot.graphdb.languages.java.outline import Outline
from yantra_bot.graphdb.languages.java.types import ARRAY, STRING, UNTOLD, Type, parse_type, split_path
from yantra_bot.graphdb.languages.lowering import MAX_DEPTH, TOO_DEEP, site_of, token_pattern
from yantra_bot.graphdb.languages.ssa import Frame

Result = tuple[Value, Type | None]
"""A value and its declared type, where it is known."""
Expression = Callable[["JavaFile", Node, Type | None], Result]
"""Lowers one kind of expression; the last argument is the type that is expected of it."""
Statement = Callable[["JavaFile", Node], None]

OUTER_THIS: Final = "this$0"
"""Where an instance of an inner class keeps the instance around it."""
TOKENS = token_pattern(
    comments=r"//[^\n]*|/\*.*?\*/", strings=r"\"\"\".*?\"\"\"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
)
_LIBRARY = frozenset({
    "String", "System", "Math", "Integer", "Long", "Double", "Boolean", "Character", "StringBuilder", "Object",
    "Thread", "Class", "Byte", "Short", "Float", "StringBuffer", "Enum", "Iterable",
})  # fmt: skip
_QUIET = UNTOLD | {"Override"}


class Code(Frame):
    """A body while it is lowered, with what Java adds: its class, its receiver, its type parameters."""

    def __init__(self, body: Body, index: int, parent: "Code | None", outline: Outline | None = None) -> None:
        super().__init__(body, index, parent)
        self.around = parent
        """The code around this one."""
        self.chain: tuple[Code, ...] = (self, *parent.chain) if parent is not None else (self,)
        """This code and all around it, innermost first."""
        self.found: dict[str, Outline | None] = {}
        """What names of types mean here, as far as it was asked."""
        self.outline = outline
        """The class, where this is the body of one."""
        self.receiver: Value = NOTHING
        self.arrow = False
        """A lambda: `this` is that of the code around it."""
        self.bounds: dict[str, Type | None] = outline.bounds if outline else {}
        self.local_types: dict[str, Outline] = {}
        self.assigned: Counter[str] = Counter()
        """How often each name is assigned in the function, roughly."""
        self.returns: Type | None = None
        self.scope = body.owner
        """The symbol that lambdas and local classes are nested in."""
        self.typed: set[Value] = set()
        self.types: dict[str, Value] = {}
        self.reads: dict[tuple[Value, str], Value] = {}
        self.text: Value | None = None
        """Stands for every string of the body."""
        self.result: Type | None = None
        """What a lambda returns."""


class JavaFile(Builder):
    """The facts of one file while they are made."""

    code: Code

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source, Language.JAVA, TOKENS)
        self.top: dict[str, Outline] = {}
        self.imports: dict[str, Value] = {}
        self.library = set(_LIBRARY)
        """Names of types that come with the language, so far as they are sure."""
        self.static_imports: dict[str, list[Value]] = {}
        self.static_stars: list[Value] = []
        self.expressions: dict[str, Expression] = {}
        self.statements: dict[str, Statement] = {}
        self.known_symbols: dict[tuple[int, str], int] = {}
        self.lambdas: Counter[int] = Counter()
        self.anonymous: Counter[int] = Counter()
        self.declare_type: Callable[[JavaFile, Outline], None] = lambda _file, _outline: None
        self.anonymous_class: Callable[..., tuple[Value, Outline]]
        self.yields: list[Result] = []
        """What the innermost switch gives so far."""
        self._assigned: list[tuple[int, str]] | None = None
        self._assigned_places: list[int] = []
        self._parsed: dict[bytes, Type | None] = {}

    def begin_module(self, root: Node, name: str) -> None:
        """Open the module's body."""
        self.begin(root, name)
        self.module = self.frame = self.code = Code(self.facts.bodies[0], 0, None)

    @contextmanager
    def enter_body(self, owner: int, flags: int, outline: Outline | None = None) -> Iterator[Code]:
        """Lower into a new body until the block ends."""
        around = self.code
        code = Code(Body(owner, around.index, flags), len(self.facts.bodies), around, outline)
        self.facts.bodies.append(code.body)
        self.frame = self.code = code
        try:
            yield code
        finally:
            self.frame = self.code = around

    def note_depth(self) -> None:
        """Note that something nests too deep and is left out."""
        if not any(kind == TOO_DEEP for kind, _ in self.facts.problems):
            self.facts.problems.append((TOO_DEEP, f"more than {MAX_DEPTH} levels"))

    def emit(self, *op: Any) -> None:
        """Append an instruction to the body."""
        self.code.body.ops.append(op)

    def read_type(self, node: Node | None) -> Type | None:
        """Return the type that a node writes, each text parsed once."""
        if node is None:
            return None
        raw = self.source[node.start_byte : node.end_byte]
        if raw not in self._parsed:
            self._parsed[raw] = parse_type(node, self.source)
        return self._parsed[raw]

    def find_bound(self, name: str) -> tuple[bool, Type | None]:
        """Say whether a name is a type parameter here, and what its bound is."""
        for code in self.code.chain:
            if name in code.bounds:
                return True, code.bounds[name]
        return False, None

    def find_outline(self, name: str) -> Outline | None:
        """Return the type of this file that a name means here, dotted names too."""
        first, _, rest = name.partition(".")
        found = self._find_simple(first)
        while found is not None and rest:
            first, _, rest = rest.partition(".")
            found = found.find_inner(first)
        return found

    def _find_simple(self, name: str) -> Outline | None:
        found = self.code.found
        if name not in found:
            found[name] = self._search(name)
        return found[name]

    def _search(self, name: str) -> Outline | None:
        for code in self.code.chain:
            local = code.local_types.get(name)
            if local is not None:
                return local
            outline = code.outline
            if outline is not None:
                inner = outline if outline.name == name else outline.find_inner(name)
                if inner is not None:
                    return inner
        return self.top.get(name)

    def outline_of(self, kind: Type | None) -> Outline | None:
        """Return the class of this file that values of the type are instances of."""
        for _ in range(4):
            if kind is None or kind.name == ARRAY:
                return None
            is_parameter, bound = self.find_bound(kind.name)
            if not is_parameter:
                return self.find_outline(kind.name)
            kind = bound
        return None

    def class_of(self, outline: Outline) -> Value:
        """Return the class object of a type of this file."""
        if outline.around == self.code.index:
            return outline.value
        if outline.around >= 0:
            return self.code.read_outer(outline.around, outline.value)
        if outline.outer is None:
            return NOTHING
        # The class around it is not lowered yet, so it has no cell that could be named.
        key = (self.class_of(outline.outer), outline.name)
        value = self.code.reads.get(key)
        if value is None:
            value = self.code.reads[key] = self.read_attribute(*key, outline.node)
        return value

    def type_value(self, name: str, node: Node) -> Value:
        """Return the class object that a type's name means here; one read for each body."""
        code = self.code
        value = code.types.get(name)
        if value is None:
            value = code.types[name] = self._find_type_value(name, node)
            if value != NOTHING and name not in _QUIET:
                self.emit(Op.REF, value, name.rpartition(".")[2], site_of(node))
        return value

    def _find_type_value(self, name: str, node: Node) -> Value:
        is_parameter, bound = self.find_bound(name)
        if is_parameter:
            tracked = bound is not None and bound.name not in UNTOLD and bound.name != name
            return self.type_value(bound.name, node) if bound is not None and tracked else NOTHING
        outline = self.find_outline(name)
        if outline is not None:
            return self.class_of(outline)
        first, _, rest = name.partition(".")
        if rest and first[:1].islower():
            return self._import_path(name, node)
        imported = self.imports.get(first)
        value = self.free(first, node) if imported is None else self.from_module(imported)
        for part in rest.split(".") if rest else ():
            value = self.read_attribute(value, part, node)
        return value

    def from_module(self, value: Value) -> Value:
        """Return a value of the module's body in this one."""
        return value if self.code is self.module else self.code.read_outer(0, value)

    def _import_path(self, name: str, node: Node) -> Value:
        """Return the class that a name with its package means (`java.util.List`)."""
        package, names = split_path(name)
        value = self.code.new()
        self.emit(Op.IMPORT_FROM, value, f"{package}.{names[0]}", names[0], site_of(node))
        for part in names[1:]:
            value = self.read_attribute(value, part, node)
        return value

    def read_attribute(self, obj: Value, name: str, node: Node) -> Value:
        """Return what an attribute of an object holds."""
        value = self.code.new()
        self.emit(Op.ATTR, value, obj, name, site_of(node))
        return value

    def declare_instance(self, value: Value, kind: Type | None, node: Node) -> Value:
        """Say that a value is declared to be of a type; NOTHING in, where the type matters, gives a new value."""
        if kind is None or kind.name == ARRAY or kind.name in UNTOLD or value in self.code.typed:
            return value
        type_value = self.type_value(kind.name, node)
        if type_value == NOTHING:
            return value
        if value == NOTHING:
            value = self.code.new()
        self.code.typed.add(value)
        self.emit(Op.INSTANCE, value, type_value)
        return value

    def string(self, node: Node) -> Value:
        """Return the value that stands for all strings of the body."""
        if self.code.text is None:
            self.code.text = self.code.new()
            self.emit(Op.INSTANCE, self.code.text, self.type_value(STRING.name, node))
        return self.code.text

    def this(self, outline: Outline | None = None) -> Value:
        """Return `this`, or the enclosing instance that is of a class of this file (or below it); NOTHING if none."""
        return self._this_from(self.code, outline)

    def _this_from(self, code: Code, outline: Outline | None) -> Value:
        value: Value = NOTHING
        for one in code.chain:
            own = one.outline
            if own is None:
                if one.receiver != NOTHING and value == NOTHING:
                    value = one.receiver if one is self.code else self.code.read_outer(one.index, one.receiver)
                continue
            if outline is None or own is outline or outline in own.lineage():
                return value
            # Code of a function is around a local class, that of a class around an inner one.
            if value != NOTHING and one.around is not None and one.around.outline is not None:
                value = self._step_out(value, own)
            else:
                value = NOTHING
        return NOTHING

    def _step_out(self, value: Value, own: Outline) -> Value:
        if own.static or own.outer is None:
            return NOTHING
        key = (value, OUTER_THIS)
        found = self.code.reads.get(key)
        if found is None:
            found = self.code.reads[key] = self.read_attribute(value, OUTER_THIS, own.node)
            self.declare_instance(found, Type(own.outer.name), own.node)
        return found

    def count_assignments(self, node: Node) -> Counter[str]:
        """Return how often each name is assigned in a piece of code (or seems to be, in a string)."""
        if self._assigned is None:
            self._assigned = list(find_assignments(self.source))
        places, names = self._assigned_places, self._assigned
        if not places and names:
            places += [place for place, _ in names]
        first, last = bisect_left(places, node.start_byte), bisect_left(places, node.end_byte)
        return Counter(name for _, name in names[first:last])
