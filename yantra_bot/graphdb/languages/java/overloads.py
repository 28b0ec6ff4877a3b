"""Which of several methods of one name a call means, by number and declared types of its arguments (JLS 15.12).

It decides only between methods that the file shows; a type that it cannot judge fits everywhere, but badly.
"""

from collections.abc import Sequence

from yantra_bot.graphdb.languages.java.code import JavaFile
from yantra_bot.graphdb.languages.java.outline import Method, Outline
from yantra_bot.graphdb.languages.java.types import (
    ARRAY,
    BOXES,
    LAMBDA,
    NULL,
    NUMBERS,
    PRIMITIVES,
    Type,
    erase,
    interface_parameters,
)

_MISFIT = 1_000
_UNKNOWN = 20
_MOST_OVERLOADS = 100
_BOXING = 100
_VARIABLE = 400
_UNBOXES = {box: primitive for primitive, box in BOXES.items()}
_ABOVE = {
    "String": ("CharSequence", "Comparable", "Serializable"),
    "List": ("Collection", "Iterable"), "ArrayList": ("List", "Collection", "Iterable"),
    "LinkedList": ("List", "Deque", "Queue", "Collection", "Iterable"), "Set": ("Collection", "Iterable"),
    "HashSet": ("Set", "Collection", "Iterable"), "TreeSet": ("SortedSet", "Set", "Collection", "Iterable"),
    "HashMap": ("Map",), "TreeMap": ("SortedMap", "Map"), "LinkedHashMap": ("HashMap", "Map"),
    "StringBuilder": ("CharSequence",), "Integer": ("Number", "Comparable"), "Long": ("Number", "Comparable"),
    "Double": ("Number", "Comparable"), "Float": ("Number", "Comparable"),
    "RuntimeException": ("Exception", "Throwable"), "IllegalArgumentException": ("RuntimeException", "Exception"),
    "IllegalStateException": ("RuntimeException", "Exception"), "IOException": ("Exception", "Throwable"),
    "Exception": ("Throwable",), "Error": ("Throwable",),
}  # fmt: skip
"""Supertypes in the library, nearest first, of what is often overloaded."""


def choose_method(file: JavaFile, methods: Sequence[Method], arguments: Sequence[Type | None]) -> Method | None:
    """Return the method that a call with arguments of these types means; None when none of them takes as many."""
    if len(methods) > _MOST_OVERLOADS:
        return None
    best: Method | None = None
    best_cost = _MISFIT
    for method in methods:
        cost = _cost(file, method, arguments)
        if cost < best_cost:
            best, best_cost = method, cost
    return best


def signed_key(file: JavaFile, name: str, types: Sequence[Type | None], owner: Type | None) -> str:
    """Return the name to call a method by that another file declares: with the arguments' types, if all are known.

    Where the class has no method of exactly these types, the resolution goes by their number.
    """
    key = f"{name}/{len(types)}"
    library = owner is not None and owner.name.partition(".")[0] in file.library
    if library or any(kind is None or kind.name in (LAMBDA, NULL.name) for kind in types):
        return key
    return f"{key}({','.join(map(erase, types))})" if types else key


def rivals(methods: Sequence[Method], chosen: Method) -> bool:
    """Say whether another method is stored under the same plain name."""
    return any(one is not chosen and one.key == chosen.key and one.exact != chosen.exact for one in methods)


def _cost(file: JavaFile, method: Method, arguments: Sequence[Type | None]) -> int:
    types = method.types
    if len(types) == len(arguments):
        cost = sum(_fit(file, want, have) for want, have in zip(types, arguments, strict=True))
        if cost < _MISFIT:
            return cost
    if not method.varargs or len(arguments) < len(types) - 1:
        return _MISFIT
    last = types[-1]
    element = last.args[0] if last is not None and last.args else None
    wanted = [*types[:-1], *[element] * (len(arguments) - len(types) + 1)]
    cost = sum(_fit(file, want, have) for want, have in zip(wanted, arguments, strict=True))
    return min(cost, _MISFIT) if cost >= _MISFIT else min(_VARIABLE + cost, _MISFIT - 1)


def _fit(file: JavaFile, want: Type | None, have: Type | None) -> int:
    """Return how far a parameter's type is from an argument's: 0 the same, `_MISFIT` impossible."""
    if want is None or have is None:
        return _UNKNOWN
    is_parameter, bound = file.find_bound(want.name)
    if is_parameter:
        want = bound or want
    if want.name == have.name:
        return _fit(file, want.args[0], have.args[0]) if want.name == ARRAY and want.args and have.args else 0
    if have.name == NULL.name:
        return _MISFIT if want.name in PRIMITIVES else 15 if want.name == "Object" else 1
    if have.name == LAMBDA:
        return _fit_lambda(file, want)
    if have.name in PRIMITIVES or want.name in PRIMITIVES:
        return _fit_primitive(want.name, have.name)
    if want.name == "Object":
        return 15
    return _distance(file, want, have)


def _fit_lambda(file: JavaFile, want: Type) -> int:
    if want.name in PRIMITIVES or want.name in ("String", ARRAY) or want.name in _UNBOXES:
        return _MISFIT
    outline = file.outline_of(want)
    if outline is not None:
        return 0 if outline.kind == "interface" else _MISFIT
    return 0 if interface_parameters(want) is not None else 15 if want.name == "Object" else 5


def _fit_primitive(want: str, have: str) -> int:
    if have in NUMBERS and want in NUMBERS:
        step = NUMBERS.index(want) - NUMBERS.index(have)
        # `char` is no `short`, and nothing widens to `char`.
        return step if step > 0 and want != "char" else _MISFIT
    if have in PRIMITIVES and want not in PRIMITIVES:
        box = BOXES.get(have, "")
        if want == box:
            return _BOXING
        return _BOXING + 15 if want in ("Object", "Number", "Comparable", "Serializable") else _MISFIT
    if have in _UNBOXES and want in PRIMITIVES:
        inner = _fit_primitive(want, _UNBOXES[have]) if want != _UNBOXES[have] else 0
        return _BOXING + inner
    return _MISFIT


def _distance(file: JavaFile, want: Type, have: Type) -> int:
    """Return the number of steps from a class up to another, as far as they are known."""
    if have.name == ARRAY or want.name == ARRAY:
        return _MISFIT
    above = _ABOVE.get(have.name)
    if above is not None and want.name in above:
        return above.index(want.name) + 1
    outline, target = file.outline_of(have), file.outline_of(want)
    if outline is not None:
        for steps, one in enumerate(outline.lineage()):
            if one is target or any(base.name == want.name for base, _ in one.bases):
                return steps + (one is not target)
        return _UNKNOWN if outline.is_foreign() and target is None else _MISFIT
    if have.name in _ABOVE or have.name in _UNBOXES or want.name in ("String", *_UNBOXES):
        return _MISFIT
    return _MISFIT - 1 if target is not None and _is_library(have) else _UNKNOWN


def _is_library(kind: Type) -> bool:
    return interface_parameters(kind) is not None


def find_sam(outline: Outline) -> Method | None:
    """Return the one abstract method of a functional interface of this file."""
    for one in outline.lineage():
        for methods in one.methods.values():
            for method in methods:
                if one.kind == "interface" and method.node.child_by_field_name("body") is None:
                    return method
    return None
