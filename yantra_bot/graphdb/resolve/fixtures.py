"""pytest's fixtures: a test's parameter holds what the fixture of its name gives."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from yantra_bot.domain.graph import Language, NodeKind
from yantra_bot.graphdb.facts import BodyFlag
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.modules import Modules
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.state import Instance, State

_NAMES = """
    cache capfd capfdbinary caplog capsys capsysbinary mocker monkeypatch pytester pytestconfig record_property
    recwarn request tmp_path tmp_path_factory tmpdir tmpdir_factory
"""
_BUILT_IN = frozenset(_NAMES.split())
"""Fixtures of pytest and its common plugins, which give nothing of this program."""
_MARKS = ("pytest.fixture", "fixture", "pytest_asyncio.fixture", "pytest.yield_fixture")


class Fixtures:
    """Lets what fixtures give flow to the parameters that name them."""

    def __init__(self, state: State, modules: Modules, hierarchy: Hierarchy) -> None:
        self._state, self._modules, self._hierarchy = state, modules, hierarchy
        self._near: dict[str, list[str]] = {}

    def link(self, instances: Iterable[Instance]) -> None:
        """Link the tests and fixtures among some bodies."""
        for instance in instances:
            unit = instance.unit
            if unit.file.facts.language != Language.PYTHON or not unit.body.flags & BodyFlag.FUNCTION:
                continue
            symbol = unit.file.facts.symbols[unit.body.owner]
            if unit.body.params and (symbol.kind == NodeKind.TEST or _is_fixture(symbol.decorators)):
                self._link_parameters(instance)

    def _link_parameters(self, instance: Instance) -> None:
        bound = instance.method_of >= 0 and not instance.unit.body.flags & BodyFlag.STATIC
        for name, _, value in instance.unit.body.params[1 if bound else 0 :]:
            target = instance.base + value
            nodes = self._find(instance, name)
            for node in nodes:
                self._state.engine.watch(node, self._give, target)
            if not nodes and name in _BUILT_IN:
                self._state.engine.add_one(target, self._state.objects.intern(Kind.OUTSIDE, ""))

    def _find(self, instance: Instance, name: str) -> list[int]:
        """Return the nodes of a fixture: of the class, else of the module, else of the nearest conftest."""
        unit = instance.unit
        own = unit.file.facts.symbols[unit.body.owner].name == name
        for owner in self._hierarchy.order(instance.method_of) if instance.method_of >= 0 and not own else ():
            body = self._state.class_bodies.get(owner)
            value = body.unit.body.names.get(name) if body is not None else None
            if body is not None and value is not None:
                return [body.base + value]
        for path in self._places(unit.file.path):
            found = self._modules.members((path,), name) if not (own and path == unit.file.path) else []
            if found:
                return found
        return []

    def _places(self, path: str) -> list[str]:
        found = self._near.get(path)
        if found is None:
            above = [str(folder / "conftest.py") for folder in PurePosixPath(path).parents]
            found = self._near[path] = [path, *(one for one in above if one in self._state.program.files)]
        return found

    def _give(self, target: int, item: int) -> None:
        unit = self._state.unit_of(item)
        if unit is None or not _is_fixture(unit.file.facts.symbols[unit.body.owner].decorators):
            return
        parent: Instance = self._state.objects.seconds[item]
        made = self._state.instances.get((id(unit), parent.number, ()))
        if made is not None:
            given = made.yields if unit.body.flags & BodyFlag.GENERATOR else made.result
            self._state.engine.flow(given, target)
            for index in self._state.signature(unit).returned:
                self._state.engine.flow(made.base + unit.body.params[index][2], target)


def _is_fixture(decorators: tuple[str, ...]) -> bool:
    return any(one.partition("(")[0].strip().lstrip("@") in _MARKS for one in decorators)
