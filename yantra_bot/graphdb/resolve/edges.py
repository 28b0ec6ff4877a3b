"""The graph as values: symbols from facts, edges from what the resolution has recorded, and what stayed unknown."""

from collections import Counter
from collections.abc import Collection

from yantra_bot.domain.graph import EdgeKind, Evidence, Graph, Language, NodeKind, Problem, Unresolved
from yantra_bot.graphdb.facts import BodyFlag, place
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.program import File
from yantra_bot.graphdb.resolve.record import Target
from yantra_bot.graphdb.resolve.references import MAX_CANDIDATES, References
from yantra_bot.graphdb.resolve.state import Instance, State
from yantra_bot.graphdb.resolve.writer import GraphWriter, Names

MAX_OF_SCRIPT = 12
"""Callees of one place in JavaScript from which on they are candidates alone."""
_CONSTRUCTORS = frozenset({"__init__", "__new__"})


def make_graph(state: State) -> Graph:
    """Return everything that was found."""
    files = [file for _, file in sorted(state.program.files.items()) if not file.library]
    instances = (*state.modules.values(), *state.class_bodies.values(), *state.instances.values())
    return make_part(state, files, instances)


def make_part(
    state: State, files: Collection[File], instances: Collection[Instance], names: Names | None = None
) -> Graph:
    """Return what was found in some files, of which `instances` are the analysed bodies."""
    return _Edges(state, files, names).write(instances)


class _Edges:
    def __init__(self, state: State, files: Collection[File], names: Names | None) -> None:
        self._state, self._files = state, files
        self._tests: set[File] = set()
        """Files that hold tests: what a test calls there is its own tool, not what it tests."""
        self._writer = GraphWriter(state.program.files, names)

    def write(self, instances: Collection[Instance]) -> Graph:
        for file in self._files:
            self._writer.write_symbols(file)
        references = References(self._state, self._writer)
        bodies: dict[File, list[Instance]] = {file: [] for file in self._files}
        for instance in instances:
            if instance.unit.file in bodies:
                bodies[instance.unit.file].append(instance)
        self._tests = {file for file in self._files if any(one.kind == NodeKind.TEST for one in file.facts.symbols)}
        for file, opened in bodies.items():
            self._write_imports(file)
            self._write_bases(file)
            self._write_calls(file)
            for instance in opened:
                references.write_flows(instance)
                references.write_references(instance)
        if self._state.engine.is_exhausted:
            cut = Problem("", "resolution given up", "too many values; calls may be missing")
            self._writer.graph.problems.append(cut)
        return self._writer.graph

    def _write_imports(self, file: File) -> None:
        for site, module in sorted(self._state.record.files[file].imports, key=lambda one: (one[0], str(one[1]))):
            for target in [module] if isinstance(module, str) else self._writer.modules(module):
                key = self._writer.key(target)
                self._writer.edge(file.keys[0], key, EdgeKind.IMPORTS, file, place(site), Evidence.SYNTAX)

    def _write_bases(self, file: File) -> None:
        def order(one: tuple[int, int, Target]) -> tuple[int, int, str]:
            return one[0], one[1], self._writer.key(one[2])

        record = self._state.record.files[file]
        for symbol, site, target in sorted(record.bases, key=order):
            kind = EdgeKind.INHERITS
            if not isinstance(target, str) and _is_interface(target) and not _is_interface((file, symbol)):
                kind = EdgeKind.IMPLEMENTS
            self._writer.edge(file.keys[symbol], self._writer.key(target), kind, file, place(site), Evidence.BINDING)
        for symbol, above, interface in sorted(record.implements, key=lambda one: (one[0], one[1].path, one[2])):
            at = (file.facts.symbols[symbol].line, file.facts.symbols[symbol].column)
            target_key = above.keys[interface]
            self._writer.edge(file.keys[symbol], target_key, EdgeKind.IMPLEMENTS, file, at, Evidence.TYPE)

    def _write_calls(self, file: File) -> None:
        """Write what is called; where values were too many to be followed, the place is unresolved instead."""
        calls, chosen = self._state.record.files[file].calls, self._state.record.files[file].chosen
        flowing = [key for key, evidence in calls.items() if evidence == Evidence.FLOW]
        made = Counter(key[:2] for key in flowing if _is_constructor(key[2]))
        counts = Counter(key[:2] for key in flowing if not _is_constructor(key[2])) | made
        at_all = Counter(key[:2] for key in calls)
        most = self._state.engine.limit
        if file.facts.language in SCRIPTS:
            # Names of members are values there: where all of an object's may be meant, none of them is.
            counts, most = Counter(key[:2] for key in calls), MAX_OF_SCRIPT
        full = [at for at, count in counts.items() if count >= most and at not in chosen]
        crowded: dict[tuple[int, int], list[str]] = {at: [] for at in full}
        for key in sorted(calls, key=self._order):
            symbol, site, target = key
            if isinstance(target, str) and file.facts.language == Language.JAVA:
                target = target.partition("/")[0]
            source, callee = file.keys[symbol], self._writer.key(target)
            if (symbol, site) in crowded and (calls[key] == Evidence.FLOW or most == MAX_OF_SCRIPT):
                crowded[symbol, site].append(callee)
                continue
            evidence = calls[key]
            if evidence == Evidence.FLOW and at_all[symbol, site] == 1:
                evidence = Evidence.BINDING
            self._writer.edge(source, callee, EdgeKind.CALLS, file, place(site), evidence)
            is_test = file.facts.symbols[symbol].kind == NodeKind.TEST
            if is_test and not isinstance(target, str) and target[0] not in self._tests:
                self._writer.edge(source, callee, EdgeKind.TESTS, file, place(site), evidence)
        for (symbol, site), candidates in crowded.items():
            self._write_crowded(file, symbol, site, candidates)

    def _order(self, one: tuple[int, int, Target]) -> tuple[int, int, str]:
        return one[1], one[0], self._writer.key(one[2])

    def _write_crowded(self, file: File, symbol: int, site: int, candidates: list[str]) -> None:
        line, column = place(site)
        names = {candidate.rpartition("::")[2].rpartition(".")[2] for candidate in candidates}
        name = names.pop() if len(names) == 1 else ""
        kept = tuple(candidates[:MAX_CANDIDATES])
        self._writer.graph.unresolved.append(
            Unresolved(file.keys[symbol], name, EdgeKind.CALLS, file.path, line, column, kept)
        )


def _is_constructor(target: Target) -> bool:
    """Say whether a callee of Python may come with its class, which is counted already."""
    return not isinstance(target, str) and target[0].facts.symbols[target[1]].name in _CONSTRUCTORS


def _is_interface(target: tuple[File, int]) -> bool:
    file, symbol = target
    return any(unit.body.owner == symbol and unit.body.flags & BodyFlag.INTERFACE for unit in file.units)
