"""What a file of an installed package declares is read without its code, whatever its bytes are."""

from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Parser

from yantra_bot.graphdb.facts import ParamKind
from yantra_bot.graphdb.languages.python import grammar
from yantra_bot.graphdb.languages.python.conditions import Target, holds
from yantra_bot.graphdb.languages.python.declarations import MAX_OF_NAME, read_declarations
from yantra_bot.graphdb.languages.python.declared import (
    ALIAS,
    CLASS,
    FUNCTION,
    IMPORT,
    MADE,
    VALUE,
    VARIABLE,
    Declared,
    Flag,
)

TARGET = Target((3, 12))


def read(source: str | bytes) -> Declared:
    data = source.encode() if isinstance(source, str) else source
    return read_declarations(data, Parser(grammar(".py")), TARGET)


def test_imports_say_where_a_name_is_from() -> None:
    """Absolute, relative, renamed, of all names."""
    found = read("import a.b\nimport c.d as e\nfrom .x import y as z, w\nfrom . import v\nfrom ..u import *\n")
    assert found.names == {
        "a": [(IMPORT, "a", "")],
        "e": [(IMPORT, "c.d", "")],
        "z": [(IMPORT, ".x", "y")],
        "w": [(IMPORT, ".x", "w")],
        "v": [(IMPORT, ".", "v")],
    }
    assert found.stars == ["..u"]


def test_a_function_is_its_head() -> None:
    """Parameters with kinds and annotations, the result, what decorators say; the body is not read."""
    source = "@staticmethod\nasync def f(a, b: int = 1, *c: str, d, e: X = None, **g) -> 'Y':\n    h = lambda: 1\n"
    [(kind, flags, parameters, returns, own)] = read(source).names["f"]
    assert (kind, flags, returns, own) == (FUNCTION, Flag.ASYNC | Flag.STATIC, "'Y'", ())
    assert parameters == (
        ("a", "", ParamKind.NORMAL, False),
        ("b", "int", ParamKind.NORMAL, True),
        ("c", "str", ParamKind.STAR, True),
        ("d", "", ParamKind.KEYWORD, False),
        ("e", "X", ParamKind.KEYWORD, True),
        ("g", "", ParamKind.DOUBLE_STAR, True),
    )


def test_a_class_has_its_bases_its_members_and_what_its_constructor_annotates() -> None:
    """An attribute is annotated, made by a call, or a parameter that is annotated."""
    source = """
class C(Base[int], mod.Other, metaclass=M):
    x: int
    def __init__(self, y: Y, z):
        self.y = y
        self.z = z
        self.w: W = make()
        self.v = V()
        self.x = 1
    @property
    def p(self) -> P: ...
    @p.setter
    def p(self, value): ...
    class Inner: ...
"""
    [(kind, bases, names, _)] = read(source).names["C"]
    assert (kind, bases) == (CLASS, ("Base[int]", "mod.Other"))
    assert names["x"] == [(VALUE, "int")]
    assert names["y"] == [(VALUE, "Y")]
    assert names["w"] == [(VALUE, "W")]
    assert names["v"] == [(MADE, "V")]
    assert "z" not in names
    assert names["p"][0][1] == Flag.PROPERTY
    assert names["Inner"] == [(CLASS, (), {}, ())]


def test_overloads_stand_beside_each_other_and_before_what_implements_them() -> None:
    """The implementation is not what callers see; a later definition takes the place of an earlier one."""
    source = """
@overload
def f(a: int) -> A: ...
@overload
def f(a: str) -> B: ...
def f(a): return a
def g() -> A: ...
def g() -> B: ...
"""
    names = read(source).names
    assert [one[3] for one in names["f"]] == ["A", "B"]
    assert [one[3] for one in names["g"]] == ["B"]


def test_the_branch_is_the_interpreters() -> None:
    """Version, platform and type checking are known; where nothing is known both branches count."""
    source = """
if sys.version_info >= (3, 11):
    def a() -> New: ...
else:
    def a() -> Old: ...
if TYPE_CHECKING:
    from x import b
else:
    b = None
if FEATURE:
    def c() -> One: ...
else:
    def c() -> Two: ...
try:
    from fast import d
except ImportError:
    from slow import d
"""
    names = read(source).names
    assert [one[3] for one in names["a"]] == ["New"]
    assert names["b"] == [(IMPORT, "x", "b")]
    assert [one[3] for one in names["c"]] == ["One", "Two"]
    assert names["d"] == [(IMPORT, "fast", "d")]


def test_conditions() -> None:
    """Each form that stubs use, and none that has to be run."""
    for text, expected in {
        "sys.version_info >= (3, 12)": True,
        "sys.version_info > (3, 12)": True,
        "sys.version_info < (3,)": False,
        "sys.version_info[0] == 3": True,
        "sys.version_info[:2] == (3, 12)": None,
        "version_info == (3, 12)": True,
        "sys.platform == 'win32'": False,
        'sys.platform.startswith("linux")': True,
        "not typing.TYPE_CHECKING": False,
        "(TYPE_CHECKING)": True,
        "TYPE_CHECKING and sys.platform != 'linux'": False,
        "TYPE_CHECKING or unknown()": True,
        "TYPE_CHECKING and unknown()": None,
        "False": False,
        "1": True,
        "not " * 900 + "True": True,
    }.items():
        assert holds(text, TARGET) is expected, text


def test_assignments_that_declare() -> None:
    """Aliases, type variables, new types, what a call gives, what is exported."""
    source = """
A = Union[B, C]
D: TypeAlias = "E"
type F = list[A]
T = TypeVar("T", bound="A")
N = NewType("N", A)
app = Flask()
x = 1
__all__ = ["A", 'D']
__all__ += ["F"]
"""
    found = read(source)
    assert found.names["A"] == [(ALIAS, "Union[B, C]")]
    assert found.names["D"] == [(ALIAS, '"E"')]
    assert found.names["F"] == [(ALIAS, "list[A]")]
    assert found.names["T"] == [(VARIABLE, '"A"')]
    assert found.names["N"] == [(ALIAS, "A")]
    assert found.names["app"] == [(MADE, "Flask")]
    assert "x" not in found.names
    assert found.exports == ["A", "D", "F"]
    assert read("__all__ = names()\n").exports is None


def test_what_is_too_much_is_left_out() -> None:
    """A name with thousands of definitions, and blocks that nest without end, take neither time nor the stack."""
    many = "if x:\n" + "".join(f"    def f() -> A{number}: ...\n" for number in range(5_000))
    assert len(read("if y:\n  def f() -> A: ...\n" + many).names["f"]) <= MAX_OF_NAME
    deep = "".join(" " * level + "class A:\n" for level in range(900)) + " " * 900 + "x: int\n"
    assert "A" in read(deep).names


@given(st.binary(max_size=400) | st.text("@()[]:=->.,*'\"\n \tdefclassimportfrom x", max_size=400).map(str.encode))
def test_any_bytes_are_read(data: bytes) -> None:
    """Nothing is raised, and what does not parse is said."""
    read(data)


def test_a_file_that_does_not_parse_keeps_what_could_be_read() -> None:
    """The problem is named."""
    found = read("def f() -> A: ...\nclass (\n")
    assert [one[3] for one in found.names["f"]] == ["A"]
    assert [kind for kind, _ in found.problems] == ["syntax error"]
