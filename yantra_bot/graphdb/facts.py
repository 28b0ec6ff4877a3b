"""What one file says, without a look at any other: its symbols, and its code as a small value-flow language.

A language lowers its syntax to this; `resolve` computes what flows where. Facts depend on the file's bytes and path
alone, so they are cached by content. They are plain tuples, lists and ints, which `marshal` can write.

A *body* is a piece of code with values of its own: a module, a class, a function, a lambda. Its *values* are numbered
from 0. The lowering has resolved scopes: a variable of straight-line code is one value per assignment (static single
assignment), joined by several COPYs into one value where branches or loops meet; a variable that inner bodies read or
write is one cell that all assignments are copied into. `NOTHING` stands for a value that can be no function, class,
module, object or key that anybody would ask for (a number in arithmetic, a comparison): it is never tracked.
"""

from dataclasses import dataclass, field
from typing import Final

from yantra_bot.domain.graph import Language

NOTHING = -1
COLUMN_BITS = 14

Site = int
"""A place in the file: line (from 1) << COLUMN_BITS | column (from 0, in bytes, at most 16383)."""
Value = int
Literal = str | int | None
"""A constant key; None where the key is not known."""
SUCCESS: Final = "<ok>"
ERROR: Final = "<err>"
"""The keys of what an option or a result holds (Rust)."""
ANY_VALUE: Final = "<any>"
"""For UNWRAP: whatever the container holds. Without a key, what iteration gives: pairs where it is a dict."""

OTHER_KEY: Final = "\0"
"""How a key begins that is no string and no small int: its text follows. Iteration does not give it as a string."""


class Op:
    """One kind of instruction, a plain int since `marshal` writes no enumerations.

    Each is a tuple whose first element is this; `dst` is the value that receives.
    """

    COPY: Final = 0
    """(dst, src), and in Python for what `isinstance` has told (type values, whether it is one): only instances of one
    of the types pass; where it is none, those do not. A further True: for what `issubclass` has told of a class."""
    OUTER: Final = 1
    """(dst, body, value): read a cell of an enclosing body of this file, named by its index."""
    SET_OUTER: Final = 2
    """(body, value, src): write one (`nonlocal`, `global`, an assignment in a closure)."""
    FREE: Final = 3
    """(dst, name, site): a name that this file binds nowhere: star imports, siblings of the package, builtins."""
    CONST: Final = 4
    """(dst, literal): a string or an int that may serve as a key or an attribute's name."""
    FUNC: Final = 5
    """(dst, body, ((parameter index, value), ...)): a function, with the values of its parameters' defaults."""
    CLASS: Final = 6
    """(dst, body, ((base value, site, text), ...), ((keyword, value), ...)): a class or a type; runs its body."""
    IMPORT: Final = 7
    """(dst, specifier, site): a module object. The specifier is as written (`.x`, `a.b`, `./lib/x`, `crate::a`)."""
    IMPORT_FROM: Final = 8
    """(dst, specifier, name, site): a member or a submodule of it."""
    IMPORT_STAR: Final = 9
    """(specifier, site): all public names; in a module body these names are exported again."""
    ATTR: Final = 10
    """(dst, obj, name, site)"""
    SET_ATTR: Final = 11
    """(obj, name, src), in Python and JavaScript with a site behind: where a setter or a descriptor would be called."""
    ITEM: Final = 12
    """(dst, obj, literal, site): subscription by a constant, or by anything (None). A fifth operand may follow None:
    the key's value, whose constants are the keys that are meant where it holds nothing else; a sixth (True) says that
    the key is imported, so that it is a constant for sequences as well."""
    SET_ITEM: Final = 13
    """(obj, literal, src, site), and as in ITEM the key's value"""
    NEW: Final = 14
    """(dst, kind, ((literal, value), ...)): a container that is made here. List and tuple keys are 0, 1, 2 ...;
    None where the position is not known; in a set all keys are None."""
    SPREAD: Final = 15
    """(container, src): every element of src may be an element of the container, at any place."""
    CALL: Final = 16
    """(dst, func, site, (arg, ...), ((keyword, value), ...), star, double_star, flags); star and double_star are
    NOTHING or the value that is unpacked. `site` is where the called expression's last name stands."""
    CALL_METHOD: Final = 17
    """(dst, obj, name, site, (arg, ...), ((keyword, value), ...), star, double_star, flags): ATTR and CALL in one."""
    RETURN: Final = 18
    """(value)"""
    YIELD: Final = 19
    """(value), and where it is used the value that receives what `send` gives"""
    ITER: Final = 20
    """(dst, obj, site): what iteration over obj gives; calls `__iter__` and `__next__` of objects that have them. In
    JavaScript True behind it: asynchronously."""
    AWAIT: Final = 21
    """(dst, src, site)"""
    ENTER: Final = 22
    """(dst, obj, site): the result of `__enter__` (or `__aenter__`); `__exit__` is called too."""
    SUPER: Final = 23
    """(dst, class value, receiver value, site): attributes found after the class in the receiver's order."""
    INSTANCE: Final = 24
    """(dst, type value): dst is declared to be an instance of the type; used only where no value flows into dst.
    Where the type value is a container (`list[X]`: a NEW whose elements are INSTANCEs), dst is that container."""
    RETURN_TYPE: Final = 25
    """(type value): as INSTANCE, for what the body returns."""
    REF: Final = 26
    """(value, name, site): it names something without calling it; gives `uses` edges to what has this name."""
    ROUTE: Final = 27
    """(method, path, handler value, site): this program answers the request (`GET`, `/users/{id}`; `*`: any method)."""
    REQUEST: Final = 28
    """(method, path, site): this code sends the request."""
    DELETE_ATTR: Final = 29
    """(obj, name, site): no flow; kept for references."""
    USES: Final = 30
    """(symbol index, site): the expression names this symbol of the same file (found by scopes alone)."""
    RETURN_PARAM: Final = 31
    """(parameter index): it returns this parameter's own value; the RETURN of it is left out."""
    ADD_BASE: Final = 32
    """(class value, base value, site, text, subtype): another base, behind those the class has (`impl Trait for T`, an
    embedded struct). subtype 1: as a base of CLASS. 0: only its attributes are found in the class; it is not one of the
    classes that an open instance of the base stands for."""
    SLICE: Final = 33
    """(dst, obj, site): a part of a sequence: of a container the container itself will do; calls `__getitem__` of
    objects that have it."""
    UNPACK: Final = 34
    """(dst, obj, index, site): the index-th (None: any) element where obj is taken apart (`a, b = obj`): ITEM of a
    container, ITER of anything else."""
    UNWRAP: Final = 35
    """(dst, obj, literal, site): ITEM of a container, anything else as it is. Rust's `?`, `Some(x)` and `unwrap`: what
    is boxed or counted is the thing itself there, what is optional is a container."""
    IMPORTED: Final = 36
    """(value, name, site): what has this name in the value was imported here; gives `imports` edges to it."""
    TEXT: Final = 37
    """(dst, (part, ...)): a string made of these, a literal or a value each (`"do_" + name`, `f"visit_{kind}"`): the
    constant they make where all are constants; where one is not known, a name that begins and ends so."""
    THROW: Final = 38
    """(value): it leaves the body as an exception, for whoever called it."""
    CATCH: Final = 39
    """(dst, first site, last site): dst receives what the calls between these places throw; NOTHING drops it. The
    shortest range around a call is its handler."""
    NARROW: Final = 40
    """(dst, src, class value): src where it was seen to be an instance of the class."""


class CallFlag:
    """What is special about a call."""

    NONE: Final = 0
    NEW: Final = 1
    """`new F()`: the result is an instance even where F is a function."""
    IMPLICIT: Final = 2
    """Written as no call: an operator, a protocol. Where nothing is found this is no unresolved reference. The method
    named is the one tried first; what the language tries next is the solver's to know (Python: `__bool__`, then
    `__len__`; `__iadd__`, `__add__`, the argument's `__radd__`; `__contains__`, `__iter__`; `__ne__`, `__eq__`;
    `__format__`, `__str__`, `__repr__`; JavaScript, which turns objects into strings by `toString` and into numbers by
    `valueOf`: `[Symbol.toPrimitive]`, then `toString`)."""
    DECORATOR: Final = 4
    IF_CLASS: Final = 8
    """A class is called, any other value is passed through (`raise E`)."""
    OWN: Final = 16
    """Only a method that the program defines is meant; containers and the outside do not answer, since the frontend
    says itself what theirs does (Rust's `push`, `clone`, `unwrap`)."""


class BodyFlag:
    """What a body is, beside its symbol's kind."""

    NONE: Final = 0
    MODULE: Final = 1
    CLASS: Final = 2
    FUNCTION: Final = 4
    GENERATOR: Final = 8
    ASYNC: Final = 16
    STATIC: Final = 32
    CLASS_METHOD: Final = 64
    PROPERTY: Final = 128
    METHOD: Final = 256
    """It is defined in a class: reading it from an instance binds its first parameter (or `RECEIVER`)."""
    CONSTRUCTOR: Final = 512
    INTERFACE: Final = 1024
    """A class body: instances are only of classes that inherit from it."""
    STRUCTURAL: Final = 2048
    """With INTERFACE: every class that has all its methods implements it (Go)."""
    ABSTRACT: Final = 4096
    ARROW: Final = 8192
    """A function that takes `this` from around it."""
    DATACLASS: Final = 16384
    """A class body: its constructor stores each annotated field (or record component) in order."""
    OVERLOAD: Final = 32768
    """A declaration only (typing.overload, an interface's method, a `.d.ts`): it has no code."""
    CASE: Final = 65536
    """A class body: an enumeration; its members are instances of it."""


class ParamKind:
    """How an argument finds a parameter."""

    NORMAL: Final = 0
    POSITIONAL: Final = 1
    KEYWORD: Final = 2
    STAR: Final = 3
    DOUBLE_STAR: Final = 4
    RECEIVER: Final = 5
    """`this`: bound by the call, never an argument (Java, JavaScript, Go, Rust). Python's `self` is NORMAL."""


Param = tuple[str, int, Value]
"""(name, ParamKind, value in the body)."""


@dataclass(slots=True)
class Body:
    """A piece of code. `owner` is its symbol's index; `parent` the enclosing body's, -1 for a module."""

    owner: int
    parent: int
    flags: int
    params: list[Param] = field(default_factory=list)
    ops: list[tuple] = field(default_factory=list)  # type: ignore[type-arg]  # (Op, operands as Op says)
    values: int = 0
    """How many values it has."""
    names: dict[str, Value] = field(default_factory=dict)
    """For a module or class: the cell of each name it binds, which others read as attributes. A name that several
    places bind has one cell, into which each is copied. Python: the setter and deleter of a property `x` are
    `x.setter`, `x.deleter`: called where `x` of an instance is written, deleted."""
    exports: list[str] | None = None
    """For a module: what a star import takes; None: all names without a leading underscore."""


@dataclass(slots=True)
class SymbolFacts:
    """A symbol as its file shows it. `name` is the last part; the qualified name follows from the parents."""

    kind: str
    """Of NodeKind."""
    name: str
    parent: int
    """Index of the symbol around it; -1 for the module, which is symbol 0."""
    line: int
    column: int
    end_line: int
    end_column: int
    signature: str = ""
    docstring: str = ""
    content_hash: str = ""
    decorators: tuple[str, ...] = ()
    visibility: str = "public"
    name_site: Site = 0
    """Where the name itself stands."""


@dataclass(slots=True)
class FileFacts:
    """Everything one file says. Symbol 0 and body 0 are the module's."""

    path: str
    language: Language
    symbols: list[SymbolFacts] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    package: str = ""
    """What the file itself declares (Java's and Go's `package`), else empty."""
    problems: list[tuple[str, str]] = field(default_factory=list)
    """(kind, detail), as in domain.graph.Problem."""


def site(line: int, column: int) -> Site:
    """Pack a place. `line` counts from 1, `column` from 0; a column past the limit is cut to it."""
    return line << COLUMN_BITS | min(column, (1 << COLUMN_BITS) - 1)


def place(packed: Site) -> tuple[int, int]:
    """Return (line, column) of a site."""
    return packed >> COLUMN_BITS, packed & ((1 << COLUMN_BITS) - 1)
