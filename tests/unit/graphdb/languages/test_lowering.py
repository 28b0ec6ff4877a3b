"""The helpers that all languages share."""

from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Parser

from yantra_bot.graphdb.facts import place
from yantra_bot.graphdb.languages import python
from yantra_bot.graphdb.languages.lowering import (
    Texts,
    find_syntax_errors,
    first_paragraph,
    hash_tokens,
    make_symbol,
    one_line,
    site_of,
    text_of,
    token_pattern,
)

C_LIKE = token_pattern(comments=r"//[^\n]*|/\*.*?\*/", strings=r'"(?:[^\\"\n]|\\.)*"')


def parse(source: bytes):
    return Parser(python.grammar(".py")).parse(source).root_node


def test_text_is_decoded_whatever_the_bytes_are() -> None:
    """Bytes that are no UTF-8 are replaced, and equal slices are one object."""
    source = b"x = '\xe9'"
    assert text_of(source, parse(source)) == "x = '\ufffd'"
    texts = Texts()
    assert texts[b"abc"] is texts[b"abc"]


def test_a_place_past_the_last_column_is_cut() -> None:
    """A column is at most 16383, as the packing allows."""
    source = b"x = " + b" " * 20_000 + b"y"
    names = parse(source).named_children[0].named_children[0].named_children
    assert place(site_of(names[0])) == (1, 0)
    assert place(site_of(names[1])) == (1, 16_383)


def test_a_symbol_takes_the_span_of_its_node_and_the_place_of_its_name() -> None:
    """Lines count from 1, columns from 0."""
    node = parse(b"\ndef f():\n    pass\n").named_children[0]
    symbol = make_symbol("function", "f", 0, node, node.child_by_field_name("name"))
    assert (symbol.line, symbol.column, symbol.end_line, symbol.end_column) == (2, 0, 3, 8)
    assert place(symbol.name_site) == (2, 4)


def test_the_first_paragraph_is_one_line() -> None:
    """What follows an empty line is left out."""
    assert first_paragraph("\n  One\n  two.\n\n  Three.") == "One two."
    assert first_paragraph("") == ""


def test_a_signature_is_one_short_line() -> None:
    """Line breaks in it are no matter, and a long one is cut."""
    assert one_line("def f(\n    a,\n    b,\n)") == "def f(a, b)"
    assert len(one_line("x" * 1000)) == 400


def test_layout_and_comments_do_not_change_a_hash() -> None:
    """Only tokens count, and where pieces end."""
    assert hash_tokens(C_LIKE, [b"int a=1; // one"]) == hash_tokens(C_LIKE, [b"int  a = 1 ; /* two */"])
    assert hash_tokens(C_LIKE, [b'a = "x y"']) != hash_tokens(C_LIKE, [b'a = "xy"'])
    assert hash_tokens(C_LIKE, [b"ab"]) != hash_tokens(C_LIKE, [b"a b"])
    assert hash_tokens(C_LIKE, [b"a", b"b"]) != hash_tokens(C_LIKE, [b"a b"])


@given(st.binary())
def test_any_bytes_have_a_hash(source: bytes) -> None:
    """It never fails."""
    assert len(hash_tokens(C_LIKE, [source])) == 16


def test_lost_syntax_is_one_problem_with_its_first_line() -> None:
    """A file without errors has none."""
    assert find_syntax_errors(parse(b"x = 1\n")) == []
    ((kind, detail),) = find_syntax_errors(parse(b"x = 1\ndef (:\ny = = 2\n"))
    assert kind == "syntax error"
    assert detail.startswith("line 2, ")
