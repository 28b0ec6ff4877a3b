"""Calls, operators, containers, strings, comprehensions, patterns."""

import pytest

from tests.unit.graphdb.languages.python.dump import dump, ops, read
from yantra_bot.graphdb.facts import NOTHING, CallFlag, Op, place


def methods(source: str, name: str = "main") -> list[str]:
    """Return the names of the methods that are called in a body."""
    return [op[2] for op in ops(read(source), Op.CALL_METHOD, name)]


def test_arguments_keep_their_positions_and_names() -> None:
    """What is written out behind a star is spread in; what is not known is unpacked."""
    facts = read("def f(): pass\nf(f, *[f, 1], k=f, n=None)\nf(*f, f, **f)\n")
    first, second = ops(facts, Op.CALL)
    one = ops(facts, Op.CONST)[0][0]
    assert first[3:7] == ((0, 0, one), (("k", 0),), NOTHING, NOTHING)
    assert second[3] == ()
    assert min(second[5], second[6]) >= 0


def test_the_place_of_a_call_is_its_last_name() -> None:
    """Line and column of what is called."""
    facts = read("a.b.c(1)\nd()\n")
    assert place(ops(facts, Op.CALL_METHOD)[0][3]) == (1, 4)
    assert place(ops(facts, Op.CALL)[0][2]) == (2, 0)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a + b", ["__add__"]),
        ("1 + b", ["__radd__"]),
        ("1 + 2", []),
        ("a @ b // c", ["__matmul__", "__floordiv__"]),
        ("-a", ["__neg__"]),
        ("~a", ["__invert__"]),
        ("not a", ["__bool__"]),
        ("a < b <= c", ["__lt__", "__le__"]),
        ("1 < b", ["__gt__"]),
        ("a == 1", ["__eq__"]),
        ("a in b", ["__contains__"]),
        ("a not in b", ["__contains__"]),
        ("a is b", []),
        ("a and b", ["__bool__"]),
        ("if a: pass", ["__bool__"]),
        ("while (a): pass", ["__bool__"]),
        ("assert a, b", ["__bool__"]),
        ("a if b else c", ["__bool__"]),
        ("a += b", ["__iadd__"]),
        ("a -= 1", ["__isub__"]),
        ("del a[1]", ["__delitem__"]),
        ("f'{a} {b!r} {c!s} {d:>{e}} x'", ["__format__", "__repr__", "__str__", "__format__", "__format__"]),
        ("'x'.join(a)", ["join"]),
        ("f'{a}'.join(b)", ["__format__", "join"]),
        ("print(-1, - a)", ["__neg__"]),
    ],
)  # fmt: skip
def test_operators_call_methods_of_what_is_tracked(source: str, expected: list[str]) -> None:
    """Numbers alone call nothing."""
    assert sorted(methods(source)) == sorted(expected)


def test_operators_are_implicit_calls() -> None:
    """Where nothing is found they are no unresolved reference."""
    assert [op[-1] for op in ops(read("a + b\na.c()"), Op.CALL_METHOD)] == [CallFlag.IMPLICIT, CallFlag.NONE]


def test_containers_have_their_elements_by_key() -> None:
    """Also those that are spread in, or joined."""
    facts = read("def f(): pass\n[f, *[f], f]\n{'a': f, b: f, **c}\n{f}\n(f,) + (f,)\n[i for i in [f]]\n")
    made = [(kind, tuple(key for key, _ in elements)) for _, kind, elements in ops(facts, Op.NEW)]
    assert ("list", (0, 1, 2)) in made
    assert ("dict", ("a", None)) in made
    assert ("set", (None,)) in made
    assert ("tuple", (0, 1)) in made
    assert made[-1] == ("list", (None,))
    assert len(ops(facts, Op.SPREAD)) == 1


def test_subscripts_carry_their_constant() -> None:
    """A name that holds a constant counts; what else there is is an operand of its own."""
    facts = read("a['k']\na[-1]\nk = 'v'\na[k]\na[b]\na[1:2]\na[1, 2]\na[(3)]\n(1, 2)[-1]\n")
    assert [op[2] for op in ops(facts, Op.ITEM)] == ["k", -1, "v", None, "\0(1, 2)", 3, 1]
    assert len(ops(facts, Op.ITEM)[3]) == 5
    assert len(ops(facts, Op.SLICE)) == 1


def test_a_store_that_nobody_can_have_seen_is_dropped() -> None:
    """What overwrites it before any call or read is the only one."""
    facts = read("def f(): pass\ndef g(): pass\nd = {'a': f}\nd['a'] = g\nd['a'] = f\nd['b'] = g\nf()\nd['b'] = f\n")
    assert ops(facts, Op.NEW)[0][2] == ()
    assert [op[1] for op in ops(facts, Op.SET_ITEM)] == ["a", "b", "b"]


def test_properties_are_read_and_written_as_such() -> None:
    """What is stored in one is not what is read there."""
    facts = read(
        "class A:\n    @property\n    def p(self): pass\ndef m(a):\n    a.p = 1\n    a.p = 2\n    return a.p, a.q\n"
    )
    assert len(ops(facts, Op.SET_ATTR, "m")) == 2
    assert len(ops(facts, Op.ATTR, "m")) == 2


def test_comprehensions_have_variables_of_their_own() -> None:
    """Only `:=` reaches out; a lambda inside sees them."""
    text = dump(read("x = [(y := i) for i in a if i for k in i]\ny()\ni()\nz = [lambda: j for j in a]\n"))
    assert "FREE" in text
    facts = read("x = [(y := i) for i in a]\ny()\n")
    iterated = ops(facts, Op.ITER)[0][0]
    assert ops(facts, Op.CALL)[0][1] == iterated
    inner = read("[lambda: j for j in a]")
    assert ops(inner, Op.OUTER, "<lambda1>") == [(0, 0, ops(inner, Op.ITER)[0][0])]


def test_statements_that_call_without_a_call() -> None:
    """Loops, contexts, awaiting, yielding, raising, unpacking."""
    facts = read(
        "async def m(a):\n    for b, c in a: pass\n    with a as d: d()\n    await a\n    e = yield from a\n"
        "    raise V from a\n    raise a.E\n    del a.x\n    b, *c = a\n"
    )
    for code, count in {Op.ITER: 2, Op.ENTER: 1, Op.AWAIT: 2, Op.YIELD: 1, Op.DELETE_ATTR: 1, Op.UNPACK: 4}.items():
        assert len(ops(facts, code, "m")) == count
    assert [op[-1] for op in ops(facts, Op.CALL, "m")] == [0, CallFlag.IF_CLASS, CallFlag.IF_CLASS]


def test_exceptions_are_instances_of_what_is_caught() -> None:
    """One of several, when they are written as a tuple; the name is gone afterwards."""
    facts = read("try: pass\nexcept (A, B) as e: e()\nexcept C as e: pass\ne()\n")
    assert len(ops(facts, Op.INSTANCE)) == 3
    assert ops(facts, Op.CALL)[1][1] == NOTHING


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("[a, *b]", Op.UNPACK),
        ("(a, b)", Op.UNPACK),
        ("{'k': a, **b}", Op.ITEM),
        ("P(x=a)", Op.ATTR),
        ("P(a)", Op.ATTR),
        ("P() as a", Op.INSTANCE),
        ("P() | Q() as a", Op.INSTANCE),
        ("E.X", Op.CALL_METHOD),
    ],
)
def test_patterns_bind_parts_of_the_subject(pattern: str, code: int) -> None:
    """By position, key, attribute, class."""
    source = f"class P:\n    __match_args__ = ('x',)\nclass Q: pass\nmatch s:\n  case {pattern}: pass\n  case 1: pass\n"
    assert ops(read(source), code)


def test_patterns_without_parts() -> None:
    """A name takes the whole subject, a builtin class as well; `_` takes nothing; subjects can be several."""
    facts = read("match s:\n  case str(x): x()\n  case 1 | None: pass\n  case y if y: y()\n  case _: pass\n")
    subject = ops(facts, Op.FREE)[0][0]
    assert [op[1] for op in ops(facts, Op.CALL)] == [subject, subject]
    several = read("match f, g:\n  case a, b: b()\n")
    assert ops(several, Op.CALL)


def test_requests_and_routes_are_noted() -> None:
    """Flask, FastAPI, Django; requests, httpx; what is no path is none."""
    facts = read(
        "from django.urls import path\nimport requests\n@app.get('/a')\ndef f(): pass\n"
        "@app.route('/b', methods=['post', 'put'])\ndef g(): pass\n@app.route('/c')\ndef h(): pass\n"
        "path('d/', f)\nrequests.post('https://x/y')\nself.client.get('/z')\n{}.get('/n')\n"
        "requests.get(x)\n@app.get(x)\ndef i(): pass\n"
    )
    assert [(op[0], op[1]) for op in ops(facts, Op.ROUTE)] == [
        ("GET", "/a"),
        ("POST", "/b"),
        ("PUT", "/b"),
        ("GET", "/c"),
        ("*", "/d/"),
    ]
    assert [(op[0], op[1]) for op in ops(facts, Op.REQUEST)] == [("POST", "https://x/y"), ("GET", "/z")]


def test_names_that_are_not_called_are_uses() -> None:
    """Of a symbol of the file, or of what is imported or free; not of builtins and plain variables."""
    facts = read("from a import b\nimport c\ndef f(): pass\nx = [f, b, c.d, e, len]\nx\n")
    assert [facts.symbols[op[0]].name for op in ops(facts, Op.USES)] == ["f", "x"]
    assert [op[1] for op in ops(facts, Op.REF)] == ["b", "d", "e"]


def test_names_that_are_made_of_parts_are_kept_in_parts() -> None:
    """Short ones without spaces; messages are none."""
    facts = read("f'visit_{a}'\nx = 'do_' + b\ny = c + '_x'\nz = f'the {a}'\nw = f'{a}{b}'\n")
    assert [len(op[1]) for op in ops(facts, Op.TEXT)] == [2, 2, 2]
    assert [part for op in ops(facts, Op.TEXT) for part in op[1] if isinstance(part, str)] == ["visit_", "do_", "_x"]


@pytest.mark.parametrize(
    "source",
    [
        "def m(x):\n  if isinstance(x, A): x.a()\n  else: x.b()\n",
        "def m(x):\n  if y and isinstance(x, (A, B)): x.a()\n  x.b()\n",
        "def m(x):\n  if y: pass\n  elif isinstance(x, A): x.a()\n  x.b()\n",
        "def m(x):\n  x.b()\n  assert isinstance(x, k.A)\n  x.a()\n",
    ],
)
def test_a_tested_name_is_an_instance_where_the_test_holds(source: str) -> None:
    """Only there."""
    facts = read(source)
    declared = {op[0] for op in ops(facts, Op.INSTANCE, "m")}
    objects = {op[2]: op[1] for op in ops(facts, Op.CALL_METHOD, "m")}
    assert objects["a"] in declared
    roots = {op[0]: op[1] for op in ops(facts, Op.COPY, "m") if len(op) > 2 and not op[3]}
    assert roots.get(objects["b"], objects["b"]) == 0
    assert objects["b"] not in declared


@pytest.mark.parametrize(
    ("source", "outcomes"),
    [
        ("def m(x):\n  if isinstance(x, A): return\n  x.b()\n", [True, False]),
        ("def m(x):\n  if not isinstance(x, A): return\n  x.b()\n", [False, True]),
        ("def m(x):\n  if not isinstance(x, A) or y: return\n  x.b()\n", [True]),
        ("def m(x):\n  if isinstance(x, A) and y: return\n  x.b()\n", [True]),
        ("def m(x):\n  if isinstance(x, A): pass\n  elif y: pass\n  else: x.b()\n", [True, False, False]),
        ("def m(x):\n  if isinstance(x, (A, f())): x.b()\n", []),
    ],
)
def test_what_a_test_has_told_is_kept_beside_the_copy(source: str, outcomes: list[bool]) -> None:
    """In the branch that it leads to, and behind one that does not come back; not where a type is no name."""
    assert [op[3] for op in ops(read(source), Op.COPY, "m") if len(op) > 2] == outcomes


def test_what_is_no_instance_is_still_the_parameter_that_is_returned() -> None:
    """A version of which is only known what it is not goes back to the caller as its own argument."""
    facts = read("def m(x):\n  if isinstance(x, A): return 1\n  return x\n")
    assert ops(facts, Op.RETURN_PARAM, "m") == [(0,)]


def test_a_cast_is_believed() -> None:
    """It is an instance of what it names, by whatever name; a type that says nothing leaves the value."""
    facts = read("from typing import cast as c\nx = c('A', f)\ny = c(int, g)\nx()\ny()\n")
    ((declared, _),) = ops(facts, Op.INSTANCE)
    free = {op[1]: op[0] for op in ops(facts, Op.FREE)}
    assert [op[1] for op in ops(facts, Op.CALL)][2:] == [declared, free["g"]]


def test_a_generator_receives_what_is_sent() -> None:
    """Where the value of `yield` is used; `yield from` gives what the inner one returns."""
    facts = read("def m(a):\n  yield a\n  x = yield a\n  y = yield\n  z = yield from a\n  x()\n  z()\n")
    assert [len(op) for op in ops(facts, Op.YIELD, "m")] == [1, 2, 2, 1]
    received, returned = ops(facts, Op.YIELD, "m")[1][1], ops(facts, Op.AWAIT, "m")[0][0]
    assert [op[1] for op in ops(facts, Op.CALL, "m")] == [received, returned]
