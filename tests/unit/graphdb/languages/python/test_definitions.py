"""Functions, lambdas, classes: their symbols, bodies, parameters, decorators."""

import pytest

from tests.unit.graphdb.languages.python.dump import body_of, ops, read, symbol_of
from yantra_bot.graphdb.facts import NOTHING, BodyFlag, CallFlag, Op, ParamKind, place


def test_symbols_nest_as_the_code_does() -> None:
    """Kind, name, parent, and where the name stands."""
    facts = read("class A:\n    x = 1\n    def m(self):\n        def n(): pass\ny = 2\n")
    found = [(one.kind, one.name, facts.symbols[one.parent].name if one.parent >= 0 else "") for one in facts.symbols]
    assert found == [
        ("module", "main", ""),
        ("class", "A", "main"),
        ("variable", "x", "A"),
        ("method", "m", "A"),
        ("variable", "y", "main"),
        ("function", "n", "m"),
    ]
    assert place(symbol_of(facts, "m").name_site) == (3, 8)


def test_a_symbol_says_what_its_definition_says() -> None:
    """Signature, first paragraph, decorators, visibility."""
    facts = read('@one\n@two(3)\nasync def _f(\n    a: int,\n    *b,\n) -> str:\n    """Do\n    it.\n\n    More."""\n')
    symbol = symbol_of(facts, "_f")
    assert symbol.signature == "async def _f(a: int, *b) -> str"
    assert symbol.docstring == "Do it."
    assert symbol.decorators == ("one", "two(3)")
    assert symbol.visibility == "protected"
    assert (symbol.line, symbol.end_line) == (1, 10)
    assert symbol_of(read("class __A(B): 'x'"), "__A").signature == "class __A(B)"
    assert symbol_of(read("class __A(B): 'x'"), "__A").visibility == "private"
    assert symbol_of(read("def __len__(self): pass"), "__len__").visibility == "public"


def test_lambdas_are_counted_in_each_scope_by_the_text() -> None:
    """A lambda in a lambda is counted anew, and a condition that runs first does not count first."""
    facts = read("x = (lambda: 1) if (lambda: 2) else lambda: (lambda: 3)\nclass A:\n    y = lambda: 4\n")
    found = sorted((one.line, one.column, one.name) for one in facts.symbols if one.kind == "lambda")
    assert [name for _, _, name in found] == ["<lambda1>", "<lambda2>", "<lambda3>", "<lambda1>", "<lambda1>"]


def test_a_variable_of_an_object_is_a_symbol_of_its_class_once() -> None:
    """Only what `__init__` assigns to its first parameter."""
    facts = read("class A:\n    def __init__(this):\n        this.a = this.a = 1\n    def m(self): self.b = 1\n")
    assert [one.name for one in facts.symbols if one.kind == "variable"] == ["a"]


@pytest.mark.parametrize(
    ("path", "source", "kind"),
    [
        ("tests/test_a.py", "def test_it(): pass", "test"),
        ("pkg/a.py", "def test_it(): pass", "function"),
        ("pkg/a.py", "class TestA:\n    def test_it(self): pass", "test"),
        ("pkg/a.py", "class ATests:\n    def test_it(self): pass", "test"),
        ("pkg/a.py", "class A:\n    def test_it(self): pass", "method"),
        ("tests/test_a.py", "def f():\n    def test_it(): pass", "function"),
    ],
)  # fmt: skip
def test_a_test_is_what_a_runner_collects(path: str, source: str, kind: str) -> None:
    """By its own name, and its file's or its class's."""
    assert symbol_of(read(source, path), "test_it").kind == kind


def test_parameters_say_how_arguments_find_them() -> None:
    """Positional only, starred, keyword only; defaults are values of the scope around."""
    facts = read("def d(): pass\ndef f(a, /, b=d, *c, e, **k): pass\ndef g(*, a): pass\n")
    kinds = [(name, kind) for name, kind, _ in body_of(facts, "f").params]
    assert kinds == [
        ("a", ParamKind.POSITIONAL),
        ("b", ParamKind.NORMAL),
        ("c", ParamKind.STAR),
        ("e", ParamKind.KEYWORD),
        ("k", ParamKind.DOUBLE_STAR),
    ]
    assert [(name, kind) for name, kind, _ in body_of(facts, "g").params] == [("a", ParamKind.KEYWORD)]
    assert ops(facts, Op.FUNC)[1][2] == ((1, 0),)


@pytest.mark.parametrize(
    ("source", "flag"),
    [
        ("@staticmethod", BodyFlag.STATIC),
        ("@classmethod", BodyFlag.CLASS_METHOD),
        ("@property", BodyFlag.PROPERTY),
        ("@functools.cached_property", BodyFlag.PROPERTY),
        ("@cached", BodyFlag.PROPERTY),
        ("@abc.abstractmethod", BodyFlag.ABSTRACT),
        ("@typing.overload", BodyFlag.OVERLOAD),
    ],
)
def test_decorators_that_say_what_a_function_is_are_flags(source: str, flag: int) -> None:
    """They are no calls."""
    imports = "import functools, abc, typing\nfrom functools import cached_property as cached\n"
    facts = read(f"{imports}class A:\n    {source}\n    def m(self): pass\n")
    assert body_of(facts, "m").flags & flag
    assert ops(facts, Op.CALL, "A") == []


def test_a_decorator_of_another_package_is_called_and_believed() -> None:
    """`cached_property` from anywhere is read as one."""
    facts = read("from x import cached_property\nclass A:\n    @cached_property\n    def m(self): pass\n")
    assert body_of(facts, "m").flags & BodyFlag.PROPERTY
    ((made, *_, flags),) = ops(facts, Op.CALL, "A")
    assert (made, flags) == (NOTHING, CallFlag.DECORATOR)


def test_a_name_that_the_file_binds_itself_is_no_builtin() -> None:
    """A function called `property` is called."""
    facts = read("def property(f): return f\nclass A:\n    @property\n    def m(self): pass\n")
    assert not body_of(facts, "m").flags & BodyFlag.PROPERTY
    assert len(ops(facts, Op.CALL, "A")) == 1


def test_setters_and_deleters_are_kept_beside_the_property() -> None:
    """The name itself stays the getter's."""
    source = """
    class A:
        @property
        def p(self): pass
        @p.setter
        def p(self, v): pass
        @p.deleter
        def p(self): pass
        def get(self): pass
        def put(self, v): pass
        q = property(get, put)
    """
    names = body_of(read(source), "A").names
    assert set(names) == {"p", "p.setter", "p.deleter", "q", "q.setter", "get", "put"}
    assert len(set(names.values())) == 6  # the setter of q is put itself


def test_a_member_made_by_a_call_has_the_code_of_its_function() -> None:
    """`staticmethod(f)` is f's body once more, with the flag."""
    facts = read(
        "class A:\n    def s(): return s\n    s = staticmethod(s)\n    t = classmethod(len)\n    u = property(x)\n"
    )
    first, second = [body for body in facts.bodies if facts.symbols[body.owner].name == "s"]
    assert (first.ops, first.values) == (second.ops, second.values)
    assert second.flags & BodyFlag.STATIC
    assert not first.flags & BodyFlag.STATIC


def test_classes_say_their_bases_keywords_and_what_they_are() -> None:
    """Dataclasses, enumerations, protocols, named tuples."""
    facts = read(
        "import dataclasses, enum, typing\nclass M: pass\nclass A(M, metaclass=M): pass\n@dataclasses.dataclass\n"
        "class D: pass\nclass E(enum.Enum):\n    X = 1\nclass P(typing.Protocol): pass\n"
        "class N(typing.NamedTuple): pass\n"
    )
    (_, _, bases, keywords) = ops(facts, Op.CLASS)[1]
    assert [text for _, _, text in bases] == ["M"]
    assert [name for name, _ in keywords] == ["metaclass"]
    assert body_of(facts, "D").flags & BodyFlag.DATACLASS
    assert body_of(facts, "E").flags & BodyFlag.CASE
    assert body_of(facts, "P").flags & BodyFlag.INTERFACE
    assert body_of(facts, "N").flags & BodyFlag.DATACLASS
    assert ops(facts, Op.INSTANCE, "E")


def test_a_function_knows_what_it_is() -> None:
    """Generators, coroutines, methods, what is implicitly static or the class's."""
    source = "class A:\n    def __new__(cls): pass\n    def __init_subclass__(cls): pass\n"
    source += "    async def m(self):\n        yield 1\n"
    facts = read(source)
    assert body_of(facts, "__new__").flags & BodyFlag.STATIC
    assert body_of(facts, "__init_subclass__").flags & BodyFlag.CLASS_METHOD
    flags = body_of(facts, "m").flags
    assert flags & BodyFlag.GENERATOR
    assert flags & BodyFlag.ASYNC
    assert flags & BodyFlag.METHOD


def test_a_parameter_that_is_returned_is_said_to_be_one() -> None:
    """Only as long as the name was not bound anew."""
    facts = read("def f(a, b):\n    if a: return b\n    b = a.x\n    return b\n")
    assert ops(facts, Op.RETURN_PARAM, "f") == [(1,)]
    assert len(ops(facts, Op.RETURN, "f")) == 1


def test_super_knows_its_class_and_receiver() -> None:
    """Also in a comprehension, and written out."""
    facts = read(
        "class A(B):\n    def m(self): return [super().m() for i in self]\n    def n(self): super(A, self).n()\n"
    )
    for name in ("m", "n"):
        ((_, owner, receiver, _),) = ops(facts, Op.SUPER, name)
        assert (owner, 0, 1) in [(op[0], op[1], op[2] >= 0) for op in ops(facts, Op.OUTER, name)]
        assert receiver == 0


def test_private_names_are_mangled_in_a_class() -> None:
    """Attributes, variables, calls; names that end so as well are not."""
    facts = read("class _A:\n    def __p(self): self.__p(); self.__x = self.__y.__len__()\n")
    assert "_A__p" in body_of(facts, "_A").names
    assert [op[2] for op in ops(facts, Op.CALL_METHOD, "__p")] == ["_A__p", "__len__"]
    assert ops(facts, Op.SET_ATTR, "__p")[0][1] == "_A__x"
    assert ops(facts, Op.ATTR, "__p")[0][2] == "_A__y"


def test_code_that_nests_too_deep_is_left_out_and_named() -> None:
    """Lambdas, calls, blocks, patterns, targets: one problem a file."""
    deep = 5_000
    for source in (
        "x = " + "lambda: " * deep + "1",
        "f(" * deep + ")" * deep,
        "f(a=" * deep + ")" * deep,
        "f(*" * deep + ")" * deep,
        "f(**" * deep + ")" * deep,
        "{a: " * deep + "}" * deep,
        "a" + ".b()" * deep,
        "".join(" " * at + "if a:\n" for at in range(300)) + " " * 300 + "pass\n",
        "(" * deep + "a," + ")" * deep + " = b\n",
        "match x:\n case " + "[" * deep + "]" * deep + ": pass\n",
    ):
        assert [kind for kind, _ in read(source).problems if kind != "syntax error"] == ["too deep"]
