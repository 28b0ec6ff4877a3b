"""Whatever the bytes are, a Rust file gives facts."""

import pytest
from tree_sitter import Parser

from tests.fakes.rough_sources import check_facts
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.languages import rust


def lower(source: bytes) -> FileFacts:
    return rust.lower("src/a.rs", source, Parser(rust.grammar(".rs")).parse(source))


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\x00\xff\xfe",
        b"\xef\xbb\xbffn f() {}\n",
        b"fn",
        b"impl",
        b"impl for X {}\nimpl X for {}\nimpl<T> T {}\nstruct\nenum E { A(, }\ntrait T { fn }\nmod m { mod n { use",
        b"use ;\nuse a::{b, c::{self, *}, };\nuse {a, b};\nuse *;\nuse self::super::crate::x as _;\nfn f() { let = }",
        b"fn f() { match { } ; if let = x { } ; for in { } ; |x| ; .. ; a[] ; T {  ; }",
        b"macro_rules! m { ($x:tt) => { m!($x) } }\nfn f() { m!(m!(1)); println!(; vec![; }",
        b'fn f() { let x = "' + b"a" * 2_000_000 + b'"; }',
        b"fn \xe9() {}\r\n",
    ],
)
def test_odd_files_are_read(source: bytes) -> None:
    """Empty, binary, half-written, very long and badly encoded files never raise."""
    check_facts(lower(source))


@pytest.mark.parametrize(
    "text",
    [
        "const X: u32 = " + "(" * 10_000 + "1" + ")" * 10_000 + ";",
        "fn f() { " + "{" * 10_000 + "}" * 10_000 + " }",
        "fn f() { " + "if a { " * 10_000 + "}" * 10_000 + " }",
        "fn f() { " + "|x| " * 5_000 + "1 }",
        "fn f() { a" + ".b()" * 10_000 + " }",
        "type X = " + "Vec<" * 5_000 + "u32" + ">" * 5_000 + ";",
        "fn f() { let " + "(" * 5_000 + "x" + ",)" * 5_000 + " = 1; }",
        "fn f() { " * 3_000 + "}" * 3_000,
        "impl T { fn f() { " * 3_000 + "}}" * 3_000,
        "fn f() { " + "g(" * 3_000 + ")" * 3_000 + " }",
        "fn f() { " + "a.b(" * 3_000 + ")" * 3_000 + " }",
        "fn f() { " + "match x { _ => { let y = " * 2_000 + "1" + "; } }" * 2_000 + " }",
        "fn f() { " + "println!(" * 3_000 + ")" * 3_000 + " }",
        "fn f() { " + "T { f: " * 3_000 + "1" + " }" * 3_000 + " }",
        "mod m { " * 2_000 + "}" * 2_000,
        "use " + "a::{" * 3_000 + "b" + "}" * 3_000 + ";",
        "use " + "a::" * 10_000 + "b;",
        "fn f() { m!(" + "(" * 5_000 + ")" * 5_000 + "); }",
        "fn f() { " + "&" * 10_000 + "x; }",
    ],
)
def test_deep_nesting_is_cut(text: str) -> None:
    """Ten thousand levels end in a named problem, never in an exception."""
    check_facts(lower(text.encode()))


def test_depth_is_a_problem() -> None:
    """What is too deep to be read is named once."""
    facts = lower(("fn f() { " + "{" * 1_000 + "}" * 1_000 + " " + "(" * 1_000 + "1" + ")" * 1_000 + " }").encode())
    assert [kind for kind, _ in facts.problems] == ["too deep"]


def test_long_chains_are_no_nesting() -> None:
    """Thousands of operands and of `else if` are read to their end."""
    source = "fn g() -> u32 { 1 }\nfn f() {\n let x = " + " + ".join(["g()"] * 5_000) + ";\n"
    source += "if x == 0 {}" + " else if x == 1 { g(); }" * 3_000 + "\n}\n"
    facts = lower(source.encode())
    assert facts.problems == []
    assert sum(op[0] == 16 for op in facts.bodies[2].ops) == 8_000


def test_lost_syntax_is_named() -> None:
    """What does not parse is counted; the rest is kept."""
    facts = lower(b"fn f() {}\nfn ) {\nfn g() {}\n")
    assert [kind for kind, _ in facts.problems] == ["syntax error"]
    assert "f" in {one.name for one in facts.symbols}
