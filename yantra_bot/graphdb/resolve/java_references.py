"""References to methods and constructors of Java (`Class::new`, `list::add`, `Math::max`): what calling them calls.

Also `valueOf`, which every enumeration has and nobody writes. What lies outside is named `Math.max::`, `File.new::`.
"""

from typing import Any, Final

from yantra_bot.graphdb.facts import CallFlag
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.arguments import ARGS, FLAGS, KEYWORDS, SITE
from yantra_bot.graphdb.resolve.java_methods import FUNCTIONAL
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.members import Members
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, Op, State

NEW: Final = "new::"
_OF_INTERFACES: Final = frozenset(FUNCTIONAL.values())
_NONE_GIVEN: Final = frozenset({
    "collect", "generate", "orElseGet", "orElseThrow", "requireNonNullElseGet", "runAsync", "submit", "supplyAsync",
    "toCollection", "withInitial",
})  # fmt: skip
"""Methods that call a function without arguments."""
_TWO_GIVEN: Final = frozenset({
    "accumulateAndGet", "combine", "compute", "computeIfPresent", "getAndAccumulate", "merge", "reduce", "replaceAll",
    "thenCombine",
})  # fmt: skip
"""Methods that call one with two; all others give it one."""
_COPIED: Final = frozenset({"map", "mapToObj", "thenApply"})
"""Methods whose constructors outside are worth giving the argument: what they make may hold it."""


def arguments_of(state: State, callee: int, method: str, given: tuple[int, ...]) -> tuple[int, ...]:
    """Return what the library gives to a function; to a class as many arguments as one of its constructors takes."""
    if state.objects.kinds[callee] == Kind.EXTERNAL and state.objects.firsts[callee].endswith(f".{NEW}"):
        return given[:1] if method in _COPIED else ()
    if state.objects.kinds[callee] != Kind.CLASS:
        return given
    usual = 0 if method in _NONE_GIVEN else 2 if method in _TWO_GIVEN else 1
    counts = (usual, *(count for count in (1, 0, 2) if count != usual))
    having = (count for count in counts if callee in state.writers.get(f"<init>/{count}", ()))
    any_number = callee in state.writers.get("<init>/*", ())
    return given[: next(having, usual if any_number else 0)]


def is_reference(state: State, item: int) -> bool:
    """Say whether an object is a reference to a method or a constructor outside."""
    name = state.objects.firsts[item] if state.objects.kinds[item] in (Kind.EXTERNAL, Kind.NATIVE) else ""
    return bool(name.endswith("::"))


def refer(name: str, op: Op) -> tuple[str, Op]:
    """Return what a reference outside names, and the call of it."""
    owner = name.removesuffix(f".{NEW}")
    return (name.removesuffix("::"), op) if owner == name else (owner, (*op[:FLAGS], CallFlag.NEW))


def name_reference(name: str, op: Op) -> Op:
    """Return the call of a method of an object outside, where it may be called by a reference to it."""
    if not name.endswith("::"):
        return op
    return (Code.CALL_METHOD, op[1], op[2], name.removesuffix("::"), op[SITE], op[ARGS], *op[KEYWORDS:])


def is_constructor(members: Members, owner: int, method: str | None) -> bool:
    """Say whether a class whose method is called stands for its constructor: the method is of no class itself.

    `method` is the name that the class has for it, None where it has none.
    """
    if method is None:
        return True
    holder = next((one for one in members.order(owner) if members.owns(one, method)), None)
    if holder is None:
        return method.partition("(")[0] in _OF_INTERFACES
    return members.is_bound(holder, method)


def constants_of(lookup: Lookup, owner: int, name: str) -> int | None:
    """Return the node of an enumeration's constants where one is asked for by its name; None for anything else."""
    if name.partition("(")[0] != "valueOf/1" or not lookup.members.owns(owner, "$VALUES"):
        return None
    return lookup.attribute(owner, "$VALUES")


def give_constants(state: State, caller: Instance, op: Op, constants: int) -> None:
    """Let a call give any of an enumeration's constants."""
    state.record.answer(caller.owner[0], op[SITE])
    if op[1] >= 0:
        state.on_keys(constants, _give, state, caller.node(op[1]))


def _give(state: State, target: int, _key: Any, node: int) -> None:
    state.engine.flow(node, target)
