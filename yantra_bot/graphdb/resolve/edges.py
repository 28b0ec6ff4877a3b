"""The graph as values: symbols from facts, edges from what the resolution has recorded, and what stayed unknown."""

from collections import Counter
from collections.abc import Iterator

from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, NodeKind, Unresolved
from yantra_bot.graphdb.facts import BodyFlag, place
from yantra_bot.graphdb.resolve.engine import MAX_OBJECTS
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.record import Target
from yantra_bot.graphdb.resolve.references import MAX_CANDIDATES, References
from yantra_bot.graphdb.resolve.state import Instance, State
from yantra_bot.graphdb.resolve.writer import GraphWriter


def make_graph(state: State) -> Graph:
    """Return everything that was found."""
    return _Edges(state).write()


class _Edges:
    def __init__(self, state: State) -> None:
        self._state = state
        self._writer = GraphWriter(state.program.files)

    def write(self) -> Graph:
        for file in self._files():
            self._writer.write_symbols(file)
        self._write_imports()
        self._write_bases()
        self._write_implementers()
        self._write_calls()
        references = References(self._state, self._writer)
        for instance in self._instances():
            references.write_flows(instance)
            references.write_references(instance)
        return self._writer.graph

    def _files(self) -> Iterator[File]:
        return (file for _, file in sorted(self._state.program.files.items()) if not file.library)

    def _instances(self) -> Iterator[Instance]:
        state = self._state
        for instance in (*state.modules.values(), *state.class_bodies.values(), *state.instances.values()):
            if not instance.unit.file.library:
                yield instance

    def _write_imports(self) -> None:
        for file, site, module in sorted(
            self._state.record.imports, key=lambda one: (one[0].path, one[1], str(one[2]))
        ):
            targets = [module] if isinstance(module, str) else self._writer.modules(module)
            for target in targets:
                self._writer.edge(
                    file.keys[0], self._writer.key(target), EdgeKind.IMPORTS, file, place(site), Evidence.SYNTAX
                )

    def _write_bases(self) -> None:
        def order(one: tuple[File, int, int, Target]) -> tuple[str, int, int, str]:
            return one[0].path, one[1], one[2], self._writer.key(one[3])

        for file, symbol, site, target in sorted(self._state.record.bases, key=order):
            kind = EdgeKind.INHERITS
            if not isinstance(target, str) and self._is_interface(target) and not self._is_interface((file, symbol)):
                kind = EdgeKind.IMPLEMENTS
            self._writer.edge(file.keys[symbol], self._writer.key(target), kind, file, place(site), Evidence.BINDING)

    def _write_implementers(self) -> None:
        for file, symbol, above, interface in sorted(
            self._state.record.structural, key=lambda one: (one[0].path, one[1], one[2].path, one[3])
        ):
            one = file.facts.symbols[symbol]
            target = above.keys[interface]
            at = (one.line, one.column)
            self._writer.edge(file.keys[symbol], target, EdgeKind.IMPLEMENTS, file, at, Evidence.TYPE)

    def _is_interface(self, target: tuple[File, int]) -> bool:
        file, symbol = target
        return any(unit.body.owner == symbol and unit.body.flags & BodyFlag.INTERFACE for unit in file.units)

    def _write_calls(self) -> None:
        """Write what is called; where values were too many to be followed, the place is unresolved instead."""
        calls = self._state.record.calls
        crowded = self._crowded()
        for key in sorted(calls, key=self._order):
            file, symbol, site, target = key
            if isinstance(target, str) and file.facts.language == "java":
                target = target.partition("/")[0]
            if calls[key] == Evidence.FLOW and (file, symbol, site) in crowded:
                crowded[file, symbol, site].append(self._writer.key(target))
                continue
            source, callee = file.keys[symbol], self._writer.key(target)
            self._writer.edge(source, callee, EdgeKind.CALLS, file, place(site), calls[key])
            if file.facts.symbols[symbol].kind == NodeKind.TEST and not isinstance(target, str):
                self._writer.edge(source, callee, EdgeKind.TESTS, file, place(site), calls[key])
        for (file, symbol, site), candidates in crowded.items():
            self._write_crowded(file, symbol, site, candidates)

    def _order(self, one: tuple[File, int, int, Target]) -> tuple[str, int, int, str]:
        return one[0].path, one[2], one[1], self._writer.key(one[3])

    def _crowded(self) -> dict[tuple[File, int, int], list[str]]:
        calls = self._state.record.calls
        counts = Counter(key[:3] for key, evidence in calls.items() if evidence == Evidence.FLOW)
        return {place: [] for place, count in counts.items() if count >= MAX_OBJECTS}

    def _write_crowded(self, file: File, symbol: int, site: int, candidates: list[str]) -> None:
        line, column = place(site)
        names = {candidate.rpartition("::")[2].rpartition(".")[2] for candidate in candidates}
        name = names.pop() if len(names) == 1 else ""
        kept = tuple(candidates[:MAX_CANDIDATES])
        self._writer.graph.unresolved.append(
            Unresolved(file.keys[symbol], name, EdgeKind.CALLS, file.path, line, column, kept)
        )
