"""Whatever a file holds, it is lowered: nothing raises, nothing is lost in silence, nothing takes for ever."""

import marshal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tree_sitter import Parser

from yantra_bot.graphdb.facts import Op
from yantra_bot.graphdb.languages import java

DEEP = 10_000
PARSER = Parser(java.grammar(".java"))
PROGRAM = b"""
package a.b;
import java.util.*;
import static a.C.*;
@RestController
public class T<A extends Comparable<A>> extends Base<A> implements I, J<String> {
    private static final Map<String, Runnable> X = new HashMap<>();
    static { X.put("a", () -> go(1)); }
    { prepare(); }
    int[][] grid = {{1, 2}, {3}};
    T(int a, String... xs) { super(a); this.xs = xs; }
    @GetMapping("/x") <Q> List<Q> m(final Map<String, ? extends Foo> m, int[] k) throws E {
        for (Foo f : m.values()) { if (f instanceof Bar b && b.ok()) continue; else f.run(); }
        try (R r = open(); S s = r.next()) { r.read(); } catch (A | B e) { e.log(); } finally { close(); }
        int y = switch (o) { case Foo f when f.b() -> 1; case P(Foo x, var z) -> { yield x.n(); } default -> 0; };
        switch (y) { case 1: a(); break; default: b(); }
        Function<Foo, String> g = Foo::name; Supplier<Foo> h = Foo::new; Runnable q = super::go;
        Object o = (Runnable & I) () -> new Foo(1) { @Override void x() { T.this.m(null, k); } }.x();
        outer: while (true) { do { y += k[0]++; } while (y < 3); break outer; }
        synchronized (this) { assert y > 0 : "no"; throw new E("x" + y + f()); }
    }
    enum E { A(1) { void x() {} }, B; E(int... i) {} static E of() { return valueOf("A"); } }
    record R(Foo x, int y) implements I { R { check(x); } }
    interface Q { int C = f(); default void d() { I.super.d(); } static void s() {} void a(); }
    class Inner { class Deep { void n() { prepare(); } } }
}
"""


def lower(data: bytes):
    facts = java.lower("a/b/T.java", data, PARSER.parse(data))
    marshal.dumps([(body.ops, body.params, body.names) for body in facts.bodies])
    return facts


def check(facts) -> None:
    """Every value, body and symbol that is named exists."""
    for body in facts.bodies:
        assert body.owner < len(facts.symbols)
        assert all(-1 <= value < body.values for value in body.names.values())
        for op in body.ops:
            if op[0] == Op.OUTER:
                assert op[3] < facts.bodies[op[2]].values
            elif op[0] in (Op.CALL, Op.CALL_METHOD):
                assert all(-1 <= value < body.values for value in (op[1], op[2], *op[-5]))
    assert all(symbol.parent < index for index, symbol in enumerate(facts.symbols))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_is_lowered(data) -> None:
    """Cut, doubled, moved and foreign bytes: the facts are well formed."""
    source = bytearray(PROGRAM)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(source)))
        end = data.draw(st.integers(start, min(len(source), start + 200)))
        pieces = [b"", b"{", b"}", b"(", b"new ", b"\xff", b"->", b"::", b"class A {", bytes(source[start:end]) * 2]
        piece = data.draw(st.sampled_from(pieces))
        source[start:end] = piece
    check(lower(bytes(source)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_lowered(data: bytes) -> None:
    """Even what is no Java at all."""
    check(lower(data))


@pytest.mark.parametrize(
    ("before", "inside", "after"),
    [
        ("x = ", ("(", ")"), "1;"),
        ("", ("{", "}"), ""),
        ("", ("if (a) ", ""), "b();"),
        ("f(", ("() -> ", ""), "1);"),
        ("", ("f(", ")"), ";"),
        ("x = a", ("[0]", ""), ";"),
        ("x = ", ("a ? b : ", ""), "c;"),
        ("x = ", ("(A) ", ""), "y;"),
        ("x = ", ("new A(", ")"), ";"),
        ("x = ", ("switch (a) { default -> ", "; }"), "1;"),
        ("", ("try { ", "} finally {}"), ""),
        ("", ("new A() { void m() { ", "} };"), ""),
        ("", ("class A { void m() { ", "} }"), ""),
        ("", ("a = ", ""), "b;"),
        ("if (a instanceof ", ("P(", ")"), "var x) {}"),
    ],
)
def test_deep_nesting_is_cut_and_named(before: str, inside: tuple[str, str], after: str) -> None:
    """Ten thousand levels neither raise nor pass in silence."""
    deep = 2_000 if "{ void" in inside[0] else DEEP
    code = before + inside[0] * deep + after + inside[1] * deep
    facts = lower(f"class T {{ void m() {{ {code} }} void after() {{ f(); }} }}".encode())
    check(facts)
    assert {kind for kind, _ in facts.problems} & {"too deep", "syntax error"}


@pytest.mark.parametrize(
    "code", ["x = a" + " + f()" * DEEP, "f()" + ".b()" * DEEP, "if (a) b(); " + "else if (a) b(); " * DEEP]
)
def test_long_chains_are_not_deep(code: str) -> None:
    """Sums, chains of calls and of conditions are read to their ends."""
    facts = lower(f"class T {{ void m() {{ {code}; }} }}".encode())
    assert not facts.problems
    assert sum(op[0] == Op.CALL_METHOD for body in facts.bodies for op in body.ops) >= DEEP


def test_types_that_nest_too_deep_are_named() -> None:
    """The outer ones are kept."""
    facts = lower(b"class A { " * 500 + b"}" * 500)
    assert [kind for kind, _ in facts.problems] == ["too deep"]
    assert 20 < len(facts.symbols) < 100


def test_a_syntax_error_costs_one_place_only() -> None:
    """What stands beside it is kept, and the place is named."""
    facts = lower(b"class A {\n void one() { f( }\n void two() { g(); }\n}")
    assert facts.problems[0][0] == "syntax error"
    assert "two" in [symbol.name for symbol in facts.symbols]


def test_many_overloads_are_not_compared_with_each_other() -> None:
    """A generated file with thousands of them goes by the number of arguments."""
    members = "".join(f"void m(T{index} a) {{ m(null); }}" for index in range(300))
    facts = lower(f"class A {{ {members} }}".encode())
    assert {op[3] for body in facts.bodies for op in body.ops if op[0] == Op.CALL_METHOD} == {"m/1"}


def test_many_constructors_share_the_initialisers() -> None:
    """Fields times constructors stay bounded."""
    fields = "".join(f"int f{index} = g();" for index in range(200))
    makers = "".join(f"A({', '.join(f'int a{one}' for one in range(index))}) {{}}" for index in range(100))
    facts = lower(f"class A {{ {fields} {makers} }}".encode())
    assert sum(op[0] == Op.CALL_METHOD for body in facts.bodies for op in body.ops) < 1_000


def test_an_empty_file_is_a_module() -> None:
    """Nothing in it, nothing wrong with it."""
    facts = lower(b"")
    assert [symbol.kind for symbol in facts.symbols] == ["module"]
    assert not facts.problems
