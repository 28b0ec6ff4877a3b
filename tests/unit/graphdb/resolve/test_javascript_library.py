"""What JavaScript's library does with functions, promise by promise."""

from pathlib import Path

import pytest

from yantra_bot.domain.graph import EdgeKind, Graph
from yantra_bot.graphdb.indexer import Indexer

FUNCTIONS = "function a() {} function b() {} function make() { return a; }\n"


def build(folder: Path, source: str, name: str = "main.js") -> Graph:
    """Return the graph of one file."""
    (folder / name).write_text(FUNCTIONS + source)
    return Indexer(folder, processes=1).build()


def calls(graph: Graph) -> set[tuple[str, str]]:
    """Return who calls whom, by the names behind the module's."""
    names = {symbol.key: symbol.qualified_name.removeprefix("main.") for symbol in graph.symbols}
    return {(names[one.source], names[one.target]) for one in graph.edges if one.kind is EdgeKind.CALLS}


@pytest.mark.parametrize(
    "expression",
    [
        "[a].map((x) => x)[0]()",
        "[a].flatMap((x) => [x])[0]()",
        "[a].filter((x) => true)[0]()",
        "[a].find((x) => true)()",
        "[1].reduce((x, y) => x, a)()",
        "[[a]].flat()[0]()",
        "[a].sort((x, y) => 1)[0]()",
        "[a].splice(0, 1)[0]()",
        "[].concat([a], b2)[0]()",
        "[a].values().next().value()",
        "[a].entries().next().value[1]()",
        "Array.of(a)[0]()",
        "new Array(a)[0]()",
        "Array.from(new Set([a]))[0]()",
        "Array.from([1], make)[0]()",
        "new Map([['k', a]]).get('k')()",
        "new Map().set('k', a).get('k')()",
        "[...new Map([['k', a]])][0][1]()",
        "[...new Map([['k', a]]).values()][0]()",
        "new Map().getOrInsert('k', a)()",
        "new Map().getOrInsertComputed('k', make)()",
        "new Set().add(a).values().next().value()",
        "Object.values({ k: a })[0]()",
        "Object.entries({ k: a })[0][1]()",
        "Object.fromEntries([['k', a]]).k()",
        "Object.assign({}, { k: a }).k()",
        "Reflect.apply(a, null, [])",
        "Reflect.construct(a, [])",
        "structuredClone({ k: a }).k()",
        "[].slice.call([a])[0]()",
        "Array.prototype.slice.apply([a])[0]()",
        "[].slice.bind([a])()[0]()",
        "require('util').promisify(a)()",
        "useCallback(a, [])()",
        "({ k: a }).valueOf().k()",
        "(function* () { yield a; })().next().value()",
        "[...(function* () { yield a; })()][0]()",
        "setTimeout((f) => f(), 1, a)",
        "process.nextTick((f) => f(), a)",
        "JSON.parse('', a)",
        "'x'.replace('x', a)",
        "Promise.resolve(a).then((f) => f())",
        "Promise.reject(1).catch(make).then((f) => f())",
        "Promise.resolve(1).finally(a)",
        "new Promise((done) => done(a)).then((f) => f())",
        "new Promise(async (done) => done(Promise.resolve(a))).then((f) => f())",
        "Promise.all([a]).then(([f]) => f())",
        "Promise.allSettled([a]).then(([f]) => f.value())",
        "Promise.race([a]).then((f) => f())",
        "Promise.try(make).then((f) => f())",
        "(async () => a)().then((f) => f())",
        "(async (f) => f)(a).then((f) => f())",
        "(async function* () { yield a; })().next().then((step) => step.value())",
        "(function* () { yield a; })().map((f) => f())",
        "const m = new Map([['k', a]]); m.forEach((f) => f())",
        "const m = new Map([[a, 1]]); m.forEach((x, key) => key())",
        "const m = new Map([[a, 1]]); [...m.keys()][0]()",
        "const m = new Map([['k', a]]); for (const [k, f] of m.entries()) f()",
        "const m = new Map(); m.set(1.5, a); m.get(key)()",
        "const m = new Map(); m.set(m, a); m.get(m)()",
        "const xs = []; xs.push(...[a]); xs.pop()()",
        "const xs = []; xs.splice(0, 0, a); xs[0]()",
        "[].concat(...[[a]])[0]()",
        "[a].concat([b])[0]()",
        "[1].fill(a)[0]()",
        "[1].with(0, a)[0]()",
        "[a].reverse()[0]()",
        "[a].slice()[0]()",
        "[a].toSorted((x, y) => x)[0]()",
        "[1].reduce((x, y) => y)(), [a].reduce((x, y) => y)()",
        "[].push.bind([])(a); a()",
        "const xs = []; [].push.apply(xs, [a]); xs[0]()",
        "const e = lib(); e.items.push(a); e.items.forEach((f) => f())",
        "const e = lib(); e.set('k', a); e.get('k')()",
        "const e = lib(); e.add(a).pop()()",
        "lib().then(make).then((f) => f())",
        "lib().replace(/x/, a)",
        "lib().on('k', ...[a])",
        "lib(a)",
        "lib()(a)",
        "lib().map((x) => a)[0]()",
        "require('lodash').extend({}, { k: a }).k()",
        "require('lodash').once(a)()",
        "function F() {} F.prototype.go = a; Object.getPrototypeOf(new F()).go()",
        "const o = Object.create({ go: a }); Object.getPrototypeOf(o).go()",
        "function F() {} Object.setPrototypeOf(F, { go: a }); F.go()",
        "class C {} Object.values(Object.assign(C, { go: a }))[0]()",
        "Array.fromAsync([a])[0]()",
        "import('./x').then(a)",
        "const o = {}; o.go = a; const p = Object.create(Object.create(o)); p.go()",
        "a.call(null); a.apply(null, []); a.bind(null)()",
        "const f = function () {}; f.go = a; f.go()",
    ],
)
def test_functions_come_out_of_where_they_were_put(tmp_path: Path, expression: str) -> None:
    """What is taken out of a container, a promise or a copy is what was put into it."""
    found = calls(build(tmp_path, f"{expression};"))
    assert any(target == "a" for _, target in found)


@pytest.mark.parametrize(
    "expression",
    [
        "[b].includes(a)",
        "[b].push(a)",
        "[b].indexOf(a)",
        "const o = {}; o.x = a; const r = o.unknown(); r()",
        "new Map([['k', a], ['l', b]]).get('l')()",
        "Boolean(a)",
        "String(a)",
        "unknown.removeListener('x', a)",
        "unknown.push(a)",
        "/x/.test(a)",
        "require('lodash').debounce(a)",
        "document.body.contains(a)",
    ],
)
def test_functions_are_not_called_by_what_only_looks_or_keeps(tmp_path: Path, expression: str) -> None:
    """No edge is made up where a function is asked about, stored or wrapped."""
    found = calls(build(tmp_path, f"{expression};"))
    assert not any(target == "a" for _, target in found)


def test_callbacks_do_not_call_each_other(tmp_path: Path) -> None:
    """A container, and an object of the outside, never gives a callback to another callback."""
    source = (
        "const xs = [1], e = lib(); xs.forEach((f) => f()); xs.map((g) => g()); e.on((f) => f()); e.on((g) => g());"
    )
    found = calls(build(tmp_path, source))
    assert not {pair for pair in found if "<lambda" in pair[0]}


def test_objects_of_outside_classes_name_their_methods(tmp_path: Path) -> None:
    """The method of an object that a class of a package makes is named, and calls what it is given."""
    found = calls(build(tmp_path, "const { Bus } = require('bus'); const x = new Bus(); x.on('k', a);"))
    assert {("main", "bus.Bus.on"), ("main", "a")} <= found


def test_default_of_a_package_is_the_package(tmp_path: Path) -> None:
    """`import _ from 'lodash'` and `_.map` name `lodash.map`."""
    found = calls(build(tmp_path, "import _ from 'lodash'; _.map([1], a); _();"))
    assert {("main", "lodash.map"), ("main", "lodash"), ("main", "a")} <= found


def test_declared_types_speak_where_only_the_outside_did(tmp_path: Path) -> None:
    """A cast of what the outside gives is believed; TypeScript's declared promises are waited for."""
    source = "class N { go() {} }\n(lib.load() as N).go();"
    assert ("main", "N.go") in calls(build(tmp_path, source, "main.ts"))


def test_new_of_a_member_makes_an_instance(tmp_path: Path) -> None:
    """`new space.F()` gives an instance of F, not what F is stored in."""
    source = (
        "const space = {}; space.F = function () { this.go(); }; space.F.prototype.go = function () {}; new space.F();"
    )
    assert any(target.endswith("go") for _, target in calls(build(tmp_path, source)))


def test_parameters_that_are_called_have_their_names_where_nothing_is_found(tmp_path: Path) -> None:
    """An unresolved call of a parameter, from within or from an inner function, carries its name."""
    graph = build(tmp_path, "function run(callback) { callback(); return () => callback(); }")
    assert {one.name for one in graph.unresolved} == {"callback"}


def test_crowded_calls_are_candidates_alone(tmp_path: Path) -> None:
    """A place that a dozen functions may be called at has no edge, but candidates."""
    members = ", ".join(f"f{number}() {{}}" for number in range(12))
    graph = build(tmp_path, f"const table = {{ {members} }}; table[unknown]();")
    assert not any(target.startswith("table.f") for _, target in calls(graph))
    assert any(one.candidates for one in graph.unresolved)


def test_counters_are_no_constant_keys(tmp_path: Path) -> None:
    """`xs[i]` is any element where `i++` stands in the loop, also of `arguments`."""
    source = "function run() { for (var i = 0; i < 2; i++) { arguments[i](); } } run(a, b);"
    assert {("run", "a"), ("run", "b")} <= calls(build(tmp_path, source))


def test_a_mixin_tells_its_calls_apart(tmp_path: Path) -> None:
    """`extend` as old libraries write it copies each call's members to that call's target."""
    source = """
        function extend() {
          var options, name, target = arguments[0] || {}, i = 1;
          if (typeof target === "boolean") { target = arguments[i] || {}; i++; }
          if (i === arguments.length) { target = this; i--; }
          for (; i < arguments.length; i++) {
            options = arguments[i];
            for (name in options) { target[name] = extend(true, {}, options[name]); target[name] = options[name]; }
          }
          return target;
        }
        var first = extend({}, { run: a }), second = extend({}, { run: b });
        function useFirst() { first.run(); }
    """
    found = calls(build(tmp_path, source))
    assert ("useFirst", "a") in found
    assert ("useFirst", "b") not in found
    assert ("extend", "extend") in found
