"""Interfaces that a class implements by having their methods, without saying so (Go)."""

from yantra_bot.graphdb.facts import BodyFlag
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.state import State


def link_implementers(state: State, hierarchy: Hierarchy) -> None:
    """Let every class be below the structural interfaces whose methods it has, and record it."""
    names = {owner: _names(state, owner) for owner in hierarchy.classes}
    reached = {owner: frozenset().union(*(names[one] for one in hierarchy.order(owner))) for owner in names}
    flags = {owner: state.flags_of(owner) for owner in names}
    by_name: dict[str, set[int]] = {}
    for owner, methods in reached.items():
        if not flags[owner] & BodyFlag.INTERFACE:
            for name in methods:
                by_name.setdefault(name, set()).add(owner)
    for interface in sorted(owner for owner in names if flags[owner] & BodyFlag.STRUCTURAL):
        needed = reached[interface]
        if not needed:
            continue
        candidates = set.intersection(*(by_name.get(name, set()) for name in needed))
        for owner in sorted(candidates):
            _link(state, hierarchy, interface, owner)


def _names(state: State, owner: int) -> frozenset[str]:
    body = state.class_bodies.get(owner)
    written = body.unit.body.names if body is not None else {}
    stored = (key for key in state.keys_of.get(owner, ()) if isinstance(key, str))
    return frozenset((*written, *stored))


def _link(state: State, hierarchy: Hierarchy, interface: int, owner: int) -> None:
    above, below = state.unit_of(interface), state.unit_of(owner)
    if above is None or below is None or above.file.facts.language != below.file.facts.language:
        return
    known = hierarchy.info(interface).below
    if owner not in known:
        known.append(owner)
        state.record.files[below.file].implements.add((below.body.owner, above.file, above.body.owner))
