"""Source code is cut at functions and classes, in six languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunks import ChunkKind

PYTHON = b'''\
"""What the module is for."""
import os

# Kept with the class.
class Shop(Base):
    """Sells."""

    open = True

    @cached
    def price(
        self, item
    ):
        """Return the price."""
        def inner():
            return 1
        return inner()

def main():
    pass
'''


def names(path: str, text: str) -> list[str]:
    return [chunk.name for chunk in cut_file(path, text.encode()) if chunk.kind is not ChunkKind.MODULE]


def test_python() -> None:
    """A class is cut without its methods; a nested function is in the outer one and its own; the rest is the module."""
    shop, price, inner, main, module = cut_file("shop.py", PYTHON)
    assert [one.key for one in (shop, price, inner, main, module)] == [
        "shop.py::Shop",
        "shop.py::Shop.price",
        "shop.py::Shop.price.inner",
        "shop.py::main",
        "shop.py",
    ]
    assert shop.text.startswith("# Kept with the class.\nclass Shop")
    assert "def price" not in shop.text
    assert "open = True" in shop.text
    assert (price.first, price.start, price.last) == (10, 11, 17)
    assert price.signature == "@cached\ndef price(\nself, item\n):"
    assert price.doc == "Return the price."
    assert price.around == "class Shop(Base):"
    assert price.header == "shop.py:11\nclass Shop(Base):\n@cached\ndef price(\nself, item\n):\nReturn the price."
    assert "def inner" in price.text
    assert module.text.strip() == '"""What the module is for."""\nimport os'
    assert module.doc == "What the module is for."


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.js",
            "class K { m() {} }\nconst f = () => { function g() {} }\nh.h = function () {}\nexport default a => 1",
            ["K", "K.m", "f", "f.g", "h", "default"],
        ),
        (
            "a.ts",
            "interface I {}\nnamespace N { export function f() {} }\nclass C { x = () => 1 }",
            ["I", "N.f", "C", "C.x"],
        ),
        ("a.tsx", "const V = () => <b/>;\nenum E { A }", ["V", "E"]),
        ("a.go", "package a\ntype T struct{}\nfunc (t *T) M() {}\nfunc F() {}", ["T", "T.M", "F"]),
        (
            "a.rs",
            "mod m { fn q() {} }\nstruct S<T>(T);\nimpl<T> S<T> { fn a() {} }\ntrait R { fn b(); }",
            ["m.q", "S", "S.a", "R", "R.b"],
        ),
        (
            "A.java",
            "class A { A() {} void f() {} void f(int a) {} enum E { X } }",
            ["A", "A.<init>", "A.f", "A.f#2", "A.E"],
        ),
    ],
)
def test_names(path: str, text: str, expected: list[str]) -> None:
    """Definitions have the names that the code graph gives them."""
    assert names(path, text) == expected


def test_comment_above() -> None:
    """The comment above a definition is its documentation and goes with it."""
    chunk = next(
        one for one in cut_file("a.go", b"package a\n\n// F adds.\n// Twice.\nfunc F() {}\n") if one.name == "F"
    )
    assert (chunk.first, chunk.start, chunk.doc) == (3, 5, "F adds.\nTwice.")


@given(
    st.text(max_size=400),
    st.sampled_from(["a.py", "a.js", "a.ts", "a.tsx", "a.go", "a.rs", "A.java", "a.md", "a.toml"]),
)
def test_any_text(text: str, path: str) -> None:
    """Whatever a file holds, it is cut: lines stand in order and within the file."""
    data = text.encode("utf-8", "replace")
    for chunk in cut_file(path, data):
        assert 1 <= chunk.first <= chunk.last <= data.count(b"\n") + 1


def test_unknown() -> None:
    """What is no text, too large or of no known kind gives no chunk."""
    assert cut_file("a.py", b"x\0") == []
    assert cut_file("a.py", b"#" * 2**21) == []
    assert cut_file("a.bin", b"text") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "T = {\n 1: 2,\n 2: 3,\n 4: 5,\n}\nX = 1\n"),
        ("a.ts", "export const T = {\n a: 1,\n b: 2,\n c: 3,\n};\nconst X = 1;\n"),
        ("a.go", 'package a\nvar T = map[string]int{\n"a": 1,\n"b": 2,\n"c": 3,\n}\n'),
        ("a.rs", "const T: [i32; 3] = [\n1,\n2,\n3,\n];\n"),
    ],
)
def test_a_table_is_a_chunk(path: str, text: str) -> None:
    """A value of several lines at the top level is a chunk of its own; a short one stays with the file."""
    found = [(one.name, one.kind, one.last - one.first + 1) for one in cut_file(path, text.encode()) if one.name]
    assert found == [("T", ChunkKind.VALUE, 5)]
