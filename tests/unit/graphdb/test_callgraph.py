"""The plain call graph has exactly the names and entries that suites with known truth compare."""

from tests.fakes.graph_maker import GraphMaker
from yantra_bot.domain.graph import EdgeKind, Evidence, NodeKind
from yantra_bot.graphdb.callgraph import dotted_path, export_callgraph


def test_everything_that_can_call_is_a_key_and_classes_are_not() -> None:
    """Modules, functions, methods and lambdas are there even when they call nothing."""
    make = GraphMaker()
    make.symbol("main.py::C", NodeKind.CLASS)
    make.symbol("main.py::C.m", NodeKind.METHOD)
    make.symbol("main.py::f")
    make.symbol("main.py::f.inner")
    make.symbol("main.py::<lambda1>", NodeKind.LAMBDA)
    make.symbol("main.py::x", NodeKind.VARIABLE)
    make.module("pkg/__init__.py")
    names = ["main", "main.<lambda1>", "main.C.m", "main.f", "main.f.inner", "pkg"]
    assert export_callgraph(make.graph) == {name: [] for name in names}


def test_a_constructor_is_called_where_one_is_defined() -> None:
    """The call of a class without a constructor of its own is no edge."""
    make = GraphMaker()
    make.symbol("main.py::C", NodeKind.CLASS)
    made = make.symbol("main.py::C.__init__", NodeKind.METHOD)
    make.symbol("app.js::D", NodeKind.CLASS)
    other = make.symbol("app.js::D.constructor", NodeKind.METHOD)
    for source, target in (("main.py::", "main.py::C"), ("main.py::", made), ("app.js::", other)):
        make.edge(source, target)
    graph = export_callgraph(make.graph)
    assert graph["main"] == ["main.C.__init__"]
    assert graph["app"] == ["app.D.constructor"]


def test_only_calls_that_are_more_than_an_equal_name_count() -> None:
    """Uses and guesses are left out; externals and builtins have their full names; one callee is named once."""
    make = GraphMaker()
    f, g = make.symbol("a.py::f"), make.symbol("a.py::g")
    make.edge(f, g, EdgeKind.USES)
    make.edge(f, g, evidence=Evidence.NAME)
    assert export_callgraph(make.graph)["a.f"] == []
    make.edge(f, g, line=7)
    make.edge(f, g, line=8)
    make.edge(f, make.external("<builtin>.len"))
    make.edge(f, make.external("os.path.join"))
    assert export_callgraph(make.graph)["a.f"] == ["<builtin>.len", "a.g", "os.path.join"]


def test_calls_of_a_class_body_belong_to_what_is_around_it() -> None:
    """A class runs nothing by itself."""
    make = GraphMaker()
    make.symbol("a.py::f")
    local = make.symbol("a.py::f.C", NodeKind.CLASS)
    make.edge(local, make.symbol("a.py::g"))
    assert export_callgraph(make.graph)["a.f"] == ["a.g"]


def test_symbols_of_one_name_are_one_entry() -> None:
    """A function that is defined twice has the calls of both."""
    make = GraphMaker()
    first, second = make.symbol("a.py::f"), make.symbol("a.py::f#2")
    make.edge(first, make.symbol("a.py::g"))
    make.edge(second, make.symbol("a.py::h"))
    assert export_callgraph(make.graph)["a.f"] == ["a.g", "a.h"]


def test_an_edge_from_or_to_nowhere_is_no_error() -> None:
    """What a damaged graph says is left out."""
    make = GraphMaker()
    f = make.symbol("a.py::f")
    make.edge("gone.py::x", f)
    make.edge(f, "gone.py::x")
    assert export_callgraph(make.graph) == {"a": [], "a.f": []}


def test_the_name_of_a_module_is_its_path() -> None:
    """Only the last ending goes, and only a package's own file takes the package's name."""
    paths = ("main.py", "pkg/__init__.py", "pkg/sub/mod.py", "web/index.test.js", "__init__.py", "a/Main.java")
    assert [dotted_path(path) for path in paths] == [
        *("main", "pkg", "pkg.sub.mod", "web.index.test", "__init__", "a.Main")
    ]
