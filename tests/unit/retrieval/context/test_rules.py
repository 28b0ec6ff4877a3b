"""Front matter is read strictly: what it does not clearly say is an error that names its cure."""

import pytest

from yantra_bot.errors import UserError
from yantra_bot.retrieval.context.rules import Rule, parse_rule


def test_a_rule_is_read() -> None:
    """One glob may be a text; a BOM and CRLF do no harm."""
    data = b"\xef\xbb\xbf---\r\npaths: src/**\r\ntags: [sql]\r\n---\r\n\r\nUse binds.\r\n"
    assert parse_rule("r.md", data) == Rule("r.md", "Use binds.", ("src/**",), ("sql",))
    assert parse_rule("r.md", b"---\nalways: true\n---\nx\n---\ny").text == "x\n---\ny"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Use binds.", "no front matter"),
        (b"---\ntags: [a]\nUse binds.", "no front matter"),
        (b"---\ntags: [a]\n---\n  \n", "says nothing"),
        (b"---\ntags: []\n---\nx", "does not say when it holds"),
        (b"---\nalways: false\n---\nx", "does not say when it holds"),
        (b"---\nalways: maybe\n---\nx", "true or false"),
        (b"---\ntags: {a: 1}\n---\nx", "tags has to be a list"),
        (b"---\ntags: [1]\n---\nx", "tags has to be a list"),
        (b"---\npaths: [/etc/*]\n---\nx", "relative to the root"),
        (b"---\npaths: ['" + b"{a,b}" * 20 + b"']\n---\nx", "simpler"),
        (b"---\npaths: ['" + b"a" * 300 + b"']\n---\nx", "relative to the root"),
        (b"---\ntags: [" + b"a" * 70 + b"]\n---\nx", "60 characters"),
        (b"---\ntags: [" + b"a, " * 40 + b"]\n---\nx", "at most 32"),
        (b"---\na: &x [1]\ntags: *x\n---\nx", "alias"),
        (b"---\ntags: [a\n---\nx", "no valid YAML in line"),
        (b"---\n" + b"[" * 3_000 + b"\n---\nx", "no valid YAML"),
        (b"---\n- a\n---\nx", "keys and values"),
        (b"---\n!!python/object:os.system x: 1\n---\nx", "no valid YAML"),
        (b"---\nglobs: [a]\n---\nx", "'globs', which is not known"),
        (b"---\n" + b"# x\n" * 1_100 + b"---\nx", "4,000 characters"),
        (b"---\nalways: true\n---\n" + b"x" * 10_000_000, "larger than 32 kB"),
        (b"---\nalways: true\n---\n\xff", "not UTF-8"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(data: bytes, said: str) -> None:
    """Each has a sentence of its own."""
    with pytest.raises(UserError, match=said):
        parse_rule("r.md", data)
