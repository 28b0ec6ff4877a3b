"""The resolution as a whole: links the files, follows values to the fixpoint, lets declared types fill the gaps."""

from collections.abc import Iterable
from itertools import islice

from yantra_bot.domain.graph import Graph, Language
from yantra_bot.graphdb.environment import Catalogue
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, FileFacts
from yantra_bot.graphdb.facts import Op as Code
from yantra_bot.graphdb.languages import Read
from yantra_bot.graphdb.resolve.bases import Bases
from yantra_bot.graphdb.resolve.bodies import Bodies
from yantra_bot.graphdb.resolve.calls import Calls
from yantra_bot.graphdb.resolve.containers import Containers
from yantra_bot.graphdb.resolve.edges import make_graph
from yantra_bot.graphdb.resolve.fixtures import Fixtures
from yantra_bot.graphdb.resolve.hierarchy import Hierarchy
from yantra_bot.graphdb.resolve.hooks import Hooks
from yantra_bot.graphdb.resolve.imports import Imports
from yantra_bot.graphdb.resolve.installed.linking import Linking
from yantra_bot.graphdb.resolve.installed.members import Installed
from yantra_bot.graphdb.resolve.java_library import JavaLibrary
from yantra_bot.graphdb.resolve.javascript_library import JavaScriptLibrary
from yantra_bot.graphdb.resolve.javascript_methods import SCRIPTS
from yantra_bot.graphdb.resolve.lookup import Lookup
from yantra_bot.graphdb.resolve.metaclasses import Metaclasses
from yantra_bot.graphdb.resolve.models import Models
from yantra_bot.graphdb.resolve.modules import Modules
from yantra_bot.graphdb.resolve.narrowing import Narrowing
from yantra_bot.graphdb.resolve.natives import Natives
from yantra_bot.graphdb.resolve.objects import Kind
from yantra_bot.graphdb.resolve.operators import Operators
from yantra_bot.graphdb.resolve.overriding import Overriding
from yantra_bot.graphdb.resolve.program import File, Program
from yantra_bot.graphdb.resolve.python_gaps import PythonGaps
from yantra_bot.graphdb.resolve.state import Instance, Op, State
from yantra_bot.graphdb.resolve.stores import Stores
from yantra_bot.graphdb.resolve.structural import link_implementers
from yantra_bot.graphdb.resolve.texts import Texts

MAX_ROUNDS = 4


def resolve(facts: Iterable[FileFacts], read: Read, catalogue: Catalogue | None = None) -> Graph:
    """Return the graph of a repository: who defines, calls, inherits, imports and uses what, and what is not known.

    `read` gives the bytes of configuration files (go.mod, tsconfig.json, ...) by path, None where there is none;
    `catalogue` what the packages declare that are installed for the repository.
    """
    solver = Solver(Program(facts, read, catalogue))
    solver.solve()
    try:
        solver.state.engine.end()
        return make_graph(solver.state)
    finally:
        # Its parts refer to each other, so that all of it would stay until the collector runs.
        vars(solver.state).clear()


class Solver:
    """One resolution."""

    def __init__(self, program: Program) -> None:
        self.state = State(program)
        self.hierarchy = Hierarchy(self.state.objects)
        self.state.order = self.hierarchy.order
        modules = Modules(self.state)
        bases = Bases(self.state, self.hierarchy)
        stores, imports = Stores(self.state, modules), Imports(self.state, modules)
        self.lookup = Lookup(self.state, self.hierarchy, modules)
        calls = Calls(self.state, self.lookup)
        Overriding(self.state, self.lookup, calls)
        containers = Containers(self.state, self.lookup, calls)
        self._keys = containers.keys
        hooks = Hooks(self.state, self.lookup, calls)
        operators = Operators(self.state, self.lookup, calls, containers)
        self.texts = Texts(self.state, self.hierarchy)
        self.bodies = Bodies(
            self.state, self.lookup, calls, containers, bases, stores, imports, operators, hooks, self.texts
        )
        self.bodies.narrowing = Narrowing(self.state, self.hierarchy)
        bags = JavaLibrary(self.state, calls, containers, self.lookup.members)
        self._script = JavaScriptLibrary(self.state, calls, containers, self.lookup, bags)
        Natives(self.state, calls, containers, bags, self._script)
        hooks.metaclasses = Metaclasses(self.state, self.lookup, calls)
        self._fixtures = Fixtures(self.state, modules, self.hierarchy)
        self._gaps = PythonGaps(self.state, calls)
        if program.catalogue is not None:
            Linking(self.state, self.lookup, calls, self.hierarchy, self._gaps, Installed(program.catalogue))
        self.models = Models(self.state, self.lookup, calls, containers, stores, imports, self.texts)

    def solve(self) -> None:
        """Work to the fixpoint; then seed what is only declared, as long as that brings something new."""
        for file in list(self.state.program.files.values()):
            if file.units:
                self.bodies.open_module(file)
        self.state.engine.run()
        self.bodies.holding.release()
        self.state.engine.run()
        self.models.store_attributes()
        self._gaps.keep_decorated(self._opened(0))
        self._fixtures.link(self._opened(0))
        self.state.engine.run()
        while self._keys.assume():
            self.state.engine.run()
        link_implementers(self.state, self.hierarchy)
        self._fill_gaps(0, 0)

    def solve_again(self, file: File) -> list[Instance]:
        """Analyse another state of one file (`Program.replace`) among all others as they were; return its instances.

        What the file said before still counts for the others, and what it says now reaches them: the file's own edges
        are right, as far as no other file's depend on what was taken away.
        """
        instances, declared = len(self.state.opened), len(self.bodies.declared)
        classes = len(self.state.class_bodies)
        self.state.modules.pop(file.path, None)
        if file.units:
            self.bodies.open_module(file)
        self.state.engine.run()
        self._gaps.keep_decorated(self._opened(instances))
        self._fixtures.link(self._opened(instances))
        self.state.engine.run()
        while self._keys.assume():
            self.state.engine.run()
        self._fill_gaps(instances, declared)
        opened = [*islice(self.state.class_bodies.values(), classes, None)]
        opened += [self.state.modules[file.path]] if file.units else []
        return [*opened, *self.state.opened[instances:]]

    def _fill_gaps(self, instances: int, declared: int) -> None:
        """Seed what is only declared, in instances and declarations from a number on, while that brings news."""
        for _ in range(MAX_ROUNDS):
            if not self._seed(instances, declared) | self.models.store_attributes():
                return
            self.state.engine.run()

    def _seed(self, instances: int, declared: int) -> bool:
        """Let declarations speak where no value came; all at once, so that their order does not matter."""
        engine = self.state.engine
        seeds: list[tuple[int, int]] = []
        flows: list[tuple[int, int]] = []
        for instance in self.state.opened[instances:]:
            self._seed_function(instance, seeds, flows)
        opened = self._opened(instances)
        seeds += self._gaps.find_receivers(opened) + self._gaps.find_results(opened) + self.texts.find_patterns()
        typed = [
            (node, of, self._is_receiver(instance, node))
            for instance, node, of in self.bodies.declared[declared:]
            if engine.holds(of) and self._is_unknown(instance, node, of) and not self._is_stored(instance, node)
            if not self.state.is_idle(instance)
        ]
        bags = self._find_bags(instances)
        for node, of, is_receiver in typed:
            engine.watch(of, self._declare, node, is_receiver)
        for node, item in seeds:
            engine.add_one(node, item)
        for source, target in flows:
            engine.flow(source, target)
        for node, item in bags:
            engine.add_one(node, item)
        assumed = self._keys.assume() | self._script.assume()
        return bool(typed or seeds or flows or bags or assumed)

    def _opened(self, instances: int) -> list[Instance]:
        """Return the bodies that were analysed from a number on, those of modules and classes with them at 0."""
        found = self.state.opened[instances:]
        return found if instances else [*self.state.modules.values(), *self.state.class_bodies.values(), *found]

    def _is_unknown(self, instance: Instance, node: int, of: int) -> bool:
        """Say whether a declared type is all that is known of a value: JavaScript's outside gives any type."""
        engine, kinds = self.state.engine, self.state.objects.kinds
        if not engine.holds(node):
            return True
        if instance.unit.file.facts.language not in SCRIPTS:
            return self._gaps.is_blank(node)
        outside = all(kinds[item] in (Kind.BAG, Kind.EXTERNAL) for item in engine.objects(node))
        return outside and any(kinds[item] != Kind.EXTERNAL for item in engine.objects(of))

    def _is_receiver(self, instance: Instance, node: int) -> bool:
        """Say whether a node is `this` of a JavaScript function, for which what the function was stored in is named."""
        receiver = self.state.signature(instance.unit).receiver
        is_script = instance.unit.file.facts.language in SCRIPTS
        return is_script and receiver >= 0 and node == instance.base + receiver

    def _is_stored(self, instance: Instance, node: int) -> bool:
        """Say whether a node is a field that something has been seen to be assigned to."""
        if not instance.unit.body.flags & BodyFlag.CLASS:
            return False
        state, owner = self.state, instance.method_of
        names = [name for name, value in instance.unit.body.names.items() if instance.base + value == node]
        objects = (*state.instances_of(owner), state.objects.intern(Kind.OPEN, owner))
        slots = [state.slots.get((item, name)) for item in objects for name in names]
        held = (item for slot in slots if slot is not None for item in state.engine.objects(slot))
        return any(not self._gaps.is_declared(item) for item in held)

    def _declare(self, node: int, is_receiver: bool, owner: int) -> None:
        objects = self.state.objects
        kind = objects.kinds[owner]
        if self._gaps.declare(node, owner):
            return
        if kind == Kind.CLASS:
            self.state.engine.add_one(node, objects.intern(Kind.OPEN, owner))
        elif kind == Kind.PROTOTYPE:
            is_class = objects.kinds[objects.firsts[owner]] == Kind.CLASS
            made = Kind.OPEN if is_class else Kind.INSTANCE
            self.state.engine.add_one(node, objects.intern(made, objects.firsts[owner]))
        elif kind in (Kind.CONTAINER, Kind.FUNCTION) or (is_receiver and kind in (Kind.INSTANCE, Kind.OPEN)):
            self.state.engine.add_one(node, owner)
        elif kind == Kind.EXTERNAL and objects.seconds[owner] != Language.PYTHON:
            self.state.engine.add_one(node, objects.intern(Kind.BAG, ("declared", node), objects.firsts[owner]))

    def _seed_function(self, instance: Instance, seeds: list[tuple[int, int]], flows: list[tuple[int, int]]) -> None:
        """A function that nobody is seen to call has its defaults, and an open instance of its class to work on."""
        if instance.called or instance.unit.file.library or self.state.contexts.is_copied(instance.unit):
            return
        instance.called = True
        state, signature = self.state, self.state.signature(instance.unit)
        for index, value in self._defaults_of(instance):
            maker = instance.parent
            if maker is not None and value >= 0:
                flows.append((maker.base + value, instance.base + instance.unit.body.params[index][2]))
        flags = instance.unit.body.flags
        if instance.method_of < 0 or flags & BodyFlag.STATIC:
            return
        receiver = signature.receiver
        if receiver < 0:
            receiver = signature.positional[0] if signature.positional else NOTHING
        if receiver >= 0 and not state.engine.holds(instance.base + receiver):
            owner = instance.method_of
            item = owner if flags & BodyFlag.CLASS_METHOD else state.objects.intern(Kind.OPEN, owner)
            seeds.append((instance.base + receiver, item))

    def _defaults_of(self, instance: Instance) -> tuple[tuple[int, int], ...]:
        function = self.state.objects.intern(Kind.FUNCTION, instance.unit, instance.parent)
        found = self.state.defaults.get(function)
        return found[1] if found else ()

    def _find_bags(self, instances: int) -> list[tuple[int, int]]:
        """Outside of Python, an object of unknown origin may call the functions it is given."""
        engine, objects = self.state.engine, self.state.objects
        found = []
        opened = self.state.opened[instances:]
        for instance in (*(() if instances else self.state.modules.values()), *opened):
            if instance.unit.file.facts.language == Language.PYTHON:
                continue
            for op in instance.unit.body.ops:
                node = _unknown_receiver(instance, op)
                if node >= 0 and not engine.holds(node) and self._is_given_functions(instance, op):
                    found.append((node, objects.intern(Kind.BAG, ("unknown", node), "")))
        return found

    def _is_given_functions(self, instance: Instance, op: Op) -> bool:
        kinds = self.state.objects.kinds
        callable_kinds = (Kind.FUNCTION, Kind.BOUND, Kind.PARTIAL)
        passed: set[int] = set()
        if op[0] == Code.CALL and instance.unit.file.facts.language in SCRIPTS:
            # `isArray(value)` of an unknown library is no reason to call whatever the value may be.
            passed = {value for _, _, value in instance.unit.body.params}
        return any(
            kinds[item] in callable_kinds
            for value in op[-5]
            if value >= 0 and value not in passed
            for item in self.state.engine.objects(instance.base + value)
        )


def _unknown_receiver(instance: Instance, op: Op) -> int:
    if op[0] in (Code.CALL_METHOD, Code.CALL) and op[2] >= 0 and not op[-1] & CallFlag.OWN:
        return instance.base + int(op[2])
    return NOTHING
