"""What a module gives to others, and what it takes."""

from yantra_bot.graphdb.facts import Op


def test_an_es_module_has_the_names_it_exports(lower) -> None:
    """Declarations, lists, defaults and re-exports; nothing else."""
    found = lower("""
        import d, { e as f } from './x';
        import * as ns from './y';
        import './z';
        export const a = 1, [b] = d;
        function hidden() {}
        export { hidden as shown, later };
        export { q, default as r } from './q';
        export * as all from './all';
        export * from './star';
        export default class {}
        function later() {}
    """)
    body = found.body()
    assert sorted(body.names) == ["a", "all", "b", "default", "later", "q", "r", "shown"]
    assert sorted(body.exports or []) == ["a", "all", "b", "later", "q", "r", "shown"]
    assert [op[1] for op in found.ops(Op.IMPORT)] == ["./y", "./z", "./all"]
    assert [op[1:3] for op in found.ops(Op.IMPORT_FROM)] == [
        ("./x", "default"),
        ("./x", "e"),
        ("./q", "q"),
        ("./q", "default"),
    ]
    assert [op[0] for op in found.ops(Op.IMPORT_STAR)] == ["./star"]


def test_a_script_has_the_names_of_its_outermost_block(lower) -> None:
    """They are globals."""
    assert sorted(lower("function f() {} const x = f; { let y = f; } window.z = f;").body().names) == ["f", "x", "z"]


def test_a_commonjs_module_is_what_it_assigns(lower) -> None:
    """`module.exports` is one value; `exports` is the object that it is first."""
    found = lower("exports.a = f; function f() {}")
    (made,) = found.ops(Op.NEW)
    assert found.body().names == {"module.exports": made[0], "default": made[0]}
    assert found.ops(Op.SET_ATTR)[0][:2] == (made[0], "a")
    found = lower("function f() {} module.exports = f; module.exports.extra = f;")
    assert found.ops(Op.NEW) == []
    assert found.ops(Op.SET_ATTR)[0][:2] == (found.body().names["module.exports"], "extra")


def test_both_names_of_the_exports_may_be_assigned_at_once(lower) -> None:
    """`exports = module.exports = x` lets both be x."""
    found = lower("exports = module.exports = make(); exports.a = make;")
    assert found.ops(Op.SET_ATTR)[0][0] == found.body().names["module.exports"]


def test_exports_assigned_in_a_function_are_the_modules(lower) -> None:
    """As in wrappers for several loaders."""
    found = lower("(function (f) { if (typeof module === 'object') module.exports = f(); })(g);")
    ((body, cell, _),) = found.ops(Op.SET_OUTER, "<lambda1>")
    assert (body, cell) == (0, found.body().names["module.exports"])


def test_a_parameter_called_module_is_no_loader(lower) -> None:
    """Only the free name is the loader's."""
    assert "module.exports" not in lower("function f(module) { module.exports = 1; } f({});").body().names


def test_a_default_of_a_compiled_module_is_found(lower) -> None:
    """A file that may set `default` gives its default import both values."""
    names = lower("exports.default = f; function f() {}").body().names
    assert names["default"] != names["module.exports"]


def test_typescript_writes_it_its_own_way(lower) -> None:
    """`import x = require(…)` and `export = x`."""
    found = lower("import x = require('y'); export = x;", "main.ts")
    assert found.ops(Op.IMPORT)[0][:2] == (found.body().names["module.exports"], "y")


def test_requiring_is_importing(lower) -> None:
    """With a constant name only; a computed one is an ordinary call."""
    found = lower("const a = require('./a'); require(`./b`).run(); require(name);")
    assert [op[1] for op in found.ops(Op.IMPORT)] == ["./a", "./b"]
    assert [op[1] for op in found.ops(Op.FREE)][-1:] == ["name"]


def test_awaiting_a_dynamic_import_gives_the_module(lower) -> None:
    """Without await it is a promise of it."""
    found = lower("const a = await import('./a'); import('./b').then(f);", "main.mjs")
    assert [op[1] for op in found.ops(Op.IMPORT)] == ["./a", "./b"]
    assert [op[1:] for op in found.ops(Op.NEW)] == [("promise", ((None, found.ops(Op.IMPORT)[1][0]),))]


def test_a_namespace_gives_what_it_exports(lower) -> None:
    """Its other names are its own."""
    found = lower("namespace N { export const a = f; function b() {} export function f() {} }", "main.ts")
    assert sorted(found.body("N").names) == ["a", "f"]


def test_an_asynchronous_loader_gives_modules_to_a_function(lower) -> None:
    """What the function gives is the module; the loader's own names are none."""
    found = lower("define('me', ['./a', 'exports', './b'], function (a, e, b) { return a; }); define(f);")
    assert [op[1] for op in found.ops(Op.IMPORT)] == ["./a", "./b"]
    (first, *_) = found.ops(Op.CALL)
    assert first[3] == (found.ops(Op.IMPORT)[0][0], -1, found.ops(Op.IMPORT)[1][0])
    assert found.body().names["module.exports"] == first[0]


def test_an_export_inside_of_a_function_exports_nothing(lower) -> None:
    """It is a mistake; what it holds is read all the same."""
    found = lower("function f() { export default g(); export const h = 1; export * from './x'; }")
    assert list(found.body().names) == ["f"]
    assert len(found.ops(Op.CALL, "f")) == 1
