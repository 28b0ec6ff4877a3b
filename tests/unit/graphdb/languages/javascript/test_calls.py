"""Calls and values: what is lowered to which instruction."""

import pytest

from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Op, ParamKind, place


def test_a_call_stands_where_its_last_name_stands(lower) -> None:
    """The site of `a.b.c()` is that of `c`."""
    found = lower("a.b.c(); new x.Y(); f();")
    assert place(found.ops(Op.CALL_METHOD)[0][3]) == (1, 4)
    assert [place(op[2]) for op in found.ops(Op.CALL)] == [(1, 15), (1, 20)]


def test_the_results_nobody_asks_for_are_not_kept(lower) -> None:
    """A call as a statement has no value."""
    found = lower("f(); const x = f();")
    assert [op[0] == NOTHING for op in found.ops(Op.CALL)] == [True, False]


def test_plain_values_at_the_end_are_no_arguments(lower) -> None:
    """What can be no key and no object is not passed."""
    found = lower("f(g, 1.5, null); f('key', true); f('x'.repeat(2) + 1)")
    assert [len(op[3]) for op in found.ops(Op.CALL)] == [1, 1, 0]


def test_spread_arguments_are_a_star(lower) -> None:
    """Those behind a spread may land anywhere."""
    found = lower("f(a, ...b); f(...b, c);  f(...a, ...b)")
    stars = [op[5] for op in found.ops(Op.CALL)]
    assert NOTHING not in stars
    assert len(found.ops(Op.SPREAD)) == 3


def test_a_tag_is_called_with_the_values_of_its_template(lower) -> None:
    """The strings come first."""
    found = lower("tag`a${x}b${y}`")
    assert [len(op[3]) for op in found.ops(Op.CALL)] == [3]


@pytest.mark.parametrize("call", ["a['b']()", "a[`b`]()", "const k = 'b'; a[k]()", "a[('b')]()", "a?.b?.()"])
def test_a_constant_key_is_a_name(lower, call: str) -> None:
    """However the method is written, it is called by its name."""
    assert [op[2] for op in lower(call).ops(Op.CALL_METHOD)] == ["b"]


def test_an_unknown_key_may_be_any(lower) -> None:
    """A number is an element; anything else any element."""
    found = lower("a[i](); a[0](); a['7']();")
    assert [op[2] for op in found.ops(Op.ITEM)] == [None, 0, 7]


def test_super_is_seen_from_the_class(lower) -> None:
    """`super(…)` calls the constructor that follows in the receiver's order."""
    found = lower("class A extends B { constructor() { super(1); super.m(); } }")
    assert [op[2] for op in found.ops(Op.CALL_METHOD, "constructor")] == ["constructor", "m"]
    assert len(found.ops(Op.SUPER, "constructor")) == 2


def test_constructing_is_marked(lower) -> None:
    """`new` makes an instance, of a function as well."""
    assert [op[-1] for op in lower("new F(); F();").ops(Op.CALL)] == [CallFlag.NEW, CallFlag.NONE]


def test_arguments_are_all_of_them(lower) -> None:
    """`arguments` of a function without parameters is what it is given, at its places."""
    body = lower("function f() { return arguments[1]; }").body("f")
    assert ParamKind.STAR in [kind for _, kind, _ in body.params]
    found = lower("function f(a, b) { return arguments; }")
    assert len(found.ops(Op.NEW, "f")[0][2]) == 2


def test_what_a_function_is_given_back(lower) -> None:
    """A parameter's own value is returned by its number, `this` as well."""
    found = lower("function f(a, b) { return b; } class A { m() { return this; } }")
    params = found.body("f").params
    assert [params[index][0] for (index,) in found.ops(Op.RETURN_PARAM, "f")] == ["b"]
    assert [found.body("m").params[index][0] for (index,) in found.ops(Op.RETURN_PARAM, "m")] == ["this"]


def test_flags_say_what_a_function_is(lower) -> None:
    """Arrow, generator, asynchronous, static, accessor, constructor."""
    found = lower("""
        const a = async () => 1; function* g() {} async function* h() {}
        class C { static s() {} get p() { return 1; } constructor() {} async *i() {} }
    """)
    flags = {found.facts.symbols[body.owner].name: body.flags for body in found.facts.bodies}
    assert flags["a"] & (BodyFlag.ARROW | BodyFlag.ASYNC) == BodyFlag.ARROW | BodyFlag.ASYNC
    assert flags["g"] & BodyFlag.GENERATOR
    assert not flags["g"] & BodyFlag.ASYNC
    assert flags["h"] & BodyFlag.GENERATOR
    assert flags["h"] & BodyFlag.ASYNC
    assert flags["s"] & BodyFlag.CLASS_METHOD
    assert flags["p"] & BodyFlag.PROPERTY
    assert flags["constructor"] & BodyFlag.CONSTRUCTOR
    assert flags["i"] & BodyFlag.GENERATOR


def test_objects_have_keys(lower) -> None:
    """Names, strings, numbers, computed constants, short forms; a spread keeps what it has."""
    found = lower("const k = 'key'; const o = { a: f, 'b': f, 3: f, [k]: f, f, ...g, set s(v) {}, [h()]: f };")
    ((_, kind, entries),) = found.ops(Op.NEW)
    assert kind == "object"
    assert [key for key, _ in entries] == ["a", "b", 3, "key", "f", "s.setter", None]
    assert len(found.ops(Op.SPREAD)) == 1


def test_long_tables_of_data_cost_little(lower) -> None:
    """Rows of numbers and strings are not kept, a function among them is."""
    found = lower("const t = [" + "[1, 'a'], " * 500 + "() => f()];")
    assert len(found.ops(Op.NEW)) == 1
    assert found.ops(Op.NEW)[0][2] == ((500, found.ops(Op.FUNC)[0][0]),)


def test_patterns_take_values_apart(lower) -> None:
    """Names, nested patterns, defaults, rests and holes."""
    found = lower("const { a, b: { c }, d = f, ...e } = x; const [g, , [h], ...i] = y; ({ j: o.k, l } = x);")
    assert [op[2] for op in found.ops(Op.ATTR)] == ["a", "b", "c", "d", "j", "l"]
    assert [op[2] for op in found.ops(Op.UNPACK)] == [0, 2, 0]
    assert [op[1] for op in found.ops(Op.NEW)] == ["object", "array"]


def test_makers_of_objects_are_known(lower) -> None:
    """`Object.create`, `assign`, `freeze`, `setPrototypeOf`, `defineProperty`, and helpers of compilers."""
    found = lower("""
        const a = Object.create(p); const b = Object.assign({}, a, p); Object.setPrototypeOf(a, b);
        Object.freeze(a).x(); Object.defineProperty(a, 'k', { value: p }); Object.defineProperty(a, 'g', { get: p });
        util.inherits(A, B); __exportStar(require('./m'), exports);
    """)
    assert found.ops(Op.NEW)[0][2][0][0] == "__proto__"
    assert [op[1] for op in found.ops(Op.SET_ATTR)][:3] == ["__proto__", "k", "g.getter"]
    assert len(found.ops(Op.SPREAD)) == 3


def test_the_global_object_is_transparent(lower) -> None:
    """`window.f()` is `f()`, and what is stored into it is a name of the file."""
    found = lower("window.f = g; window.f(); globalThis.h();")
    assert sorted(op[1] for op in found.ops(Op.FREE)) == ["g", "h"]
    assert len(found.ops(Op.CALL)) == 2


def test_components_are_called(lower) -> None:
    """An element with a capital letter is a call with its properties; others only hold expressions."""
    found = lower("const x = <A b={f} c='s' {...d}><div e={g()} /><B.C /></A>;", "main.jsx")
    assert len([op for op in found.ops(Op.CALL) if op[3]]) == 2
    assert [op[2] for op in found.ops(Op.CALL_METHOD)] == ["render", "render"]
    assert found.ops(Op.NEW)[-1][2][0][0] == "b"


def test_mentioned_names_are_used(lower) -> None:
    """Once a body: what is named and not called, of this file by its symbol, of another by its value."""
    found = lower("import { a } from './a'; function f() {} const v = 1; function g() { return [a, f, f, v]; }")
    assert [found.facts.symbols[op[0]].name for op in found.ops(Op.USES, "g")] == ["f", "v"]
    assert [op[1] for op in found.ops(Op.REF, "g")] == ["a"]


def test_removed_attributes_and_yields_are_kept(lower) -> None:
    """`delete`, `yield`, `yield*`, `await` and iteration have their instructions."""
    found = lower("async function* f(a) { delete a.b; yield a; yield* a; await a; for await (const x of a) { x(); } }")
    assert [op[1] for op in found.ops(Op.DELETE_ATTR, "f")] == ["b"]
    assert len(found.ops(Op.YIELD, "f")) == 2
    assert len(found.ops(Op.AWAIT, "f")) == 2
    assert len(found.ops(Op.ITER, "f")) == 2


def test_this_may_be_what_a_function_was_stored_in(lower) -> None:
    """As a supposition, where it is used at all."""
    found = lower("const o = { m() { this.n(); }, n() {} };")
    (made,) = found.ops(Op.NEW)
    ((_, owner),) = found.ops(Op.INSTANCE, "m")
    assert found.ops(Op.OUTER, "m") == [(owner, 0, made[0])]
    assert found.ops(Op.INSTANCE, "n") == []


def test_decorators_are_called_with_what_they_decorate(lower) -> None:
    """A class, or a method with its descriptor."""
    found = lower("function d(x) { return x; } @d class A { @d m() {} }", "main.ts")
    assert [op[-1] for op in found.ops(Op.CALL)] == [CallFlag.DECORATOR]
    assert [op[-1] for op in found.ops(Op.CALL, "A")] == [CallFlag.DECORATOR]
    assert found.ops(Op.NEW, "A")[0][2][0][0] == "value"


def test_inheriting_by_a_call_continues_a_prototype(lower) -> None:
    """`inherits` of node and `__extends` of compilers."""
    found = lower("util.inherits(A, B); __extends(C, D); inherits(A); function A() {} function B() {}")
    assert [op[1] for op in found.ops(Op.SET_ATTR)] == ["__proto__", "__proto__"]


@pytest.mark.parametrize(
    "call",
    [
        "Object.create()",
        "Object.assign()",
        "Object.assign(...a)",
        "Object.setPrototypeOf(a)",
        "Object.freeze(a, b)",
        "Object.defineProperty(a)",
        "Object.keys(a)",
        "Reflect.ownKeys(a)",
        "__exportStar(a)",
        "require()",
        "import(a)",
    ],
)
def test_odd_uses_of_known_calls_are_ordinary(lower, call: str) -> None:
    """With other arguments than usual nothing special is seen, and nothing breaks."""
    found = lower(call)
    assert found.ops(Op.SET_ATTR) == []
    assert found.ops(Op.SPREAD) == []


@pytest.mark.parametrize(
    ("written", "stored"),
    [("a.b", "b"), ("a['b']", "b"), ("(a.b)", "b"), ("a!.b", "b"), ("a[0]", 0), ("a[k]", None)],
)
def test_assignments_reach_their_target(lower, written: str, stored: str | int | None) -> None:
    """However it is written."""
    found = lower(f"{written} = function () {{}}; {written} ??= () => 1; {written} += 1;", "main.ts")
    named = [op[1] for op in found.ops(Op.SET_ATTR)]
    placed = [op[1] for op in found.ops(Op.SET_ITEM)]
    assert named + placed == [stored, stored]


def test_sums_and_comparisons_hold_nothing(lower) -> None:
    """Their sides are lowered for what they call."""
    found = lower("const x = f() + g() + 'a' < -h(); !i(); x(); `${j()}`;")
    assert len(found.ops(Op.CALL)) == 5
