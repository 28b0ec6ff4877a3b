"""Java's code as facts: what is called under which name, what flows where, what is declared."""

import pytest

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Op, ParamKind


def calls_of(body):
    return [op[3] for op in body.ops if op[0] == Op.CALL_METHOD]


def ops_of(body, code):
    return [op[1:] for op in body.ops if op[0] == code]


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ("plain(1)", "plain/1"),
        ("many(1, 2, 3)", "many/*"),
        ("over(1)", "over/1(int)"),
        ('over("a")', "over/1(String)"),
        ("over('a')", "over/1(int)"),
        ("over(new A())", "over/1(Object)"),
        ("over(null)", "over/1(String)"),
        ("over(1 + 2L)", "over/1(Object)"),
        ('over("a" + 1)', "over/1(String)"),
        ("over((String) x)", "over/1(String)"),
        ("over(x ? 1 : 2)", "over/1(int)"),
        ("over(!x)", "over/1(Object)"),
        ("over(text())", "over/1(String)"),
        ("over(words[0])", "over/1(String)"),
        ("over(words.length)", "over/1(int)"),
        ("hidden()", "A#hidden/0()"),
        ("unseen(1, x)", "unseen/2"),
        ('unseen("a", 1)', "unseen/2(String,int)"),
        ("fun(() -> 1)", "fun/1(Runnable)"),
    ],
)
def test_a_call_names_the_overload_that_it_means(lower, body_of, call: str, key: str) -> None:
    """By number of arguments where that is enough, by their types where the file shows several."""
    facts = lower(
        f"""
        class A {{
            String[] words;
            void plain(int x) {{}}
            void many(int... xs) {{}}
            void over(int x) {{}}
            void over(String x) {{}}
            void over(Object x) {{}}
            void fun(Runnable r) {{}}
            void fun(String s) {{}}
            String text() {{ return ""; }}
            private void hidden() {{}}
            void m() {{ {call}; }}
        }}
        """
    )
    assert calls_of(body_of(facts, "A.m"))[-1] == key


def test_methods_are_stored_under_all_names_that_calls_may_use(lower) -> None:
    """By arity, by types, all of a name, and, of private ones, where no class below hides them."""
    facts = lower("class A { A(int x) {} private void f(String s) {} void f(int... x) {} static void g() {} }")
    names = next(body.names for body in facts.bodies if body.flags & BodyFlag.CLASS)
    assert {"<init>/1", "<init>/1(int)", "A#<init>/1(int)", "f/1", "A#f/1(String)", "f/*", "f/*(int[])", "f::"} <= set(
        names
    )


def test_this_is_the_receiver_and_parameters_are_declared(lower, body_of) -> None:
    """An instance method takes `this` from the call; a static one has none; a last `...` takes the rest."""
    facts = lower("class A { void m(A a, int... xs) {} static void s() {} abstract void n(); }")
    body = body_of(facts, "A.m")
    assert [kind for _, kind, _ in body.params] == [ParamKind.RECEIVER, ParamKind.NORMAL, ParamKind.STAR]
    assert len(ops_of(body, Op.INSTANCE)) == 1
    assert body_of(facts, "A.s").flags & BodyFlag.STATIC
    assert not body_of(facts, "A.s").params
    assert body_of(facts, "A.n").flags & BodyFlag.OVERLOAD


def test_new_is_a_call_of_the_class(lower, body_of) -> None:
    """A constructor's overload is named where several take as many arguments."""
    facts = lower("class A { A(int x) {} A(String x) {} static void m() { new A(1); new B(2); } }")
    made = ops_of(body_of(facts, "A.m"), Op.CALL)
    assert [op[-1] for op in made] == [CallFlag.NEW] * 2
    assert [op[4] for op in made] == [(("<init>/1(int)", NOTHING),), (("<init>/1(int)", NOTHING),)]


def test_constructors_call_what_is_above_them_then_initialise_fields(lower, body_of) -> None:
    """`super()` is called though it is not written, not before `this(...)`."""
    facts = lower("class A extends B { C c = make(); A() { go(); } A(int x) { this(); } C make() { return null; } }")
    first, second = (body for body in facts.bodies if body.flags & BodyFlag.CONSTRUCTOR)
    assert calls_of(first) == ["<init>/0", "make/0", "go/0"]
    assert calls_of(second) == ["A#<init>/0()"]


def test_variables_have_a_value_for_each_assignment(lower, body_of) -> None:
    """Straight-line code sees the last one, code after a branch any of them."""
    facts = lower("class A { void m(A a) { A x = new A(); x.f(); if (y) { x = a; } x.g(); } }")
    body = body_of(facts, "A.m")
    receivers = [op[2] for op in body.ops if op[0] == Op.CALL_METHOD]
    copied = {op[2] for op in body.ops if op[0] == Op.COPY and op[1] == receivers[1]}
    assert copied == {receivers[0], body.params[1][2]}


def test_inner_classes_keep_the_instance_around_them(lower, body_of) -> None:
    """A call of the outer class's method goes to that instance."""
    facts = lower("class A { void out() {} class B { void m() { out(); } } B make() { return new B(); } }")
    assert [op[1] for op in ops_of(body_of(facts, "A.make"), Op.SET_ATTR)] == ["this$0"]
    assert "this$0" in [op[2] for op in ops_of(body_of(facts, "A.B.m"), Op.ATTR)]


def test_imports_become_packages_and_their_members(lower) -> None:
    """A class is a member of its package, a nested one an attribute, a star import a star import."""
    facts = lower("import a.b.C; import a.b.*; import a.b.C.D; import static a.b.C.f; class X { void m() { f(1); } }")
    ops = facts.bodies[0].ops
    assert [op[2:4] for op in ops if op[0] == Op.IMPORT_FROM] == [("a.b.C", "C")] * 3
    assert [op[1] for op in ops if op[0] == Op.IMPORT_STAR] == ["a.b"]
    assert [op[3] for op in ops if op[0] == Op.ATTR] == ["D"]
    assert list(facts.bodies[0].names) == ["X"]


def test_routes_of_spring_and_jax_rs(lower) -> None:
    """A handler answers the class's path and its own, joined."""
    facts = lower(
        """
        @RestController @RequestMapping("/api")
        class A {
            @GetMapping("/users/{id}") void one() {}
            @RequestMapping(value = "/x", method = RequestMethod.POST) void two() {}
            @PostMapping void three() {}
        }
        @Path("/p") class B { @GET @Path("q") void four() {} @DELETE void five() {} }
        """
    )
    routes = [op[1:3] for body in facts.bodies for op in body.ops if op[0] == Op.ROUTE]
    assert routes == [
        ("GET", "/api/users/{id}"), ("POST", "/api/x"), ("POST", "/api"), ("GET", "/p/q"), ("DELETE", "/p"),
    ]  # fmt: skip


def test_a_lambda_of_an_interface_with_default_methods_is_an_object_of_it(lower, body_of) -> None:
    """Else a call of a default method would be taken for a call of the lambda."""
    facts = lower("interface R { void go(); default void twice() {} } class A { void m() { R r = () -> {}; } }")
    body = body_of(facts, "A.m")
    assert len(ops_of(body, Op.ADD_BASE)) == 1
    assert ops_of(body, Op.CALL)[0][-1] & CallFlag.IMPLICIT
