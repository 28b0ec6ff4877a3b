"""Declared types as small values, and what the generic types of the Java library say about their elements.

A type here is a name as written, without its annotations, and its arguments. Nothing is looked up in other files.
"""

import re
from typing import Final, NamedTuple

from tree_sitter import Node


class Type(NamedTuple):
    """A type as written. The name of an array is `[]`, of a lambda `<lambda>` with the type of its result."""

    name: str
    args: tuple["Type | None", ...] = ()


STRING: Final = Type("String")
BOOLEAN: Final = Type("boolean")
INT: Final = Type("int")
NULL: Final = Type("<null>")
OBJECT: Final = Type("Object")
ARRAY: Final = "[]"
LAMBDA: Final = "<lambda>"
NUMBERS: Final = ("byte", "short", "char", "int", "long", "float", "double")
PRIMITIVES: Final = frozenset({*NUMBERS, "boolean", "void"})
BOXES: Final = {
    "int": "Integer", "long": "Long", "double": "Double", "float": "Float", "char": "Character", "short": "Short",
    "byte": "Byte", "boolean": "Boolean",
}  # fmt: skip
UNTRACKED: Final = PRIMITIVES | set(BOXES.values()) | {"String", "<null>", "Void"}
"""Types whose values nobody asks for."""
UNTOLD: Final = UNTRACKED | {"Object", "var"}
"""Types that say nothing of their values."""
_DEEPEST = 20
_GENERIC_PART = re.compile(r"<[^<>]*>|@[\w.$]+(\([^()]*\))?|\s+")


def parse_type(node: Node, source: bytes, depth: int = 0) -> Type | None:
    """Return the type that a type node writes; None for `var` and for what is no type."""
    kind = node.type
    if depth > _DEEPEST:
        return OBJECT
    if kind == "generic_type":
        base, *rest = node.named_children
        outer = parse_type(base, source, depth + 1)
        args = rest[0].named_children if rest else ()
        return outer and Type(outer.name, tuple(parse_type(arg, source, depth + 1) for arg in args))
    if kind == "array_type":
        element = node.child_by_field_name("element")
        return Type(ARRAY, (element and parse_type(element, source, depth + 1),))
    if kind in ("annotated_type", "wildcard"):
        last = node.named_children[-1] if node.named_child_count else None
        return last and parse_type(last, source, depth + 1)
    text = source[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if kind == "scoped_type_identifier":
        return Type(plain_name(text))
    return None if text == "var" else Type(text)


def plain_name(text: str) -> str:
    """Return a dotted type name without type arguments, annotations and spaces."""
    count = 1
    while count and len(text) < 10_000:
        text, count = _GENERIC_PART.subn("", text)
    return text


def split_path(name: str) -> tuple[str, list[str]]:
    """Return the package of a full name, and the type with what is nested in it, by the custom of capital letters."""
    parts = name.split(".")
    start = next((index for index, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[:start]), parts[start:] or [name]


def erase(kind: Type | None) -> str:
    """Return a type's name for a signature: `List`, `int[]`, `Entry`; `?` when it is not known."""
    suffix = ""
    while kind is not None and kind.name == ARRAY:
        suffix += "[]"
        kind = kind.args[0]
    return (kind.name.rpartition(".")[2] if kind else "?") + suffix


def is_tracked(kind: Type | None) -> bool:
    """Say whether values of the type may be functions, instances or containers of them."""
    while kind is not None and kind.name == ARRAY:
        kind = kind.args[0]
    return kind is None or kind.name not in UNTRACKED


_SAME = frozenset({
    "filter", "sorted", "limit", "skip", "distinct", "peek", "parallel", "sequential", "unordered", "takeWhile",
    "dropWhile", "onClose", "or", "subList", "reversed", "iterator_", "headSet", "tailSet", "subSet", "descendingSet",
})  # fmt: skip
_ELEMENT = frozenset({
    "get", "next", "previous", "getFirst", "getLast", "first", "last", "poll", "pollFirst", "pollLast", "peekFirst",
    "peekLast", "pop", "remove", "removeFirst", "removeLast", "take", "takeFirst", "element", "orElse", "orElseGet",
    "orElseThrow", "call", "join", "getNow", "apply", "firstElement", "lastElement", "elementAt", "getValue", "lower",
    "floor", "ceiling", "higher", "set", "put", "putIfAbsent", "getOrDefault", "computeIfAbsent", "compute", "merge",
    "replace", "computeIfPresent", "getAndSet", "getPlain", "getAcquire", "resultNow", "peek",
})  # fmt: skip
_WRAPPED = {
    "stream": "Stream", "parallelStream": "Stream", "iterator": "Iterator", "listIterator": "ListIterator",
    "toList": "List", "findFirst": "Optional", "findAny": "Optional", "max": "Optional", "min": "Optional",
    "spliterator": "Spliterator", "descendingIterator": "Iterator",
}  # fmt: skip
_MAPPED = frozenset({"map", "thenApply", "mapToObj"})
_STREAM_PEEK = frozenset({"Stream", "IntStream", "LongStream", "DoubleStream"})
_KEYS = frozenset({"getKey", "firstKey", "lastKey", "floorKey", "ceilingKey", "higherKey", "lowerKey"})


def library_result(receiver: Type | None, method: str, arguments: tuple[Type | None, ...]) -> Type | None:
    """Return what a method of a generic library type gives, as far as its type arguments say: an element, a stream."""
    if receiver is None or not receiver.args or receiver.name == ARRAY:
        return None
    first, last = receiver.args[0], receiver.args[-1]
    if method in _MAPPED:
        made = arguments[0] if arguments else None
        return Type(receiver.name, (made.args[0],)) if made and made.name == LAMBDA and made.args else None
    if method in _SAME or (method == "peek" and receiver.name in _STREAM_PEEK):
        return receiver
    if method in _WRAPPED:
        return Type(_WRAPPED[method], (last,))
    if method in ("entrySet", "firstEntry", "lastEntry", "pollFirstEntry"):
        entry = Type("Map.Entry", receiver.args)
        return Type("Set", (entry,)) if method == "entrySet" else entry
    if method == "keySet" or method in _KEYS:
        return Type("Set", (first,)) if method == "keySet" else first
    if method in ("values", "collect"):
        return Type("Collection", (last,))
    if method == "reduce":
        return Type("Optional", (last,)) if len(arguments) == 1 else last
    return last if method in _ELEMENT else None


def element_of(kind: Type | None) -> Type | None:
    """Return what iterating over a value of the type gives."""
    return kind.args[-1] if kind is not None and kind.args else None


def lambda_parameters(receiver: Type | None, count: int) -> tuple[Type | None, ...]:
    """Return the parameter types of a lambda that is given to a method of a generic library type."""
    if receiver is None or not receiver.args or receiver.name == ARRAY:
        return (None,) * count
    if len(receiver.args) == 2 and receiver.name.endswith("Map"):
        return (*receiver.args, None)[:count]
    return (receiver.args[-1],) * count


COMBINATORS: Final = frozenset({"andThen", "compose", "and", "or", "negate", "reversed", "thenComparing"})
"""Methods of functional interfaces that make a function of functions."""
_INTERFACES: Final[dict[str, tuple[int, ...]]] = {
    "Runnable": (), "Callable": (), "Supplier": (), "BooleanSupplier": (), "IntSupplier": (),
    "Function": (0,), "BiFunction": (0, 1), "Consumer": (0,), "BiConsumer": (0, 1), "Predicate": (0,),
    "BiPredicate": (0, 1), "UnaryOperator": (0,), "BinaryOperator": (0, 0), "Comparator": (0, 0),
    "ToIntFunction": (0,), "ToLongFunction": (0,), "ToDoubleFunction": (0,), "IntFunction": (9,),
    "ToIntBiFunction": (0, 1), "IntPredicate": (9,), "IntConsumer": (9,), "IntUnaryOperator": (9,),
    "IntBinaryOperator": (9, 9), "ObjIntConsumer": (0, 9), "FileFilter": (9,), "ActionListener": (9,),
}  # fmt: skip
"""Functional interfaces of the library: for each parameter which type argument it is (9: none)."""


def interface_parameters(kind: Type | None) -> tuple[Type | None, ...] | None:
    """Return the parameter types of a functional interface of the library; None when it is not known as one."""
    places = _INTERFACES.get(kind.name.rpartition(".")[2]) if kind else None
    if kind is None or places is None:
        return None
    return tuple(kind.args[place] if place < len(kind.args) else None for place in places)


def interface_result(kind: Type | None) -> Type | None:
    """Return what the method of a functional interface gives: the last type argument where it returns one."""
    if kind is None or not kind.args:
        return None
    name = kind.name.rpartition(".")[2]
    return kind.args[-1] if name.endswith(("Function", "Operator", "Supplier", "Callable")) else None
