"""Whatever the bytes are, lowering gives what could be read and names what was lost."""

import marshal
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Parser

from tests.graph_programs import FOLDER
from yantra_bot.graphdb.facts import COLUMN_BITS, NOTHING, Body, FileFacts, Op, place
from yantra_bot.graphdb.languages import javascript

SOURCES = sorted(
    path for name in ("javascript", "typescript") for path in (FOLDER / name).rglob("*.*") if path.suffix != ".json"
)
PIECES = [
    b"{",
    b"}",
    b"(",
    b")",
    b"[",
    b"]",
    b"=>",
    b"=",
    b";",
    b"class ",
    b"function ",
    b"export ",
    b"import ",
    b"`",
    b"${",
    b'"',
    b"...",
    b"?.",
    b"super",
    b"@",
    b"\x00",
    b"\xff",
    b"<",
    b"/>",
    b"enum ",
    b"case ",
    b"catch",
    b"#x",
]


def lower(path: str, source: bytes) -> FileFacts:
    grammar = javascript.grammar(Path(path).suffix)
    return javascript.lower(path, source, Parser(grammar).parse(source))


def check(facts: FileFacts) -> None:
    """Everything that a reader of facts relies on."""
    assert marshal.loads(marshal.dumps([body.ops for body in facts.bodies])) == [body.ops for body in facts.bodies]
    for index, symbol in enumerate(facts.symbols):
        assert symbol.parent < index
    for index, body in enumerate(facts.bodies):
        assert body.parent < index
        assert 0 <= body.owner < len(facts.symbols)
        assert all(0 <= value < body.values for value in body.names.values())
        assert all(0 <= value < body.values for _, _, value in body.params)
        check_values(facts, body)


def check_values(facts: FileFacts, body: Body) -> None:
    for op in body.ops:
        if op[0] == Op.OUTER:
            assert 0 <= op[3] < facts.bodies[op[2]].values
        elif op[0] in (Op.COPY, Op.ATTR, Op.FUNC, Op.CALL, Op.NEW):
            assert NOTHING <= op[1] < body.values
        elif op[0] == Op.USES:
            assert 0 <= op[1] < len(facts.symbols)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_facts_of_every_program_are_sound(path: Path) -> None:
    """Numbers of symbols, bodies and values exist, and nothing was lost."""
    facts = lower(path.name, path.read_bytes())
    check(facts)
    assert facts.problems == []


@given(st.data())
def test_no_change_of_bytes_makes_it_fail(data: st.DataObject) -> None:
    """Programs with pieces inserted, removed and repeated at random."""
    path = data.draw(st.sampled_from(SOURCES))
    source = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(source)))
        if data.draw(st.booleans()):
            source[at:at] = data.draw(st.sampled_from(PIECES) | st.binary(max_size=3))
        else:
            del source[at : at + data.draw(st.integers(1, 30))]
    name = data.draw(st.sampled_from(["a.js", "a.ts", "a.tsx", path.name]))
    check(lower(name, bytes(source)))


N = 10_000
DEEP = {
    "calls": b"f(" * N + b"1" + b")" * N,
    "methods": b"a.b(" * N + b"1" + b")" * N,
    "objects": b"x=" + b"{a:" * N + b"1" + b"}" * N,
    "arrays": b"x=" + b"[" * N + b"]" * N,
    "blocks": b"{" * N + b"}" * N,
    "ifs": b"if(a){" * N + b"}" * N,
    "loops": b"for(;;){" * N + b"}" * N,
    "functions": b"function f(){" * N + b"}" * N,
    "arrows": b"x=" + b"a=>" * N + b"a",
    "classes": b"x=" + b"class{a=" * N + b"1" + b"}" * N,
    "patterns": b"let " + b"[a=" * N + b"a" + b"]" * N + b"=x",
    "assignments": b"a=" * N + b"c",
    "templates": b"a`${" * N + b"1" + b"}`" * N,
    "handlers": b"try{}catch(e){" * N + b"}" * N,
    "copies": b"Object.assign(" * N + b"1" + b")" * N,
    "labels": b"a:" * N + b"f()",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_nests_too_deep_is_left_out_and_named(name: str) -> None:
    """Also on a stack that is half used up: never a RecursionError."""
    failures: list[BaseException] = []
    problems: list[tuple[str, str]] = []

    def run(used: int) -> None:
        if used:
            run(used - 1)
            return
        try:
            problems.extend(lower("a.js", DEEP[name]).problems)
        except RecursionError as error:
            failures.append(error)

    thread = threading.Thread(target=run, args=(sys.getrecursionlimit() // 2 - 20,))
    thread.start()
    thread.join()
    assert failures == []
    assert "too deep" in [kind for kind, _ in problems]


LONG = {
    "chain": (b"a" + b".b()" * N, N),
    "members": (b"x=a" + b".b" * N, N),
    "else if": (b"if(a){f()} else " * N + b"{g()}", N),
    "sum": (b"x=" + b"f()+" * N + b"c", N),
    "or": (b"x=" + b"f()||" * N + b"c", N),
    "choices": (b"x=" + b"a?f():" * N + b"c", N),
    "sequence": (b"f()," * N + b"c", N),
    "cases": (b"switch(a){" + b"case 1: f();" * N + b"}", N),
}


@pytest.mark.parametrize("name", LONG)
def test_what_is_only_long_is_read_whole(name: str) -> None:
    """Chains, sums, choices and cases cost no depth."""
    source, calls = LONG[name]
    facts = lower("a.js", source)
    assert facts.problems == []
    assert sum(op[0] in (Op.CALL, Op.CALL_METHOD, Op.ATTR) for op in facts.bodies[0].ops) >= calls


def test_a_long_line_is_read() -> None:
    """Some hundred kilobytes without a break; columns stop at the last that a place can hold."""
    piece = b"var a=function(e,t){return e?t.n(e,function(r){return r.k||e}):o[t]=e,t};"
    facts = lower("a.min.js", piece * (400_000 // len(piece)))
    check(facts)
    assert len(facts.bodies) > 10_000
    places = [place(op[4]) for body in facts.bodies for op in body.ops if op[0] == Op.CALL_METHOD]
    assert {line for line, _ in places} == {1}
    assert max(column for _, column in places) == (1 << COLUMN_BITS) - 1


def test_syntax_errors_lose_only_themselves() -> None:
    """What stands before and behind one is kept, and the first place is named."""
    facts = lower("a.js", b"function f() { g(); }\n\nlet = = ;)\nclass C { m() {} }\n")
    assert {"f", "C", "m"} <= {symbol.name for symbol in facts.symbols}
    assert [kind for kind, _ in facts.problems] == ["syntax error"]


@pytest.mark.parametrize(
    "source", [b"", b"\xef\xbb\xbfconst a = 1;", b"#!/usr/bin/env node\nf();", b"\xff\xfe\x00", b"\r\r"]
)
def test_odd_files_are_read(source: bytes) -> None:
    """Empty, with a byte-order mark, a script's first line, or no text at all."""
    check(lower("a.js", source))
