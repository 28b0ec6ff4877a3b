"""Executed lines, from a file that anybody may have written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.validation.coverage_report import MAX_BYTES, parse_coverage


def test_lines_are_sorted_and_unique_by_path() -> None:
    """Paths in order, lines rising."""
    data = json.dumps({"b.py": [3, 1, 3], "a/c.py": [2]}).encode()
    assert parse_coverage(data) == {"a/c.py": (2,), "b.py": (1, 3)}


@pytest.mark.parametrize(
    "odd",
    [
        {"../x": [1]},
        {"/etc/x": [1]},
        {".git/x": [1]},
        {"x": "1"},
        {"x": [0, -1, True, 1.5, "2", None, 10**9]},
        {"": [1]},
    ],
)
def test_what_is_odd_is_left_out(odd: dict[str, object]) -> None:
    """One bad entry does not spoil the rest."""
    assert parse_coverage(json.dumps({**odd, "a.py": [1]}).encode()) == {"a.py": (1,)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"1",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a.py": []}',
        b'{"a": [' + b"9" * 5_000 + b"]}",
        b" " * (MAX_BYTES + 1),
        json.dumps({f"f{number}": list(range(1, 1_002)) for number in range(500)}).encode(),
        json.dumps({f"f{number}": [1] for number in range(20_001)}).encode(),
    ],
)
def test_what_is_no_report_is_none(data: bytes) -> None:
    """Not measured is not the same as nothing executed."""
    assert parse_coverage(data) is None


@given(st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_none(data: bytes) -> None:
    """No content raises."""
    parse_coverage(data)
