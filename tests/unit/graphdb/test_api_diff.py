"""What a change does to those who use a library is told name by name, and breaking or not."""

import pytest

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import NodeKind, Visibility
from yantra_bot.graphdb.api_diff import ApiChange, ChangeKind, diff_api, is_test_path, public_api


def changed(
    before: str, after: str, *, path: str = "lib.py", kind: NodeKind = NodeKind.FUNCTION
) -> tuple[bool, list[str]]:
    """Return whether the change of a signature breaks callers, and why."""
    sides = []
    for text in (before, after):
        make = GraphMaker()
        make.symbol(f"{path}::f", kind, signature=text)
        sides.append(make.graph.symbols)
    changes = diff_api(*sides)
    return any(item.is_breaking for item in changes), [reason for item in changes for reason in item.reasons]


@pytest.mark.parametrize(
    ("before", "after", "is_breaking", "reasons"),
    [
        ("def f(a)", "def f( a )", False, []),
        ("def f(a, b)", "def f(a)", True, ["parameter b was removed"]),
        ("def f(a, b)", "def f(a, c)", True, ["parameter b was renamed to c"]),
        ("def f(a, /)", "def f(b, /)", False, ["parameter a is named b"]),
        ("def f(a)", "def f(a, b)", True, ["required parameter b was added"]),
        ("def f(a)", "def f(a, b=1)", False, ["optional parameter b was added"]),
        ("def f(a)", "def f(a, *, b)", True, ["required parameter b was added"]),
        ("def f(a)", "def f(b=1, *, a)", True, ["parameter a is given by name only", "optional parameter b was added"]),
        ("def f(a, c)", "def f(c, a)", True, ["parameter a is not at place 1 any more"]),
        ("def f(a=1)", "def f(a)", True, ["parameter a has no default any more"]),
        ("def f(a)", "def f(a=1)", False, ["parameter a has a default now"]),
        ("def f(a, b)", "def f(b, a)", True, ["parameter a is not at place 1 any more"]),
        ("def f(a)", "def f(*, a)", True, ["parameter a is given by name only"]),
        ("def f(*, a)", "def f(a)", False, ["parameter a is given by position or name"]),
        ("def f(*, a)", "def f(**kw)", False, ["parameter **kw was added", "parameter a was removed"]),
        ("def f(*args)", "def f()", True, ["parameter *args was removed"]),
        ("def f()", "def f(*args)", False, ["parameter *args was added"]),
        ("def f(a: int)", "def f(a: str)", False, ["parameter a is declared str instead of int"]),
        ("def f() -> int", "def f() -> str", False, ["returns str instead of int"]),
        ("def f()", "async def f()", True, ["is async now"]),
        ("async def f()", "def f()", True, ["is not async any more"]),
        ("def f(", "def f(a)", False, []),
    ],
)  # fmt: skip
def test_a_changed_signature_of_python(before: str, after: str, is_breaking: bool, reasons: list[str]) -> None:
    """A call that worked and cannot work any more is a break; everything else is only told."""
    assert changed(before, after) == (is_breaking, reasons)


@pytest.mark.parametrize(
    ("path", "before", "after", "is_breaking", "reasons"),
    [
        ("lib.js", "function f(a, b)", "function f(x, b)", False, ["parameter 1 is named x instead of a"]),
        ("lib.js", "function f(a)", "function f(a, b)", True, ["required parameter b was added"]),
        ("lib.js", "function f(a)", "function f(a, b = 1)", False, ["optional parameter b was added"]),
        ("lib.js", "function f(a = 1)", "function f(a)", True, ["parameter 1 (a) can no longer be left out"]),
        ("lib.js", "function f(a, b)", "function f(a)", True, ["parameter b was removed"]),
    ],
)
def test_a_changed_signature_of_javascript(
    path: str, before: str, after: str, is_breaking: bool, reasons: list[str]
) -> None:
    """Only the place counts: nobody can name an argument."""
    assert changed(before, after, path=path) == (is_breaking, reasons)


def test_only_what_others_can_reach_is_public() -> None:
    """Not what is private, inside of a function, in a private module, or in tests; special methods are."""
    make = GraphMaker()
    make.symbol("lib.py::C", NodeKind.CLASS)
    make.symbol("lib.py::C.__init__", NodeKind.METHOD, visibility=Visibility.PRIVATE)
    make.symbol("lib.py::C._m", NodeKind.METHOD)
    make.symbol("lib.py::_C", NodeKind.CLASS)
    make.symbol("lib.py::_C.m", NodeKind.METHOD)
    make.symbol("lib.py::f")
    make.symbol("lib.py::f.inner")
    make.symbol("lib.py::X", NodeKind.VARIABLE)
    make.symbol("lib.py::os", NodeKind.IMPORT)
    make.symbol("_private.py::f")
    make.symbol("tests/test_lib.py::helper")
    make.external("os.path")
    names = sorted(symbol.qualified_name for symbol in public_api(make.graph.symbols))
    assert names == ["lib.C", "lib.C.__init__", "lib.X", "lib.f"]


def test_a_removed_class_is_named_once() -> None:
    """Its methods go with it; breaking changes come first."""
    old, new = GraphMaker(), GraphMaker()
    old.symbol("lib.py::C", NodeKind.CLASS)
    old.symbol("lib.py::C.m", NodeKind.METHOD)
    new.symbol("lib.py::A", NodeKind.CLASS)
    new.symbol("lib.py::A.m", NodeKind.METHOD)
    assert tell(diff_api(old.graph.symbols, new.graph.symbols)) == [
        ("removed", "lib.C", True),
        ("added", "lib.A", False),
    ]


def test_a_moved_function_breaks_unless_the_old_place_still_gives_it() -> None:
    """Equal content under another path is a move; an import that is left behind keeps callers working."""
    old, new = GraphMaker(), GraphMaker()
    old.symbol("a.py::f", content_hash="1")
    new.symbol("b.py::f", content_hash="1")
    assert tell(diff_api(old.graph.symbols, new.graph.symbols)) == [("moved", "a.f", True)]
    new.symbol("a.py::f", NodeKind.IMPORT)
    assert tell(diff_api(old.graph.symbols, new.graph.symbols)) == [("moved", "a.f", False)]
    new.graph.symbols[:] = [symbol for symbol in new.graph.symbols if symbol.key != "b.py::f"]
    new.symbol("b.py::f", content_hash="2", visibility=Visibility.PRIVATE)
    assert tell(diff_api(old.graph.symbols, new.graph.symbols)) == [("changed", "a.f", False)]


def test_another_kind_another_binding_and_another_base_are_told() -> None:
    """A function that becomes a class, a method that becomes a property, a base class that is gone."""
    old, new = GraphMaker(), GraphMaker()
    for make, kind, base, decorator in ((old, NodeKind.FUNCTION, "B", ()), (new, NodeKind.CLASS, "D", ("property",))):
        make.symbol("lib.py::f", kind)
        make.symbol("lib.py::C", NodeKind.CLASS, signature=f"class C({base}, metaclass=M)")
        make.symbol("lib.py::C.m", NodeKind.METHOD, signature="def m(self)", decorators=decorator)
    reasons = {change.name: change.reasons for change in diff_api(old.graph.symbols, new.graph.symbols)}
    assert reasons == {
        "lib.f": ("was a function, is a class",),
        "lib.C": ("no longer inherits from B", "inherits from D now"),
        "lib.C.m": ("became a property",),
    }


def test_overloads_are_compared_with_their_likes() -> None:
    """A second version of a name is added without a word about the first."""
    old, new = GraphMaker(), GraphMaker()
    for make in (old, new):
        make.symbol("lib.js::f", signature="f(a)")
    new.symbol("lib.js::f#2", signature="f(a, b)")
    [change] = diff_api(old.graph.symbols, new.graph.symbols)
    assert (change.kind, change.after) == (ChangeKind.ADDED, new.graph.symbols[-1])


@pytest.mark.parametrize(
    ("path", "is_test"),
    [("tests/a.py", True), ("a/test_b.py", True), ("a_test.go", True), ("x.spec.ts", True), ("attest.py", False)],
)
def test_files_of_tests_are_known_by_custom(path: str, is_test: bool) -> None:
    """By their folder or their name."""
    assert is_test_path(path) is is_test


def tell(changes: list[ApiChange]) -> list[tuple[str, str, bool]]:
    return [(str(change.kind), change.name, change.is_breaking) for change in changes]
