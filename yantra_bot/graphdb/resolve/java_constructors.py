"""References to constructors of Java (`Class::new`) that the library calls: with how many arguments it does."""

from typing import Final

from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import State

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


def arguments_of(state: State, callee: int, method: str, given: tuple[int, ...]) -> tuple[int, ...]:
    """Return what the library gives to a function; to a class as many arguments as one of its constructors takes."""
    if state.objects.kinds[callee] != Kind.CLASS:
        return given
    usual = 0 if method in _NONE_GIVEN else 2 if method in _TWO_GIVEN else 1
    counts = (usual, *(count for count in (1, 0, 2) if count != usual))
    having = (count for count in counts if callee in state.writers.get(f"<init>/{count}", ()))
    any_number = callee in state.writers.get("<init>/*", ())
    return given[: next(having, usual if any_number else 0)]
