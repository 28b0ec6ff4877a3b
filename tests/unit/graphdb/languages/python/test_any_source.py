"""Whatever the bytes are, there are facts; equal tokens have equal hashes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.rough_sources import check_facts
from tests.unit.graphdb.languages.python.dump import read, symbol_of
from yantra_bot.graphdb.languages import python

FILES = sorted(Path(python.__file__).parent.glob("*.py"))
PIECES = [
    b"(", b")", b"[", b"]", b"{", b"}", b":", b",", b".", b"@", b"*", b"**", b"=", b":=", b"->", b"#", b"\\", b"\n",
    b"async ", b"await ", b"class ", b"def ", b"del ", b"elif ", b"else:", b"except ", b"finally:", b"for ", b"global ",
    b"import ", b"in ", b"lambda ", b"match ", b"nonlocal ", b"return ", b"super()", b"try:", b"with ", b"yield ",
    b"type X = ", b"property(", b" as ", b'f"{', b'"""', b"    ",
]  # fmt: skip
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.one_of(st.sampled_from(PIECES), st.binary(max_size=4))),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), EDITS)
def test_damaged_files_give_facts(path: Path, edits: list[tuple[float, int, bytes]]) -> None:
    """What can be read is kept, and nothing is raised."""
    source = path.read_bytes()
    for where, gone, piece in edits:
        at = int(where * len(source))
        source = source[:at] + piece + source[at + gone :]
    check_facts(read(source))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_facts(source: bytes) -> None:
    """Even where they are no text at all."""
    check_facts(read(source))


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\xef\xbb\xbfdef f(): pass\n",
        b"\x00" * 100,
        "def f():\n  '\xe9'\n".encode("latin-1"),
        b"if x:\n\ta()\n        b()\n",
        b"x = [" + b"f(1), " * 20_000 + b"]\n",
        b"def f(): pass\r\nf()\r\n",
        b'"\\' * 200_000,
        b"x = " + b"'" * 3 + b"a'" * 200_000,
        b"print 'x', y\nexec 'z'\nraise E, 'm'\n",
        b"def f((a, b), c): pass\n",
        b"class\n", b"def\n", b"from\n", b"lambda\n", b"x = \n", b"@\n", b"del\n", b"with\n",
    ],
)  # fmt: skip
def test_odd_files_give_facts(source: bytes) -> None:
    """Marks of order, null bytes, other encodings, tabs, long lines, an older Python."""
    check_facts(read(source))


def test_lost_syntax_is_a_problem() -> None:
    """Once for a file; what stands before and after it is there."""
    facts = read("def f(): pass\nx = = 1\ndef g(): pass\n")
    assert [kind for kind, _ in facts.problems] == ["syntax error"]
    assert {"f", "g"} <= {one.name for one in facts.symbols}


def hash_of(source: str) -> str:
    return symbol_of(read(source), "f").content_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f(a):\n    return a+1\n", "def f(a):  # why\n\n  # so\n  return a + 1\n"),
        ("def f():\n    g(a,\n      b)\n", "def f():\n    g(a, b)\n"),
        ("class f:\n    def g(self): pass\n", "class f:\n\n\n  def g(self):\n      pass\n"),
        ("f = [1,2]\n", "f = [1, 2]  # two\n"),
    ],
)
def test_layout_does_not_change_a_hash(one: str, other: str) -> None:
    """Comments and spaces are no tokens."""
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f():\n    if a:\n        b()\n    c()\n", "def f():\n    if a:\n        b()\n        c()\n"),
        ("def f():\n    a\n    (b)\n", "def f():\n    a(b)\n"),
        ("def f(): return 'a b'\n", "def f(): return 'ab'\n"),
        ("def f():\n    'one'\n", "def f():\n    'two'\n"),
        ("class f:\n    def g(self): x\n", "class f:\n    def g(self): y\n"),
        ("@a\ndef f(): pass\n", "@b\ndef f(): pass\n"),
        ("f = '#a'\n", "f = '#b'\n"),
    ],
)
def test_another_meaning_changes_a_hash(one: str, other: str) -> None:
    """Blocks, statements, strings, docstrings, inner definitions, decorators."""
    assert hash_of(one) != hash_of(other)
