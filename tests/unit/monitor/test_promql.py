"""What an alert's expression needs data of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.monitor.promql import MOST, Bases, bases_of, read_signs

SHARE = 'sum(rate(errors{code=~"5.."}[5m])) / sum(rate(requests[5m]))'


@pytest.mark.parametrize(
    ("expression", "carrying", "beside"),
    [
        ("up == 0", ("up",), ()),
        (f"{SHARE} > 0.05", (SHARE,), ()),
        ("0.05 < x", ("x",), ()),
        ("1 < x < 5", ("x",), ()),
        ("((x > (1)))", ("x",), ()),
        ("x > -1", ("x",), ()),
        ("time() - x > 60 * 5", ("time() - x",), ()),
        ("x > 5 # and nothing else", ("x",), ()),
        ("topk(3, x) >= 0x1f", ("topk(3, x)",), ()),
        ('(a > 1) and on (job) b{x="> 5 or"} < 3', ("a",), ('b{x="> 5 or"}',)),
        ("a > on (job) group_left (team) b", ("a",), ("b",)),
        ("a > 2 unless on (job) b", ("a",), ()),
        ("a > 1 or b > 2", ("a", "b"), ()),
        ("(sum(rate(errors[5m])) or vector(0)) > 5", ("sum(rate(errors[5m])) or vector(0)",), ()),
        ("a > bool 3", ("a > bool 3",), ()),
        ("sum(up == bool 0) > 2", ("sum(up == bool 0)",), ()),
        ("rate(x[1h30m] offset 5m)", ("rate(x[1h30m] offset 5m)",), ()),
    ],
)
def test_what_has_to_give_data_is_found(expression: str, carrying: tuple[str, ...], beside: tuple[str, ...]) -> None:
    """The comparison with a number is left out; what both sides need is asked of both."""
    assert bases_of(expression) == Bases(carrying, beside)


@pytest.mark.parametrize(
    "expression",
    ["absent(up)", "count(up == 0) > 2", "max_over_time((a > 2)[5m:1m]) > 1", "sum(a and b) > 1", "", "x[5m", "a ] b"],
)
def test_what_cannot_be_told_from_outside_is_not_guessed(expression: str) -> None:
    """An expression that filters within is empty where all is well, too."""
    assert bases_of(expression) is None


@given(st.text(alphabet="ab(){}[]\"'`<>=!&|,~ 0123.oru#\n", max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """What is no expression ends in None or in a part of itself, never in an exception."""
    found = bases_of(text)
    assert found is None or all(one in text for one in (*found.carrying, *found.beside))


def test_an_endless_expression_is_not_read() -> None:
    """Bounded."""
    assert read_signs("x+" * MOST + "x") == ()
    assert bases_of(" or ".join(["x > 1"] * 1_000)) is None
    assert bases_of("(" * 500 + "x" + ")" * 500) == Bases(("x",))
