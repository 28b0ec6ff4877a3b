"""Imports, exports, and which files they mean."""

import pytest

from tests.unit.graphdb.languages.python.dump import body_of, ops, read
from yantra_bot.graphdb.facts import Op
from yantra_bot.graphdb.languages import python

PATHS = (
    "main.py", "util.py", "pkg/__init__.py", "pkg/a.py", "pkg/a.pyi", "pkg/sub/__init__.py", "pkg/sub/b.py", "ns/c.py",
    "src/lib/__init__.py", "src/lib/d.py", "tests/test_d.py", "tools/util.py", "tools/run.py", "stub/only.pyi",
    "both.py", "both/__init__.py",
)  # fmt: skip


def locate(importer: str, specifier: str) -> tuple[str, ...] | None:
    return python.make_linker(PATHS, lambda _: None).locate(importer, specifier)


@pytest.mark.parametrize(
    ("importer", "specifier", "expected"),
    [
        ("main.py", "pkg", "pkg/__init__.py"),
        ("main.py", "pkg.a", "pkg/a.py"),
        ("main.py", "pkg.sub.b", "pkg/sub/b.py"),
        ("pkg/sub/b.py", "pkg.a", "pkg/a.py"),
        ("pkg/sub/b.py", ".", "pkg/sub/__init__.py"),
        ("pkg/sub/b.py", "..a", "pkg/a.py"),
        ("pkg/sub/__init__.py", ".b", "pkg/sub/b.py"),
        ("pkg/sub/__init__.py", "..", "pkg/__init__.py"),
        ("main.py", "ns", "ns/"),
        ("main.py", "ns.c", "ns/c.py"),
        ("tests/test_d.py", "lib.d", "src/lib/d.py"),
        ("tests/test_d.py", "pkg.a", "pkg/a.py"),
        ("tools/run.py", "util", "tools/util.py"),
        ("main.py", "util", "util.py"),
        ("main.py", "stub.only", "stub/only.pyi"),
        ("main.py", "both", "both/__init__.py"),
        ("main.py", ".util", "util.py"),
        ("main.py", ".", "./"),
        ("main.py", "..x", None),
        ("main.py", "os.path", None),
        ("pkg/a.py", ".nothing", None),
    ],
)  # fmt: skip
def test_an_import_finds_its_file(importer: str, specifier: str, expected: str | None) -> None:
    """From the importer's own root first; a source file before its stub, a package before a module."""
    assert locate(importer, specifier) == (None if expected is None else (expected,))


def test_modules_inside_of_modules() -> None:
    """Of packages and folders; a plain module has none."""
    linker = python.make_linker(PATHS, lambda _: None)
    assert linker.submodule(("pkg/__init__.py",), "sub") == ("pkg/sub/__init__.py",)
    assert linker.submodule(("ns/",), "c") == ("ns/c.py",)
    assert linker.submodule(("./",), "util") == ("util.py",)
    assert linker.submodule(("pkg/a.py",), "b") is None
    assert linker.submodule(("pkg/__init__.py",), "x") is None


def test_what_is_outside_has_the_name_that_is_written() -> None:
    """And no file is visible without an import."""
    linker = python.make_linker(PATHS, lambda _: None)
    assert linker.external("main.py", "os.path") == "os.path"
    assert linker.external("main.py", "..x") == "x"
    assert linker.siblings("main.py") == ()


def test_import_statements_bind_what_python_binds() -> None:
    """`import a.b` binds `a`; an alias binds the module itself."""
    facts = read(
        "import a.b, c.d as e\nfrom .x import y as z, w\nfrom . import v\nfrom m import *\nfrom __future__ import q\n"
    )
    assert set(body_of(facts, "main").names) == {"a", "e", "z", "w", "v"}
    assert [op[1] for op in ops(facts, Op.IMPORT)] == ["a", "a.b", "c.d"]
    assert [op[1:3] for op in ops(facts, Op.IMPORT_FROM)] == [(".x", "y"), (".x", "w"), (".", "v")]
    assert [op[0] for op in ops(facts, Op.IMPORT_STAR)] == ["m"]
    assert [one.name for one in facts.symbols if one.kind == "import"] == ["a", "e", "z", "w", "v"]


def test_a_package_that_imports_from_itself_means_a_module() -> None:
    """The name would be its own otherwise."""
    facts = read("from . import a\nfrom .. import b\n", "pkg/__init__.py")
    assert ops(facts, Op.IMPORT)[0][1] == ".a"
    assert ops(facts, Op.IMPORT_FROM)[0][1] == ".."


def test_exports_are_what_all_says() -> None:
    """Assigned, added, appended, extended."""
    source = "__all__ = ['a', 'b'] + ('c',)\n__all__ += ['d']\n__all__.append('e')\n__all__.extend(['f'])\n"
    assert body_of(read(source), "main").exports == ["a", "b", "c", "d", "e", "f"]
    assert body_of(read("__all__ += ['a']\n"), "main").exports == ["a"]
    assert body_of(read("x = 1\n"), "main").exports is None


def test_alternatives_of_an_import_both_flow() -> None:
    """`try: import a except ImportError: import b`."""
    facts = read("try:\n    import a as m\nexcept ImportError:\n    import b as m\nm.f()\n")
    called = ops(facts, Op.CALL_METHOD)[0][1]
    assert {op[1] for op in ops(facts, Op.COPY) if op[0] == called} == {op[0] for op in ops(facts, Op.IMPORT)}
