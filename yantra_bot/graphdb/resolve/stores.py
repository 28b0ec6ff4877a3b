"""Assignments to attributes, for every kind of object that has any."""

from yantra_bot.graphdb.resolve.javascript_methods import GETTER
from yantra_bot.graphdb.resolve.modules import Modules
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import State


class Stores:
    """Lets an attribute hold a value."""

    def __init__(self, state: State, modules: Modules) -> None:
        self._state = state
        self._modules = modules

    def store(self, item: int, name: str, source: int) -> None:
        """Let an attribute of an object hold what a node holds."""
        objects, engine = self._state.objects, self._state.engine
        kind = objects.kinds[item]
        if kind == Kind.CLASS:
            body = self._state.class_bodies.get(item)
            if body is not None and name in body.unit.body.names:
                engine.flow(source, body.base + body.unit.body.names[name])
                return
        elif kind == Kind.MODULE:
            for file, value in self._state.program.cells(objects.firsts[item], name):
                engine.flow(source, self._modules.cell(file, value))
        elif kind == Kind.PROTOTYPE and objects.kinds[objects.firsts[item]] == Kind.CLASS:
            self.store(objects.firsts[item], name, source)
            return
        elif kind in (Kind.CONST, Kind.EXTERNAL, Kind.NATIVE, Kind.SUPER, Kind.OUTSIDE):
            return
        elif kind == Kind.BOUND:
            item = objects.firsts[item]
        if name.endswith(GETTER):
            engine.watch(source, self._store_getter, item, name.removesuffix(GETTER))
        else:
            engine.flow(source, self._state.slot(item, name))

    def _store_getter(self, item: int, name: str, getter: int) -> None:
        objects = self._state.objects
        function = objects.firsts[getter] if objects.kinds[getter] == Kind.BOUND else getter
        if objects.kinds[function] == Kind.FUNCTION:
            self._state.getters.add(function)
            self._state.engine.add_one(self._state.slot(item, name), function)
