"""What an annotation of an installed package stands for, read in the module and the class where it is written."""

from functools import cache
from typing import Final, NamedTuple

from yantra_bot.graphdb.facts import ParamKind
from yantra_bot.graphdb.languages.python.annotations import Type, parse_type
from yantra_bot.graphdb.languages.python.declared import ALIAS, CLASS, VALUE, VARIABLE, Declaration, Parameter
from yantra_bot.graphdb.resolve.installed.names import Names, Place
from yantra_bot.graphdb.resolve.installed.things import SELF, Sort, Thing, Things, make, merge, settled

MAX_THINGS: Final = 12
"""Of one type; a union of more says nothing."""
MAX_DEPTH: Final = 14
MAX_NAMES: Final = 4
"""Names for names of what a parameter may be."""
MAX_STEPS: Final = 2_000
"""Types in types and behind names; names that stand for each other twice each would take for ever."""
_CHOICES: Final = frozenset({"|", "Optional", "Union"})
_WRAPPERS: Final = frozenset(["Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly", "InitVar"])
_SEQUENCES: Final = {
    **dict.fromkeys(["list", "List", "Sequence", "MutableSequence", "deque", "Deque", "Collection"], "list"),
    **dict.fromkeys(["set", "Set", "frozenset", "FrozenSet", "AbstractSet", "MutableSet", "KeysView"], "set"),
    **dict.fromkeys(["Iterable", "Iterator", "Generator", "ValuesView", "Reversible"], "generator"),
    **dict.fromkeys(["AsyncIterator", "AsyncIterable", "AsyncGenerator"], "generator"),
}
_MAPPINGS: Final = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"])
_MANAGERS: Final = frozenset(
    [
        "ContextManager",
        "AsyncContextManager",
        "AbstractContextManager",
        "AbstractAsyncContextManager",
        "_GeneratorContextManager",
        "_AsyncGeneratorContextManager",
    ]
)
_AWAITED: Final = frozenset({"Awaitable", "Coroutine", "CoroutineType"})


class Scope(NamedTuple):
    """Where an annotation is written, and what is known of the type variables in it."""

    module: str
    owner: Place | None = None
    """The class around it."""
    bindings: tuple[tuple[str, Things], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    """Of the function that it belongs to."""
    is_method: bool = False
    """The first parameter is the receiver."""
    own: tuple[str, ...] = ()
    """Type variables that the function or the class names in brackets."""


class Types:
    """Evaluates annotations."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._active: set[tuple[str, str]] = set()
        self._left = 0
        """Steps that the evaluation of one annotation may still take."""

    def read(self, text: str, scope: Scope) -> Things:
        """Return the objects that an annotation declares."""
        written = parse(text)
        return self.evaluate(written, scope) if written is not None else ()

    def evaluate(self, written: Type, scope: Scope, depth: int = 0) -> Things:
        """Return the objects that a type declares; nothing where it says nothing."""
        self._left = MAX_STEPS if depth == 0 else self._left - 1
        if depth > MAX_DEPTH or self._left < 0:
            return ()
        found = self._evaluate(written, scope, depth + 1)
        return found if len(found) <= MAX_THINGS else ()

    def _evaluate(self, written: Type, scope: Scope, depth: int) -> Things:
        last = written.name.rpartition(".")[2]
        if last in _CHOICES:
            return merge(*(self.evaluate(one, scope, depth) for one in written.arguments))
        if last == "Self":
            return (SELF,)
        bound = dict(scope.bindings).get(written.name)
        if bound is not None:
            return bound
        place = self.place(written.name, scope)
        if written.name in scope.own or (place is not None and is_variable(place)):
            return self._variable(written.name, place, scope, depth)
        if place is not None and place.declarations:
            return self._declared(place, written, scope, depth)
        return () if place is not None else self._special(last, written.arguments, scope, depth)

    def place(self, dotted: str, scope: Scope) -> Place | None:
        """Return where the type of a dotted name is declared; None for what lies outside of the environment."""
        root, *rest = dotted.split(".")
        place = self._inner(scope.owner, root) or self.names.locate(scope.module, root)
        for part in rest:
            if place is None:
                return None
            place = self.names.inner(place, part) if place.name else self.names.locate(place.module, part)
        return place

    def _inner(self, owner: Place | None, name: str) -> Place | None:
        found = self.names.inner(owner, name) if owner is not None else None
        return found if found is not None and found.declarations[0][0] in (CLASS, ALIAS) else None

    def _declared(self, place: Place, written: Type, scope: Scope, depth: int) -> Things:
        """Return the objects of a type that is declared in the environment: a class, or a name for something else."""
        one = place.declarations[0]
        if one[0] == CLASS:
            args = tuple(self.evaluate(argument, scope, depth) for argument in written.arguments)
            return (make(Sort.OBJECT, place.dotted, args) if any(args) else Thing(Sort.OBJECT, place.dotted),)
        key = (place.module, place.name)
        if one[0] not in (ALIAS, VALUE) or key in self._active:
            return ()
        self._active.add(key)
        try:
            return self._aliased(one, place, written, scope, depth)
        finally:
            self._active.discard(key)

    def _aliased(self, one: Declaration, place: Place, written: Type, scope: Scope, depth: int) -> Things:
        meant = parse(one[1])
        if meant is None:
            return ()
        inner = Scope(place.module, self.around(place))
        names = self.variables(meant, inner)
        given = [self.evaluate(argument, scope, depth) for argument in written.arguments]
        found = self.evaluate(meant, inner._replace(bindings=tuple(zip(names, given, strict=False))), depth)
        return found if one[0] == ALIAS else tuple(instance(thing) for thing in found if thing.sort == Sort.CLASS)

    def around(self, place: Place) -> Place | None:
        """Return the class that something is declared in."""
        head = place.name.rpartition(".")[0]
        return self.names.find(f"{place.module}.{head}") if head else None

    def variables(self, written: Type, scope: Scope) -> list[str]:
        """Return the type variables that a type names, in order."""
        found: dict[str, None] = {}
        waiting = [written]
        while waiting:
            one = waiting.pop(0)
            place = self.place(one.name, scope) if one.name not in scope.own else None
            if one.name in scope.own or (place is not None and is_variable(place)):
                found[one.name] = None
            waiting[:0] = one.arguments
        return list(found)

    def _variable(self, name: str, place: Place | None, scope: Scope, depth: int) -> Things:
        """Return what a type variable stands for: what an argument is, else what it is bound to."""
        found = self._argument_of(name, scope)
        if found:
            return found
        bound = place.declarations[0][1] if place is not None and is_variable(place) else ""
        written = parse(bound) if bound and place is not None else None
        return self.evaluate(written, Scope(place.module), depth) if written is not None and place is not None else ()

    def _argument_of(self, name: str, scope: Scope) -> Things:
        """Return the parameter of a function that a type variable is taken from."""
        for index, (parameter, text, kind, _) in enumerate(scope.parameters):
            written = parse(text)
            for one in self._choices(written, scope) if written is not None else ():
                is_type = one.name.rpartition(".")[2] in ("type", "Type")
                if not any(choice.name == name for choice in (one.arguments if is_type else [one])):
                    continue
                if index == 0 and scope.is_method:
                    return (SELF,)
                sort = Sort.INSTANCE_OF if is_type else Sort.ARGUMENT
                return (Thing(sort, parameter, (index - scope.is_method, kind)),)
        return ()

    def _choices(self, written: Type, scope: Scope, depth: int = 0) -> list[Type]:
        """Return the types that a parameter may be of, those behind a name as they are written there."""
        if depth > MAX_NAMES:
            return []
        if written.name.rpartition(".")[2] in _CHOICES:
            return [found for one in written.arguments for found in self._choices(one, scope, depth + 1)][:MAX_THINGS]
        place = self.place(written.name, scope) if written.arguments else None
        if place is None or not place.declarations or place.declarations[0][0] != ALIAS:
            return [written]
        meant = parse(place.declarations[0][1])
        inner = Scope(place.module, self.around(place))
        if meant is None:
            return []
        given = dict(zip(self.variables(meant, inner), written.arguments, strict=False))
        return self._choices(_substitute(meant, given), inner, depth + 1)

    def _special(self, last: str, arguments: list[Type], scope: Scope, depth: int) -> Things:
        """Return the objects of a type of the language itself."""
        if not arguments:
            return ()
        if last in _WRAPPERS:
            return self.evaluate(arguments[0], scope, depth)
        if last in _AWAITED:
            return self.evaluate(arguments[-1], scope, depth)
        if last in ("type", "Type"):
            found = self.evaluate(arguments[0], scope, depth)
            return tuple(class_of(thing) for thing in found if thing.sort == Sort.OBJECT)
        if last in _MANAGERS:
            return (make(Sort.MANAGER, "", (self.evaluate(arguments[0], scope, depth),)),)
        if last == "Callable":
            return self._callable(arguments, scope, depth)
        if last in _MAPPINGS:
            return _container("dict", [(None, self.evaluate(arguments[-1], scope, depth))])
        if last in ("tuple", "Tuple"):
            kept = [one for one in arguments if one.name != "..."]
            is_fixed = len(kept) == len(arguments)
            given = [self.evaluate(one, scope, depth) for one in kept]
            return _container("tuple", [(index if is_fixed else None, one) for index, one in enumerate(given)])
        kind = _SEQUENCES.get(last)
        return () if kind is None else _container(kind, [(None, self.evaluate(arguments[0], scope, depth))])

    def _callable(self, arguments: list[Type], scope: Scope, depth: int) -> Things:
        """Return a callable; one that gives back what it is given does so whatever that is."""
        taken, result = arguments[0], arguments[-1]
        parameters = tuple((f"{index}", one) for index, one in enumerate(taken.arguments if taken.name == "[]" else ()))
        for index, (_, one) in enumerate(parameters):
            if one == result and self.variables(one, scope):
                return (make(Sort.CALLABLE, "", ((Thing(Sort.ARGUMENT, args=(index, ParamKind.POSITIONAL)),),)),)
        return (make(Sort.CALLABLE, "", (settled(self.evaluate(result, scope, depth)),)),)


@cache
def parse(text: str) -> Type | None:
    """Parse an annotation, each text once."""
    return parse_type(text)


def _substitute(written: Type, given: dict[str, Type]) -> Type:
    """Return a type with others in the place of its variables."""
    if written.name in given:
        return given[written.name]
    return Type(written.name, [_substitute(one, given) for one in written.arguments])


def is_variable(place: Place) -> bool:
    """Say whether a type variable is declared there."""
    return bool(place.declarations) and place.declarations[0][0] == VARIABLE


def class_of(thing: Thing) -> Thing:
    """Return the class of an object."""
    return thing._replace(sort=Sort.CLASS)


def instance(thing: Thing, *, made: bool = False) -> Thing:
    """Return an object of a class."""
    return thing._replace(sort=Sort.OBJECT, made=made)


def _container(kind: str, items: list[tuple[int | None, Things]]) -> Things:
    """Return a container; one of whose elements nothing is known is nothing to follow."""
    if not any(things for _, things in items):
        return ()
    keys, args = zip(*items, strict=True)
    return (make(Sort.CONTAINER, kind, args, keys),)
