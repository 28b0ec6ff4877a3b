"""What does not fit is shortened in order: dropped, summarised, squeezed; what may be edited is whole or absent."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.retrieval.ladder import Chosen, Form, PartKind, SourcePart, fit_parts
from yantra_bot.retrieval.summaries import squeeze_docstrings, squeeze_prose, summarise_code

CODE = '''class Till:
    """Counts coins.

    It has been here for a long time, and many people know it well.
    """

    def add(self, coin: int) -> int:
        """Return the new sum.

        Coins are in cents.
        """
        # the check comes first
        if coin < 0:
            raise ValueError("no such coin")
        self.total = self.round(self.total + coin)
        return log(self.total)
'''
PROSE = (
    "The till counts coins. It is grey. Sums are in cents and must never be negative. It stands on the left."
    "\n\n# Use\n\n"
    "Call add. The limit is 500 because the drawer is small. Have fun."
)


def count(text: str) -> int:
    return len(text)


def forms(chosen: Sequence[Chosen]) -> list[Form]:
    return [one.form for one in chosen]


def part(relevance: float, text: str = CODE, **more: object) -> SourcePart:
    return SourcePart("till.py", text, relevance, **more)  # type: ignore[arg-type]


def test_nothing_is_touched_when_all_fits() -> None:
    """And the reason says so."""
    chosen = fit_parts([part(0.9), part(0.0)], 2 * len(CODE), count)
    assert forms(chosen) == [Form.WHOLE, Form.WHOLE]
    assert {one.reason for one in chosen} == {"all fits"}


def test_first_comments_go_then_what_matters_least_then_bodies() -> None:
    """Each step only as far as needed."""
    parts = [part(0.9, may_be_edited=True), part(0.5), part(0.1)]
    assert forms(fit_parts(parts, 3 * len(CODE) - 1, count)) == [Form.WHOLE, Form.WHOLE, Form.COMPRESSED]
    assert forms(fit_parts(parts, 2 * len(CODE), count)) == [Form.WHOLE, Form.WHOLE, Form.DROPPED]
    chosen = fit_parts(parts, 2 * len(CODE) - 150, count)
    assert forms(chosen) == [Form.WHOLE, Form.SUMMARY, Form.DROPPED]
    assert chosen[2].reason == "no room: its relevance is 0.10"
    assert "signatures" in chosen[1].reason
    assert forms(fit_parts(parts, 10, count)) == [Form.DROPPED] * 3


def test_prose_is_squeezed_after_code_is_summarised() -> None:
    """Sentences are the last thing that is taken apart."""
    parts = [part(0.9), part(0.8, PROSE, kind=PartKind.PROSE)]
    chosen = fit_parts(parts, 300, count)
    assert forms(chosen) == [Form.SUMMARY, Form.SQUEEZED]
    assert sum(one.tokens for one in chosen) <= 300


@settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.builds(
            SourcePart,
            st.sampled_from(["a.py", "a.md", "a.go"]),
            st.sampled_from([CODE, PROSE, "", "x = 1\n"]) | st.text(max_size=80),
            st.floats(0, 1),
            st.sampled_from(PartKind),
            st.booleans(),
        ),
        max_size=8,
    ),
    limit=st.integers(0, 2_000),
)
def test_it_always_fits_and_edits_never_meet_a_changed_text(parts: list[SourcePart], limit: int) -> None:
    """Whatever the parts: within the limit, in order, the same again, editable parts whole or absent."""
    chosen = fit_parts(parts, limit, count)
    assert sum(one.tokens for one in chosen) <= limit
    assert [one.part for one in chosen] == parts
    assert chosen == fit_parts(parts, limit, count)
    for one in chosen:
        assert one.tokens == count(one.shown)
        assert one.reason
        if one.part.may_be_edited:
            assert one.form in (Form.WHOLE, Form.DROPPED)
        if one.form is Form.WHOLE:
            assert one.shown == one.part.text


def test_a_summary_has_signature_docstring_calls_and_errors() -> None:
    """Of each function and class, on a line."""
    assert summarise_code(CODE, "till.py") == (
        'class Till  """Counts coins."""\n'
        ' def add(self, coin: int) -> int  """Return the new sum."""; calls ValueError, round, log; raises ValueError'
    )
    java = "class A {\n  int f(int x) throws E {\n    if (x < 0) throw new E();\n    return this.g(x);\n  }\n}\n"
    assert summarise_code(java, "A.java") == "class A\n int f(int x) throws E; calls E, g; raises E"
    assert summarise_code("func (t *Till) Add(x int) int { return sum(x) }\n", "a.go") == (
        "func (t *Till) Add(x int) int; calls sum"
    )
    assert summarise_code("fn f(x: &str) -> R { g(x) }", "a.rs") == "fn f(x: &str) -> R; calls g"
    assert summarise_code("x = 1", "a.py") is None
    assert summarise_code("# Title", "a.md") is None


def test_squeezed_prose_keeps_what_tells_most() -> None:
    """Headings stay, and the order."""
    short = squeeze_prose(PROSE)
    assert "must never be negative" in short
    assert "# Use" in short
    assert "The limit is 500" in short
    assert "It is grey." not in short
    assert "Have fun." not in short


def test_squeezed_docstrings_keep_their_first_paragraph() -> None:
    """All else of the code stays as it is."""
    short = squeeze_docstrings(CODE)
    assert '"""Counts coins. …"""' in short
    assert "Coins are in cents" not in short
    assert 'raise ValueError("no such coin")' in short
    assert squeeze_docstrings('x = """a\n\nb"""\n') == 'x = """a\n\nb"""\n'
