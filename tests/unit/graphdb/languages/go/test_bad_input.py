"""Whatever the bytes are, a Go file gives facts."""

import pytest
from tree_sitter import Parser

from tests.fakes.rough_sources import check_facts
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages import go


def lower(source: bytes) -> FileFacts:
    return go.lower("a/a.go", source, Parser(go.grammar(".go")).parse(source))


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\x00\xff\xfe",
        b"\xef\xbb\xbfpackage a\n",
        b"package",
        b"func (",
        b"package a\nfunc (T) f() {}\nfunc (*) g() {}\nfunc () h() {}\ntype X\ntype Y struct {\n",
        b"package a\nimport fmt\nvar = 3\nconst\nfunc f() { := ; x, = ; for range {} ; switch x := {} ; select { case",
        b'package a\nvar x = "\\x" + `' + b"a" * 2_000_000 + b"`\n",
        b"package a\r\nvar \xe9 = 1\r\n",
    ],
)
def test_odd_files_are_read(source: bytes) -> None:
    """Empty, binary, half-written, very long and badly encoded files never raise."""
    check_facts(lower(source))


@pytest.mark.parametrize(
    "text",
    [
        "package a\nvar x = " + "(" * 10_000 + "1" + ")" * 10_000,
        "package a\nfunc f() { " + "{" * 10_000 + "}" * 10_000 + " }",
        "package a\nfunc f() { " + "if a { " * 10_000 + "}" * 10_000 + " }",
        "package a\nvar x = " + "func() any { return " * 3_000 + "1" + " }" * 3_000,
        "package a\nvar x = a" + ".b()" * 10_000,
        "package a\nvar x = " + "append(" * 3_000 + "1" + ")" * 3_000,
        "package a\nvar x = " + "a.b(" * 3_000 + "1" + ")" * 3_000,
        "package a\nvar x = " + "T{f: " * 3_000 + "1" + "}" * 3_000,
        "package a\nfunc f() { " + "for { switch x { case 1: " * 3_000 + "}}" * 3_000 + " }",
        "package a\ntype T " + "struct { f " * 3_000 + "int" + " }" * 3_000,
        "package a\nvar x " + "[]" * 10_000 + "int",
        "package a\nvar x = " + "[]T{" * 5_000 + "}" * 5_000,
    ],
)
def test_deep_nesting_is_cut(text: str) -> None:
    """Ten thousand levels end in a named problem, never in an exception."""
    facts = lower(text.encode())
    check_facts(facts)
    assert {kind for kind, _ in facts.problems} & {"too deep", "syntax error"} or facts.bodies[0].ops


def test_long_chains_are_no_nesting() -> None:
    """Thousands of operands and of `else if` are read to their end."""
    source = "package a\nfunc g() int { return 1 }\nfunc f() {\n x := " + " + ".join(["g()"] * 5_000) + "\n"
    source += "if x == 0 {}" + " else if x == 1 { g() }" * 3_000 + "\n}\n"
    facts = lower(source.encode())
    assert facts.problems == []
    assert sum(op[0] == 16 for op in facts.bodies[2].ops) == 8_000


def test_lost_syntax_is_named() -> None:
    """What does not parse is counted; the rest is kept."""
    facts = lower(b"package a\nfunc f() {}\nfunc ) {\nfunc g() {}\n")
    assert [kind for kind, _ in facts.problems] == ["syntax error"]
    assert {"f"} <= {one.name for one in facts.symbols}
