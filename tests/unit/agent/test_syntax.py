"""The parse check: what breaks a file is refused, what only looks new is not."""

import pytest

from yantra_bot.agent import syntax
from yantra_bot.agent.syntax import Grammars, load_grammars


@pytest.fixture(scope="module")
def grammars() -> Grammars:
    return load_grammars()


@pytest.mark.parametrize(
    ("path", "good", "bad", "line"),
    [
        ("a.py", "def f():\n    return 1\n", "def f():\n    return (1\n", 2),
        ("a.js", "let a = 1;\n", "let a = 1;\nlet b = ;\n", 2),
        ("a.jsx", "const a = <b>c</b>;\n", "const a = <b>c</b;\n", 1),
        ("a.mjs", "export const a = 1;\n", "export const = 1;\n", 1),
        ("a.ts", "let a: number = 1;\n", "let a: = 1;\n", 1),
        ("a.tsx", "const a = <B<number> c={1} />;\n", "const a = <B c={ />;\n", 1),
        ("a.go", "package a\n\nfunc f() {}\n", "package a\n\nfunc f( {}\n", 3),
        ("a.rs", "fn f() {}\n", "fn f() {\n", 1),
        ("A.java", "class A { void f() {} }\n", "class A { void f( {} }\n", 1),
    ],
)
def test_every_language_is_checked(grammars: Grammars, path: str, good: str, bad: str, line: int) -> None:
    """A good file has no problem; a bad one has a line, a column and the source."""
    assert grammars.find_problem(path, good.encode()) is None
    problem = grammars.find_problem(path, bad.encode())
    assert problem is not None
    assert problem.line == line
    assert problem.source == bad.split("\n")[line - 1]
    assert f"line {line}, column {problem.column}:" in str(problem)


def test_what_is_missing_is_named(grammars: Grammars) -> None:
    """Where the parser knows what it wants, the message says so."""
    problem = grammars.find_problem("a.java", b"class A { int x = 1 }")
    assert problem is not None
    assert "; is missing" in problem.reason


def test_columns_count_characters(grammars: Grammars) -> None:
    """Not bytes: an accent is one column."""
    problem = grammars.find_problem("a.js", "let \u00e9 = '\u00e9'; let b = ;".encode())
    assert problem is not None
    assert problem.column > len("let \u00e9 = '\u00e9';")
    assert problem.column <= len("let \u00e9 = '\u00e9'; let b = ;")


def test_a_broken_file_may_be_edited(grammars: Grammars) -> None:
    """Only what a change introduces counts; a new file has to parse."""
    broken, fine = b"def f(:\n", b"x = 1\n"
    assert grammars.find_new_problem("a.py", broken, b"def f(a:\n") is None
    assert grammars.find_new_problem("a.py", fine, broken) is not None
    assert grammars.find_new_problem("a.py", None, broken) is not None
    assert grammars.find_new_problem("a.py", broken, fine) is None


def test_bad_indentation_is_found_in_python(grammars: Grammars) -> None:
    """The grammar forgives it, Python does not."""
    for source in (b"def f():\n    x = 1\n      y = 2\n", b"def f():\npass\n", b"if x:\n\ty = 1\n        z = 2\n"):
        assert grammars.find_problem("a.py", source) is not None


@pytest.mark.parametrize("source", ["print 'two'\n", "exec 'x'\n", "x = '\\d'\n", "\ufeffx = 1\n", ""])
def test_other_dialects_of_python_pass(grammars: Grammars, source: str) -> None:
    """What the grammar knows and this interpreter does not is another version's Python."""
    assert grammars.find_problem("a.py", source.encode()) is None


def test_what_python_itself_accepts_passes() -> None:
    """A grammar that lags behind the language refuses nothing that runs."""
    blind = Grammars({".py": load_grammars()._parsers[".js"].language})
    assert blind.find_problem("a.py", b"def f(a):\n    return a\n") is None


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.txt", b"((("),
        ("Makefile", b"((("),
        ("a.py", b"(((\0"),
        ("a.py", b"(" * (syntax.MAX_BYTES + 1)),
    ],
)
def test_what_cannot_be_judged_is_no_problem(grammars: Grammars, path: str, data: bytes) -> None:
    """Unknown languages, binary and very large files are left to the tests."""
    assert grammars.find_problem(path, data) is None


def test_any_encoding_is_judged_as_text(grammars: Grammars) -> None:
    """A file in UTF-16 is parsed like any other."""
    assert grammars.find_problem("a.js", "\ufefflet a = 1;".encode("utf-16-le")) is None
    assert grammars.find_problem("a.js", "\ufefflet a = ;".encode("utf-16-le")) is not None


def test_a_parse_that_takes_too_long_is_given_up() -> None:
    """Hostile text cannot hold the worker, and the parser is as good as new afterwards."""
    hasty = load_grammars(seconds=-1.0)
    for _ in range(2):
        assert hasty.parse("a.js", b"let a = [1, 2, 3];\n" * 5_000 + b"(") is None
        assert hasty.find_problem("a.js", b"let a = 1;\n") is None


@pytest.mark.parametrize("text", ["(" * 50_000, "[" * 50_000, "-" * 200_000, "a." * 100_000, "{" * 50_000])
def test_deep_nesting_ends(grammars: Grammars, text: str) -> None:
    """No depth breaks the process."""
    for path in ("a.py", "a.js", "a.rs"):
        grammars.find_problem(path, text.encode())
