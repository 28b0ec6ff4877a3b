"""Which symbols a file has: names, kinds, places, documentation, hashes."""

import pytest

from yantra_bot.graphdb.facts import place


def test_functions_are_named_by_what_they_are_stored_in(lower) -> None:
    """A function takes the name of its variable, its member or its key; only one without any is a lambda."""
    found = lower("""
        function plain() { function inner() {} }
        const arrow = () => 1;
        exports.given = function () {};
        Plain.prototype.method = function () {};
        function Plain() { this.own = () => 1; }
        const object = { key: function () {}, short() {}, get read() { return 1; } };
        run(() => 1, function named() {});
        run(x => x);
    """)
    assert found.names() == [
        "function plain",
        "function Plain",
        "function arrow",
        "function given",
        "function Plain.method",
        "variable object",
        "function object.key",
        "function object.short",
        "function object.read",
        "lambda <lambda1>",
        "function named",
        "lambda <lambda2>",
        "function plain.inner",
        "function Plain.own",
    ]


def test_classes_have_methods_and_fields(lower) -> None:
    """Methods, accessors, private names and fields are members of their class, functions in fields are methods."""
    found = lower("""
        class A extends B {
          #secret = 1;
          handler = () => this.#secret;
          static make() {}
          get size() { return 1; }
          [Symbol.iterator]() {}
          constructor() { super(); this.late = 1; }
        }
    """)
    assert found.names() == [
        "class A",
        "variable A.#secret",
        "method A.handler",
        "method A.make",
        "method A.size",
        "method A.[Symbol.iterator]",
        "method A.constructor",
        "variable A.late",
    ]
    assert found.symbol("#secret").visibility == "private"


def test_typescript_has_types_enumerations_and_namespaces(lower) -> None:
    """Interfaces, aliases and enumerations are types; a namespace is a module inside."""
    found = lower(
        """
        interface I { x: number; m(): void }
        type A = I | null;
        type O = { y: I };
        enum E { One, Two = 2 }
        namespace N { export const v = 1; export function f(): void {} }
        abstract class C { protected abstract m(): void; constructor(private readonly p: I) {} }
        declare function d(): I;
        """,
        "main.ts",
    )
    assert sorted(found.names()) == sorted(
        [
            "type I",
            "type A",
            "type O",
            "type E",
            "variable E.One",
            "variable E.Two",
            "module N",
            "variable N.v",
            "function N.f",
            "class C",
            "method C.m",
            "method C.constructor",
            "variable C.p",
            "function d",
            "variable I.x",
            "method I.m",
            "variable O.y",
        ]
    )
    assert (found.symbol("m").visibility, found.symbol("p").visibility) == ("public", "private")


def test_a_symbol_has_its_place_signature_and_documentation(lower) -> None:
    """The comment before a declaration documents it; tags and plain comments do not."""
    found = lower("""
/**
 * Adds numbers.
 *
 * @param a first
 */
export const add = (a, b = 1) => a + b;
// no documentation
function bare(
  x,
) {}
class K {
  /** Does it. */
  run() {}
}
""")
    add = found.symbol("add")
    assert (add.line, add.column, add.end_line) == (7, 13, 7)
    assert place(add.name_site) == (7, 13)
    assert (add.signature, add.docstring) == ("add = (a, b = 1) =>", "Adds numbers.")
    assert (found.symbol("bare").signature, found.symbol("bare").docstring) == ("function bare(x)", "")
    assert found.symbol("run").docstring == "Does it."


def test_layout_and_comments_do_not_change_a_hash(lower) -> None:
    """Another formatting is the same code; another string is not."""
    first = lower("function f(a) { /* x */ return [a, 'a b'] }\nfunction g() {}")
    second = lower("// new\nfunction f( a ) {\n  return [ a, 'a b' ]\n}\nfunction g() { }")
    third = lower("function f(a) { return [a, 'a  b'] }\nfunction g() {}")
    assert first.symbol("f").content_hash == second.symbol("f").content_hash != third.symbol("f").content_hash
    assert first.symbol("g").content_hash == third.symbol("g").content_hash
    assert len(first.symbol("f").content_hash) == 16


def test_a_change_inside_changes_the_hashes_around(lower) -> None:
    """What is nested counts for what it is nested in, and for nothing beside it."""
    first = lower("class A { m() { return 1 } n() {} }")
    second = lower("class A { m() { return 2 } n() {} }")
    changed = [
        one.name
        for one, other in zip(first.facts.symbols, second.facts.symbols, strict=True)
        if one.content_hash != other.content_hash
    ]
    assert changed == ["A", "m"]


def test_what_a_module_does_not_export_is_private(lower) -> None:
    """In an ES module only exported names are public; in a script all are, but those with an underscore."""
    module = lower("export function a() {}\nfunction b() {}\nconst c = 1;\nexport { c as d };")
    script = lower("function a() {}\nfunction _b() {}")
    assert [one.visibility for one in module.facts.symbols[1:]] == ["public", "private", "public"]
    assert [one.visibility for one in script.facts.symbols[1:]] == ["public", "private"]


@pytest.mark.parametrize("path", ["a.test.ts", "src/a.spec.js", "pkg/__tests__/a.js"])
def test_blocks_of_test_runners_are_tests(lower, path: str) -> None:
    """The function given to `it` or `test` is a test and is documented by its title."""
    found = lower("describe('sum', () => { it('adds', () => {}); test.each([1])('each', () => {}); })", path)
    assert found.names()[:2] == ["lambda <lambda1>", "test <lambda1>.<lambda1>"]
    assert [one.docstring for one in found.facts.symbols[1:3]] == ["sum", "adds"]


def test_elsewhere_they_are_ordinary_calls(lower) -> None:
    """A function called `it` is no test runner outside of test files."""
    assert lower("it('adds', () => {})", "src/it.js").names() == ["lambda <lambda1>"]


def test_decorators_are_kept_as_written(lower) -> None:
    """The text after the sign, for classes, methods and fields."""
    found = lower("@a @b({x: 1}) class C { @c m() {} @d() f = 1; }", "main.ts")
    assert found.symbol("C").decorators == ("a", "b({x: 1})")
    assert (found.symbol("m").decorators, found.symbol("f").decorators) == (("c",), ("d()",))


def test_required_names_are_imports(lower) -> None:
    """`require` binds imports as `import` does."""
    found = lower("const a = require('a');\nconst { b, c: d } = require('./b');\nconst e = require('e').e;")
    assert found.names() == ["import a", "import b", "import d", "import e"]
