"""Java's reflection with names that are known: classes, methods and constructors as objects, and what they call."""

from yantra_bot.graphdb.facts import Site
from yantra_bot.graphdb.resolve.arguments import ARGS, SITE, make_call
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.java_references import NEW
from yantra_bot.graphdb.resolve.members import Members
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

FOR_NAME = "java.lang.Class.forName"
CLASS, _METHOD, _CONSTRUCTOR = "java.lang.Class", "java.lang.reflect.Method", "java.lang.reflect.Constructor"


def class_object(state: State, item: int, member: str) -> int:
    """Return what `X.class` is, or `X::new`: of the program the class itself."""
    if member == NEW and state.objects.kinds[item] == Kind.EXTERNAL:
        return state.objects.intern(Kind.EXTERNAL, f"{state.objects.firsts[item]}.{NEW}", state.objects.seconds[item])
    if member == NEW:
        return item
    return state.objects.intern(Kind.BAG, ("class", item), CLASS)


class Reflection:
    """Answers calls of `Class`, `Method` and `Constructor`: bags that know what they stand for."""

    def __init__(self, state: State, calls: Calls, members: Members) -> None:
        self._state, self._calls, self._members = state, calls, members

    def find_class(self, caller: Instance, op: Op) -> None:
        """`Class.forName("a.B")`: a class of the program with this name."""
        if op[1] >= 0 and op[ARGS] and op[ARGS][0] >= 0:
            self._state.engine.watch(caller.node(op[ARGS][0]), self._on_name, caller.node(op[1]))

    def _on_name(self, target: int, item: int) -> None:
        name = self._state.objects.firsts[item]
        if self._state.objects.kinds[item] != Kind.CONST or not isinstance(name, str):
            return
        package, _, short = name.rpartition(".")
        for module in self._state.modules.values():
            value = module.unit.body.names.get(short, -1)
            if value >= 0 and module.unit.file.facts.package == package:
                self._state.engine.watch(module.base + value, self._on_class, target)

    def _on_class(self, target: int, item: int) -> None:
        if self._state.objects.kinds[item] == Kind.CLASS:
            self._state.engine.add_one(target, class_object(self._state, item, "class"))

    def call(self, caller: Instance, op: Op, owner: int, method: str) -> bool:
        """Call a method of a bag; False where it is no matter of reflection, or nothing is known of it."""
        objects, engine = self._state.objects, self._state.engine
        what, place = objects.seconds[owner], objects.firsts[owner]
        target, args = caller.node(op[1]), tuple(caller.node(value) for value in op[ARGS])
        if what == CLASS and place[0] == "class" and method in ("getMethod", "getDeclaredMethod"):
            if target >= 0 and args and args[0] >= 0:
                engine.watch(args[0], self._on_method, target, place[1])
        elif what == CLASS and place[0] == "class" and method in ("getConstructor", "getDeclaredConstructor"):
            if target >= 0:
                engine.add_one(target, objects.intern(Kind.BAG, ("constructor", place[1]), _CONSTRUCTOR))
        elif method == "newInstance" and place[0] in ("class", "constructor") and what in (CLASS, _CONSTRUCTOR):
            call = make_call(op[SITE], args, dst=target)
            self._calls.on_callee(self._state.absolute(caller), call, place[1])
        elif method == "cast" and what == CLASS and place[0] == "class":
            if target >= 0 and args and args[0] >= 0:
                engine.watch(args[0], self._cast, target, place[1])
        elif method == "invoke" and what == _METHOD and place[0] == "method" and args:
            self._invoke(self._state.absolute(caller), op[SITE], target, args, place)
        else:
            return False
        return True

    def _cast(self, target: int, owner: int, item: int) -> None:
        own = self._members.class_of(item)
        if own is not None and (owner in self._members.order(own) or self._state.objects.kinds[item] == Kind.OPEN):
            self._state.engine.add_one(target, item)

    def _on_method(self, target: int, owner: int, item: int) -> None:
        objects = self._state.objects
        if objects.kinds[item] == Kind.CONST:
            method = objects.intern(Kind.BAG, ("method", owner, objects.firsts[item]), _METHOD)
            self._state.engine.add_one(target, method)

    def _invoke(
        self, frame: Instance, site: Site, target: int, args: tuple[int, ...], place: tuple[str, int, str]
    ) -> None:
        """`method.invoke(object, ...)`; the object is null where the method is static."""
        name, call = f"{place[2]}/{len(args) - 1}", make_call(site, args[1:], dst=target)
        if args[0] >= 0:
            self._state.engine.watch(args[0], self._on_receiver, frame, call, name)
        elif self._members.overload(place[1], name) is not None:
            self._calls.call_attribute(frame, call, place[1], name)

    def _on_receiver(self, frame: Instance, call: Op, name: str, item: int) -> None:
        if self._state.objects.kinds[item] in (Kind.INSTANCE, Kind.OPEN):
            self._calls.call_attribute(frame, call, item, name)
