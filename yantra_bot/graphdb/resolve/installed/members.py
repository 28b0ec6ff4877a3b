"""Members of declared classes, and what calling, reading, entering or iterating a declared thing gives."""

from typing import Final, NamedTuple

from yantra_bot.graphdb.environment import Catalogue
from yantra_bot.graphdb.facts import ParamKind
from yantra_bot.graphdb.languages.python.declared import (
    ALIAS,
    CLASS,
    FUNCTION,
    MADE,
    VALUE,
    Declaration,
    Flag,
    Parameter,
)
from yantra_bot.graphdb.resolve.installed.names import MAX_PARTS, Names, Place
from yantra_bot.graphdb.resolve.installed.things import Sort, Thing, Things, closed, elements, fill, make, merge
from yantra_bot.graphdb.resolve.installed.types import Scope, Types, class_of, instance, parse

MAX_ABOVE: Final = 80
"""Classes that one inherits from."""
MAX_NESTING: Final = 40
"""Declarations that rest on declarations."""
_OUTSIDE: Final = frozenset({"typing", "typing_extensions", "mypy_extensions", "_typeshed"})
"""Modules whose names the evaluation of types knows by itself."""
Bindings = tuple[tuple[str, Things], ...]


class Shape(NamedTuple):
    """How many arguments a call has, and which by name."""

    places: int
    names: frozenset[str] = frozenset()
    is_open: bool = False
    """There may be more: it unpacks something."""

    def fits(self, function: Declaration, *, is_bound: bool) -> bool:
        """Say whether a declared function can be called so."""
        parameters: tuple[Parameter, ...] = function[2][is_bound and not function[1] & Flag.STATIC :]
        kinds = {kind for _, _, kind, _ in parameters}
        by_place = [one for one in parameters if one[2] in (ParamKind.NORMAL, ParamKind.POSITIONAL)]
        if self.is_open:
            return True
        if self.places > len(by_place) and ParamKind.STAR not in kinds:
            return False
        if ParamKind.DOUBLE_STAR not in kinds and not self.names <= {one[0] for one in parameters}:
            return False
        given = {one[0] for one in by_place[: self.places]} | self.names
        return all(one[3] or one[0] in given for one in parameters)


class Installed:
    """Answers what the names of installed packages are."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._names = Names(catalogue)
        self._types = Types(self._names)
        self._values: dict[str, Things] = {}
        self._results: dict[tuple[Thing, Shape | None], Things] = {}
        self._orders: dict[tuple[str, tuple[Things, ...]], list[tuple[Place, Bindings]]] = {}
        self._nesting = 0
        self._roots: dict[str, bool] = {}
        self._catalogue = catalogue

    def is_installed(self, dotted: str) -> bool:
        """Say whether a name begins with an installed package."""
        root = dotted.partition(".")[0]
        found = self._roots.get(root) if dotted.count(".") < MAX_PARTS else False
        if found is None:
            found = self._roots[root] = root not in _OUTSIDE and self._catalogue.has(root)
        return found

    def named(self, dotted: str) -> Things:
        """Return what a dotted name is: a class, a function, a module, an object; nothing where that is not known."""
        if not self.is_installed(dotted):
            return ()
        if dotted not in self._values:
            self._values[dotted] = ()  # what rests on itself is not known
            self._values[dotted] = self._named(dotted)
        return self._values[dotted]

    def _named(self, dotted: str) -> Things:
        place = self._names.find(dotted)
        if place is not None:
            return self._value(place)
        head, _, last = dotted.rpartition(".")
        owners = [thing for thing in (self.named(head) if head else ()) if thing.sort <= Sort.CLASS]
        return merge(*(self.member(thing, last) or () for thing in owners))

    def typed(self, dotted: str) -> Things:
        """Return the objects that a dotted name declares where it is written as a type."""
        if not self.is_installed(dotted):
            return ()
        place = self._names.find(dotted)
        if place is None or not place.name:
            return ()
        return self._types.read(place.name, Scope(place.module))

    # Declarations as values

    def _value(self, place: Place) -> Things:
        if not place.name:
            return (Thing(Sort.MODULE, place.module),)
        kinds = {one[0] for one in place.declarations}
        if FUNCTION in kinds:
            return (Thing(Sort.FUNCTION, place.dotted),)
        if CLASS in kinds:
            return (Thing(Sort.CLASS, place.dotted),)
        scope = Scope(place.module, self._types.around(place))
        return merge(*(self._assigned(one, scope, place) for one in place.declarations))

    def _assigned(self, one: Declaration, scope: Scope, place: Place) -> Things:
        if self._nesting >= MAX_NESTING:
            return ()
        self._nesting += 1
        try:
            if one[0] == VALUE:
                return self._types.read(one[1], scope)
            if one[0] == ALIAS:
                return self._alias(one[1], scope, place)
            return self._made(one[1], scope) if one[0] == MADE else ()
        finally:
            self._nesting -= 1

    def _alias(self, text: str, scope: Scope, place: Place) -> Things:
        if text.replace(".", "").isidentifier():
            found = self._types.place(text, scope)
            return self._value(found) if found is not None and found.dotted != place.dotted else ()
        return tuple(class_of(thing) for thing in self._types.read(text, scope) if thing.sort == Sort.OBJECT)

    def _made(self, text: str, scope: Scope) -> Things:
        """Return what a call gives that a module or a class keeps."""
        place = self._types.place(text, scope)
        found = self._value(place) if place is not None else ()
        return tuple(closed(thing) for one in found for thing in self.call(one) if thing.sort < Sort.ARGUMENT)

    # Calls

    def call(self, thing: Thing, shape: Shape | None = None) -> Things:
        """Return what calling a thing gives; ARGUMENT, INSTANCE_OF and SELF are the call's to fill in.

        Of several declarations those count that a call of the shape fits; all where it is not given.
        """
        if thing.sort == Sort.CLASS:
            return (instance(thing, made=True),)
        if thing.sort == Sort.CALLABLE:
            found: Things = thing.args[0]
            return found
        if thing.sort == Sort.OBJECT:
            return self._call_member(thing, "__call__", shape)
        if thing.sort != Sort.FUNCTION:
            return ()
        key = (thing, shape)
        if key not in self._results:
            self._results[key] = ()
            self._results[key] = self._call_function(thing, shape)
        return self._results[key]

    def _call_member(self, thing: Thing, name: str, shape: Shape | None = None) -> Things:
        found = merge(*(self.call(one, shape) for one in self.member(thing, name) or () if one.sort == Sort.FUNCTION))
        return fill(found, (thing,))

    def _call_function(self, thing: Thing, shape: Shape | None) -> Things:
        place = self._names.find(thing.name)
        found = [one for one in place.declarations if one[0] == FUNCTION] if place is not None else []
        fitting = [one for one in found if shape is None or shape.fits(one, is_bound=bool(thing.of))]
        return merge(*(self._result(thing, place, one) for one in fitting or found if place is not None))

    def _result(self, thing: Thing, place: Place, one: Declaration) -> Things:
        _, flags, parameters, returns, own = one
        owner = self._types.around(place)
        is_method = owner is not None and not flags & Flag.STATIC and bool(thing.of)
        inner = (*own, *(_parameters_of(owner) if owner is not None else ()))
        scope = Scope(place.module, owner, thing.args, parameters, is_method, inner)
        written = parse(returns)
        if written is None:
            return ()
        for index, (name, text, kind, _) in enumerate(parameters[is_method:]):
            if text and parse(text) == written and self._types.variables(written, scope):
                return (Thing(Sort.ARGUMENT, name, (index, kind)),)
        found = self._types.evaluate(written, scope)
        if flags & Flag.MANAGER:
            made = [elements(one) for one in found if one.sort == Sort.CONTAINER]
            return tuple(make(Sort.MANAGER, "", (inner,)) for inner in made)
        return found

    # Members

    def member(self, thing: Thing, name: str) -> Things | None:
        """Return what an object or a class has under a name; None where none of its known classes has it."""
        for place, bindings in self._order(thing.name, thing.args):
            found = self._names.inner(place, name)
            if found is not None:
                return self._read_member(thing, name, found, place, bindings)
        return None

    def _read_member(self, thing: Thing, name: str, found: Place, owner: Place, bindings: Bindings) -> Things:
        one = found.declarations[0]
        receiver = thing if thing.sort == Sort.OBJECT else instance(thing)
        if one[0] == FUNCTION:
            is_bound = thing.sort == Sort.OBJECT or bool(one[1] & Flag.OF_CLASS)
            of = (receiver,) if is_bound and not one[1] & Flag.STATIC else ()
            function = Thing(Sort.FUNCTION, found.dotted, bindings, of, thing.made)
            if not one[1] & Flag.PROPERTY:
                return (function,)
            return fill(self.call(function), of) if thing.sort == Sort.OBJECT else ()
        if one[0] == CLASS:
            return (Thing(Sort.CLASS, found.dotted),)
        if one[0] == ALIAS and one[1].isidentifier() and one[1] != name and self._nesting < MAX_NESTING:
            self._nesting += 1
            try:
                same = self.member(thing, one[1])
            finally:
                self._nesting -= 1
            if same is not None:
                return same
        scope = Scope(found.module, owner, bindings, own=_parameters_of(owner))
        return fill(merge(*(self._assigned(kept, scope, found) for kept in found.declarations)), (receiver,))

    def _order(self, name: str, args: tuple[Things, ...]) -> list[tuple[Place, Bindings]]:
        """Return a class and what it inherits from, in order, with what their type variables are."""
        key = (name, args)
        found = self._orders.get(key)
        if found is None:
            found = self._orders[key] = []
            place = self._names.find(name)
            reached: list[tuple[Place, Bindings]] = []
            if place is not None and place.declarations:
                self._reach(place, args, reached, ())
            # A base that several classes have comes behind all of them.
            last = {one.dotted: index for index, (one, _) in enumerate(reached)}
            found += [reached[index] for index in sorted(last.values())]
        return found

    def _reach(
        self, place: Place, args: tuple[Things, ...], found: list[tuple[Place, Bindings]], below: tuple[str, ...]
    ) -> None:
        one = next((one for one in place.declarations if one[0] == CLASS), None)
        if one is None or len(found) >= MAX_ABOVE or place.dotted in below:
            return
        scope = Scope(place.module, self._types.around(place), own=one[3])
        bindings = tuple(zip(self._variables(one, scope), args, strict=False))
        found.append((place, bindings))
        for text in one[1][:MAX_ABOVE]:
            for base in self._types.read(text, scope._replace(bindings=bindings)):
                above = self._names.find(base.name) if base.sort == Sort.OBJECT else None
                if above is not None:
                    self._reach(above, base.args, found, (*below, place.dotted))

    def _variables(self, one: Declaration, scope: Scope) -> list[str]:
        """Return the type variables of a class: those of `Generic`, else of all its bases, in order."""
        if one[3]:
            return list(one[3])
        written = [base for text in one[1] if (base := parse(text)) is not None]
        named = [base for base in written if base.name.rpartition(".")[2] in ("Generic", "Protocol") and base.arguments]
        return list(dict.fromkeys(name for base in named or written for name in self._types.variables(base, scope)))

    # Protocols

    def awaited(self, thing: Thing) -> Things | None:
        """Return what waiting for an object gives; None where it is not waited for."""
        found = self.member(thing, "__await__") if thing.sort == Sort.OBJECT else None
        place = self._names.find(found[0].name) if found and found[0].sort == Sort.FUNCTION else None
        if not found or place is None:
            return None
        written = parse(place.declarations[0][3])
        if written is None or not written.arguments:
            return ()
        owner = self._types.around(place)
        own = _parameters_of(owner) if owner is not None else ()
        return self._types.evaluate(written.arguments[-1], Scope(place.module, owner, found[0].args, own=own))


def _parameters_of(place: Place) -> tuple[str, ...]:
    own: tuple[str, ...] = next((one[3] for one in place.declarations if one[0] == CLASS), ())
    return own
