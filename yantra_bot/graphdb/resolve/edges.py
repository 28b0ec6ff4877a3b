"""The graph as values: symbols from facts, edges from what the resolution has recorded, and what stayed unknown."""

from collections import defaultdict
from collections.abc import Iterator

from yantra_bot.domain.graph import (
    CONFIDENCE,
    Edge,
    EdgeKind,
    Evidence,
    Graph,
    NodeKind,
    Problem,
    Span,
    Symbol,
    Unresolved,
    Visibility,
)
from yantra_bot.graphdb.facts import BodyFlag, CallFlag, place
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.record import Target
from yantra_bot.graphdb.resolve.state import Instance, Op, State

MAX_CANDIDATES = 8
_CALLABLE = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CLASS, NodeKind.TEST})


def make_graph(state: State, hierarchy: Hierarchy, lookup: Lookup) -> Graph:
    """Return everything that was found."""
    del hierarchy, lookup
    return _Writer(state).write()


class _Writer:
    def __init__(self, state: State) -> None:
        self._state = state
        self._graph = Graph()
        self._outside: dict[str, str] = {}
        self._seen: set[tuple[str, str, str, str, int]] = set()
        self._by_name: dict[str, list[str]] = defaultdict(list)

    def write(self) -> Graph:
        for file in self._files():
            self._write_symbols(file)
        self._write_imports()
        self._write_bases()
        self._write_implementers()
        self._write_calls()
        for instance in self._instances():
            self._write_flows(instance)
            self._write_references(instance)
        return self._graph

    def _files(self) -> Iterator[File]:
        return (file for _, file in sorted(self._state.program.files.items()) if not file.library)

    def _instances(self) -> Iterator[Instance]:
        state = self._state
        for instance in (*state.modules.values(), *state.class_bodies.values(), *state.instances.values()):
            if not instance.unit.file.library:
                yield instance

    def _write_symbols(self, file: File) -> None:
        facts = file.facts
        for index, one in enumerate(facts.symbols):
            parent = file.keys[one.parent] if one.parent >= 0 else None
            span = Span(one.line, one.column, one.end_line, one.end_column)
            kind = NodeKind(one.kind)
            self._graph.symbols.append(
                Symbol(
                    key=file.keys[index],
                    kind=kind,
                    name=one.name,
                    qualified_name=file.names[index],
                    path=facts.path,
                    span=span,
                    language=facts.language,
                    parent=parent,
                    signature=one.signature,
                    docstring=one.docstring,
                    content_hash=one.content_hash,
                    decorators=tuple(one.decorators),
                    visibility=Visibility(one.visibility),
                )
            )
            if kind in _CALLABLE:
                self._by_name[one.name].append(file.keys[index])
            if parent is not None:
                self._edge(parent, file.keys[index], EdgeKind.DEFINES, file, (one.line, one.column), Evidence.SYNTAX)
        for problem, detail in facts.problems:
            self._graph.problems.append(Problem(facts.path, problem, detail))

    def _edge(
        self, source: str, target: str, kind: EdgeKind, file: File, at: tuple[int, int], evidence: Evidence
    ) -> None:
        line, column = at
        seen = (source, target, kind, file.path, line << 14 | column)
        if seen not in self._seen:
            self._seen.add(seen)
            confidence = CONFIDENCE[evidence]
            self._graph.edges.append(Edge(source, target, kind, file.path, line, column, confidence, evidence))

    def _key(self, target: Target) -> str:
        if not isinstance(target, str):
            return target[0].keys[target[1]]
        key = self._outside.get(target)
        if key is None:
            key = self._outside[target] = f"::{target}"
            name = target.rpartition(".")[2]
            self._graph.symbols.append(Symbol(key, NodeKind.EXTERNAL, name, target, "", Span(0, 0, 0, 0)))
        return key

    def _write_imports(self) -> None:
        for file, site, module in sorted(
            self._state.record.imports, key=lambda one: (one[0].path, one[1], str(one[2]))
        ):
            targets = [module] if isinstance(module, str) else self._modules(module)
            for target in targets:
                self._edge(file.keys[0], self._key(target), EdgeKind.IMPORTS, file, place(site), Evidence.SYNTAX)

    def _modules(self, paths: tuple[str, ...]) -> list[Target]:
        files = self._state.program.files
        return [(files[path], 0) for path in paths if path in files and files[path].facts.symbols]

    def _write_bases(self) -> None:
        def order(one: tuple[File, int, int, Target]) -> tuple[str, int, int, str]:
            return one[0].path, one[1], one[2], self._key(one[3])

        for file, symbol, site, target in sorted(self._state.record.bases, key=order):
            kind = EdgeKind.INHERITS
            if not isinstance(target, str) and self._is_interface(target) and not self._is_interface((file, symbol)):
                kind = EdgeKind.IMPLEMENTS
            self._edge(file.keys[symbol], self._key(target), kind, file, place(site), Evidence.BINDING)

    def _write_implementers(self) -> None:
        for file, symbol, above, interface in sorted(
            self._state.record.structural, key=lambda one: (one[0].path, one[1], one[2].path, one[3])
        ):
            one = file.facts.symbols[symbol]
            target = above.keys[interface]
            at = (one.line, one.column)
            self._edge(file.keys[symbol], target, EdgeKind.IMPLEMENTS, file, at, Evidence.TYPE)

    def _is_interface(self, target: tuple[File, int]) -> bool:
        file, symbol = target
        return any(unit.body.owner == symbol and unit.body.flags & BodyFlag.INTERFACE for unit in file.units)

    def _write_calls(self) -> None:
        def order(one: tuple[File, int, int, Target]) -> tuple[str, int, int, str]:
            return one[0].path, one[2], one[1], self._key(one[3])

        calls = self._state.record.calls
        for key in sorted(calls, key=order):
            file, symbol, site, target = key
            if isinstance(target, str) and file.facts.language == "java":
                target = target.partition("/")[0]
            source, callee = file.keys[symbol], self._key(target)
            self._edge(source, callee, EdgeKind.CALLS, file, place(site), calls[key])
            if file.facts.symbols[symbol].kind == NodeKind.TEST and not isinstance(target, str):
                self._edge(source, callee, EdgeKind.TESTS, file, place(site), calls[key])

    # What values show

    def _write_flows(self, instance: Instance) -> None:
        """Functions and classes that reach a parameter, and classes whose objects are returned."""
        unit = instance.unit
        if not unit.body.flags & BodyFlag.FUNCTION:
            return
        file, objects = unit.file, self._state.engine.objects
        symbol = file.facts.symbols[unit.body.owner]
        at = (symbol.line, symbol.column)
        for _, _, value in unit.body.params:
            for item in objects(instance.base + value):
                for target in self._symbols_of(item, instances=False):
                    self._edge(
                        file.keys[unit.body.owner], self._key(target), EdgeKind.DATA_FLOW, file, at, Evidence.FLOW
                    )
        for item in objects(instance.result):
            for target in self._symbols_of(item, instances=True):
                self._edge(file.keys[unit.body.owner], self._key(target), EdgeKind.RETURNS, file, at, Evidence.FLOW)

    def _symbols_of(self, item: int, *, instances: bool) -> Iterator[Target]:
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.BOUND or (instances and kind in (Kind.INSTANCE, Kind.OPEN)):
            item = objects.firsts[item]
        unit = self._state.unit_of(item)
        if unit is not None and not unit.file.library:
            yield unit.file, unit.body.owner

    def _write_references(self, instance: Instance) -> None:
        file, owner = instance.owner
        source = file.keys[owner]
        makers: dict[int, Op] | None = None
        for op in instance.unit.body.ops:
            code = op[0]
            if code == Code.USES:
                self._edge(source, file.keys[op[1]], EdgeKind.USES, file, place(op[2]), Evidence.BINDING)
            elif code == Code.REF:
                self._write_reference(instance, source, op, EdgeKind.USES)
            elif code == Code.IMPORTED:
                self._write_reference(instance, file.keys[0], op, EdgeKind.IMPORTS)
            elif code in (Code.CALL, Code.CALL_METHOD) and self._is_unanswered(file, op):
                makers = makers or _makers(instance)
                self._write_unresolved(instance, source, op, makers)

    def _is_unanswered(self, file: File, op: Op) -> bool:
        written = op[2] >= 0 and not op[-1] & CallFlag.IMPLICIT
        return written and (file, op[-6]) not in self._state.record.answered

    def _write_reference(self, instance: Instance, source: str, op: Op, kind: EdgeKind) -> None:
        if op[1] < 0:
            return
        file = instance.unit.file
        for item in self._state.engine.objects(instance.base + op[1]):
            if kind == EdgeKind.IMPORTS:
                for module in self._whole(item):
                    self._edge(source, self._key(module), kind, file, place(op[3]), Evidence.SYNTAX)
            for target in self._symbols_of(item, instances=False):
                if not isinstance(target, str) and target[0].facts.symbols[target[1]].name == op[2]:
                    self._edge(source, self._key(target), kind, file, place(op[3]), Evidence.BINDING)

    def _whole(self, item: int) -> list[Target]:
        """Return what an imported object is, where it is a module or lies outside."""
        objects = self._state.objects
        if objects.kinds[item] == Kind.MODULE:
            return self._modules(objects.firsts[item])
        return [objects.firsts[item]] if objects.kinds[item] == Kind.EXTERNAL else []

    def _write_unresolved(self, instance: Instance, source: str, op: Op, makers: dict[int, Op]) -> None:
        name = op[3] if op[0] == Code.CALL_METHOD else _name_of(makers.get(op[2]), makers)
        file = instance.unit.file
        if op[0] == Code.CALL_METHOD and file.facts.language == "java":
            name = name.partition("/")[0]
        line, column = place(op[-6])
        candidates = tuple(sorted(self._by_name.get(name, ()))[:MAX_CANDIDATES])
        self._graph.unresolved.append(Unresolved(source, name, EdgeKind.CALLS, file.path, line, column, candidates))


def _makers(instance: Instance) -> dict[int, Op]:
    named = (Code.FREE, Code.ATTR, Code.IMPORT_FROM, Code.COPY, Code.OUTER, Code.FUNC)
    return {op[1]: op for op in instance.unit.body.ops if op[0] in named}


def _name_of(op: Op | None, makers: dict[int, Op]) -> str:
    for _ in range(8):
        if op is None:
            return ""
        if op[0] == Code.FREE:
            return str(op[2])
        if op[0] in (Code.ATTR, Code.IMPORT_FROM):
            return str(op[3])
        if op[0] != Code.COPY:
            return ""
        op = makers.get(op[2])
    return ""
