"""What a body names, passes on and returns, and which of its calls found nothing."""

from collections.abc import Callable, Iterator

from yantra_bot.domain.graph import EdgeKind, Evidence, NodeKind, Span, Symbol, Unresolved
from yantra_bot.graphdb.facts import BodyFlag, CallFlag, place
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.program import File, Unit
from yantra_bot.graphdb.resolve.record import Target
from yantra_bot.graphdb.resolve.state import Instance, Op, State
from yantra_bot.graphdb.resolve.variables import Variables
from yantra_bot.graphdb.resolve.writer import GraphWriter

MAX_CANDIDATES = 8


class References:
    """Writes what one analysed body shows."""

    def __init__(self, state: State, writer: GraphWriter) -> None:
        self._state, self._writer = state, writer
        self._variables = Variables(state)
        self._unresolved: set[tuple[str, int]] = set()
        self._makers: tuple[Unit | None, dict[int, Op]] = (None, {})
        """Of the body whose calls were last left without a callee."""
        self._written: dict[int, Callable[[Instance, str, Op], None]] = {
            Code.USES: self._write_use,
            Code.REF: self._write_reference,
            Code.ATTR: self._write_read,
            Code.SET_ATTR: self._write_store,
            Code.IMPORTED: self._write_import,
            Code.ROUTE: self._write_route,
            Code.REQUEST: self._write_request,
            Code.CALL: self._write_call,
            Code.CALL_METHOD: self._write_call,
        }

    def write_flows(self, instance: Instance) -> None:
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
                    self._writer.edge(
                        file.keys[unit.body.owner],
                        self._writer.key(target),
                        EdgeKind.DATA_FLOW,
                        file,
                        at,
                        Evidence.FLOW,
                    )
        for item in objects(instance.result):
            for target in self._symbols_of(item, instances=True):
                self._writer.edge(
                    file.keys[unit.body.owner], self._writer.key(target), EdgeKind.RETURNS, file, at, Evidence.FLOW
                )

    def _symbols_of(self, item: int, *, instances: bool) -> Iterator[Target]:
        objects = self._state.objects
        kind = objects.kinds[item]
        if kind == Kind.BOUND or (instances and kind in (Kind.INSTANCE, Kind.OPEN)):
            item = objects.firsts[item]
        unit = self._state.unit_of(item)
        if unit is not None and not unit.file.library:
            yield unit.file, unit.body.owner

    def write_references(self, instance: Instance) -> None:
        """Write what the instructions of a body name, and the calls of it that found nothing."""
        source = instance.owner[0].keys[instance.owner[1]]
        for op in instance.unit.body.ops:
            write = self._written.get(op[0])
            if write is not None:
                write(instance, source, op)

    def _write_use(self, instance: Instance, source: str, op: Op) -> None:
        file = instance.owner[0]
        self._writer.edge(source, file.keys[op[1]], EdgeKind.USES, file, place(op[2]), Evidence.BINDING)

    def _write_read(self, instance: Instance, source: str, op: Op) -> None:
        self._write_member(instance, source, op)
        self._write_field(instance, source, op[2], op[3], op[4])

    def _write_store(self, instance: Instance, source: str, op: Op) -> None:
        if len(op) > 4:
            self._write_field(instance, source, op[1], op[2], op[4])

    def _write_import(self, instance: Instance, _source: str, op: Op) -> None:
        self._write_reference(instance, instance.owner[0].keys[0], op, EdgeKind.IMPORTS)

    def _write_call(self, instance: Instance, source: str, op: Op) -> None:
        file = instance.owner[0]
        if not self._is_unanswered(file, op) or (instance.depth and (file.path, op[-6]) in self._unresolved):
            return
        self._unresolved.add((file.path, op[-6]))
        self._write_unresolved(instance, source, op, self._makers_of(instance.unit))

    def _makers_of(self, unit: Unit) -> dict[int, Op]:
        if self._makers[0] is not unit:
            self._makers = unit, _makers(unit)
        return self._makers[1]

    def _write_route(self, instance: Instance, _source: str, op: Op) -> None:
        file = instance.unit.file
        name = f"{op[1]} {op[2]}"
        line, column = place(op[4])
        key = f"{file.path}::<route {name}>"
        span = Span(line, column, line, column)
        qualified = f"{file.module_name}.<route {name}>"
        self._writer.graph.symbols.append(
            Symbol(key, NodeKind.ROUTE, name, qualified, file.path, span, file.facts.language, file.keys[0])
        )
        for item in self._state.engine.objects(instance.base + op[3]) if op[3] >= 0 else ():
            for target in self._symbols_of(item, instances=False):
                self._writer.edge(key, self._writer.key(target), EdgeKind.USES, file, (line, column), Evidence.LIBRARY)

    def _write_request(self, instance: Instance, source: str, op: Op) -> None:
        file = instance.owner[0]
        line, column = place(op[3])
        name = f"{op[1]} {op[2]}"
        self._writer.graph.unresolved.append(Unresolved(source, name, EdgeKind.REQUESTS, file.path, line, column))

    def _is_unanswered(self, file: File, op: Op) -> bool:
        written = op[2] >= 0 and not op[-1] & CallFlag.IMPLICIT
        return written and op[-6] not in self._state.record.files[file].answered

    def _write_reference(self, instance: Instance, source: str, op: Op, kind: EdgeKind = EdgeKind.USES) -> None:
        if op[1] < 0:
            return
        file = instance.unit.file
        variable = self._variables.behind(instance.unit, op[1]) if kind == EdgeKind.USES else None
        if variable is not None:
            self._writer.edge(source, self._writer.key(variable), kind, file, place(op[3]), Evidence.BINDING)
        for item in self._state.engine.objects(instance.base + op[1]):
            if kind == EdgeKind.IMPORTS:
                for module in self._whole(item):
                    self._writer.edge(source, self._writer.key(module), kind, file, place(op[3]), Evidence.SYNTAX)
            is_default = kind == EdgeKind.IMPORTS and op[2] == "default"
            for target in self._symbols_of(item, instances=False):
                if not isinstance(target, str) and (is_default or target[0].facts.symbols[target[1]].name == op[2]):
                    self._writer.edge(source, self._writer.key(target), kind, file, place(op[3]), Evidence.BINDING)

    def _write_member(self, instance: Instance, source: str, op: Op) -> None:
        """Write which functions and classes an attribute names that is read and not called: `{1: self.first}`."""
        items = self._state.engine.objects(instance.base + op[1]) if op[1] >= 0 else ()
        if len(items) >= self._state.engine.limit:
            return
        file, name = instance.unit.file, op[3].partition("/")[0]
        evidence = Evidence.BINDING if len(items) == 1 else Evidence.FLOW
        for item in items:
            for target in self._symbols_of(item, instances=False):
                # What another name stands for is no member of this name: the attribute only holds it.
                if not isinstance(target, str) and target[0].facts.symbols[target[1]].name == name:
                    self._writer.edge(source, self._writer.key(target), EdgeKind.USES, file, place(op[4]), evidence)

    def _write_field(self, instance: Instance, source: str, of: int, name: str, site: int) -> None:
        """Write which variable is read or written: a module's, or a field of a class."""
        items = self._state.engine.objects(instance.base + of) if of >= 0 else ()
        if len(items) > MAX_CANDIDATES:
            return
        file, kinds = instance.unit.file, self._state.objects.kinds
        for item in items:
            found = self._variables.member(item, name.partition("/")[0])
            # Where it is defined is no use of it.
            if found is not None and (found[0] is not file or file.facts.symbols[found[1]].line != place(site)[0]):
                evidence = Evidence.TYPE if kinds[item] == Kind.OPEN else Evidence.BINDING
                evidence = Evidence.FLOW if len(items) > 1 and evidence == Evidence.BINDING else evidence
                self._writer.edge(source, self._writer.key(found), EdgeKind.USES, file, place(site), evidence)

    def _whole(self, item: int) -> list[Target]:
        """Return what an imported object is, where it is a module or lies outside."""
        objects = self._state.objects
        if objects.kinds[item] == Kind.MODULE:
            return self._writer.modules(objects.firsts[item])
        return [objects.firsts[item]] if objects.kinds[item] == Kind.EXTERNAL else []

    def _write_unresolved(self, instance: Instance, source: str, op: Op, makers: dict[int, Op]) -> None:
        name = op[3] if op[0] == Code.CALL_METHOD else _name_of(makers.get(op[2]), makers)
        file = instance.unit.file
        if op[0] == Code.CALL_METHOD and file.facts.language == "java":
            name = name.partition("/")[0]
        line, column = place(op[-6])
        candidates = tuple(self._writer.by_name.get(name, ())[:MAX_CANDIDATES])
        self._writer.graph.unresolved.append(
            Unresolved(source, name, EdgeKind.CALLS, file.path, line, column, candidates)
        )


def _makers(unit: Unit) -> dict[int, Op]:
    """Return what each value of a body comes from, a parameter as if it were a free name."""
    named = (Code.FREE, Code.ATTR, Code.IMPORT_FROM, Code.COPY, Code.OUTER, Code.FUNC)
    parameters: dict[int, Op] = {value: (Code.FREE, value, name) for name, _, value in unit.body.params}
    outer = {op[1]: op for op in unit.body.ops if op[0] == Code.OUTER}
    for value, op in outer.items():
        around = unit.file.facts.bodies[op[2]]
        names = [name for name, _, cell in around.params if cell == op[3]]
        names += [name for name, cell in around.names.items() if cell == op[3]]
        if names:
            parameters[value] = (Code.FREE, value, names[0])
    return {op[1]: op for op in unit.body.ops if op[0] in named} | parameters


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
