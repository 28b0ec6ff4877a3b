"""The difference by symbol says what happened in a few words, and of long signatures only what differs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.reviews import a_review
from yantra_bot.domain.graph import NodeKind
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Review, SymbolChange, SymbolChangeKind
from yantra_bot.replies.review.signatures import narrow
from yantra_bot.replies.review.symbols import count_kinds, describe, diff_by_symbol, gather, sum_up


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("def f(a, b, c=1)", "def f(a, x, c=1)", ("def f(…, b, …)", "def f(…, x, …)")),
        (
            "def f(a: dict[int, str], b)",
            "def f(a: dict[int, int], b)",
            ("def f(a: dict[int, str], …)", "def f(a: dict[int, int], …)"),
        ),
        ("def f(self, a) -> int", "def f(self, a) -> str", ("def f(…) -> int", "def f(…) -> str")),
        (
            "func (s *Server) Do(a int)",
            "func (s *Server) Do(a int, b int)",
            ("func (s *Server) Do(…)", "func (s *Server) Do(…, b int)"),
        ),
        ("class A(B)", "class A(B, C)", ("class A(…)", "class A(…, C)")),
        ("def f(a)", "def f(a, b)", ("def f(…)", "def f(…, b)")),
        ("x", "y", ("x", "y")),
        ("def f(", "def f(a", ("def f(", "def f(a")),
    ],
)
def test_only_the_parameters_that_differ_are_shown(before: str, after: str, shown: tuple[str, str]) -> None:
    """What is the same is left out, brackets inside of a parameter stay whole."""
    assert narrow(before, after, 15 if "->" in before else 5) == shown


def test_what_is_too_long_all_the_same_begins_at_the_difference() -> None:
    """At a whole word."""
    assert narrow("final class A extends B", "final class A extends C", 15) == ("… B", "… C")


def test_short_signatures_are_shown_whole() -> None:
    """Nothing is left out without need."""
    assert narrow("def f(a, b)", "def f(a, c)", 80) == ("def f(a, b)", "def f(a, c)")


@settings(deadline=None)
@given(st.text(alphabet="af(,)[]{} ", max_size=30), st.text(alphabet="af(,)[]{} ", max_size=30))
def test_it_never_fails_and_never_grows(before: str, after: str) -> None:
    """Whatever stands there: it is for people, and parses no language."""
    was, now = narrow(before, after, 0)
    assert len(was) <= len(before) + 2 * before.count(",") + 1
    assert len(now) <= len(after) + 2 * after.count(",") + 1


def test_code_outside_of_functions_is_called_so() -> None:
    """A module is no symbol that anybody looks for."""
    change = SymbolChange(SymbolChangeKind.BODY, NodeKind.MODULE, "a", "a.py", key="a.py::", added=2)
    assert describe(change).text == "code outside of functions and classes changed (+2 −0)"


def test_a_new_file_is_not_told_as_a_new_module_too() -> None:
    """Its symbols are."""
    file = ChangedFile("a.py", FileStatus.ADDED, FileKind.SOURCE, added=3)
    module = SymbolChange(SymbolChangeKind.ADDED, NodeKind.MODULE, "a", "a.py", key="a.py::")
    function = SymbolChange(SymbolChangeKind.ADDED, NodeKind.FUNCTION, "a.f", "a.py", key="a.py::f")
    [one] = diff_by_symbol(Review("a", "b", files=(file,), symbols=(module, function)))
    assert [row.text for row in one.rows] == ["new function `f`"]


def test_files_come_in_the_order_of_their_weight() -> None:
    """Code first, tests last; what has symbols before what has none."""
    assert [one.file.path for one in diff_by_symbol(a_review())] == [
        "shop/price.py",
        "shop/format.py",
        "shop/store.py",
        "README.md",
        "tests/test_price.py",
        "logo.png",
    ]


def test_a_symbol_of_a_renamed_file_is_found_at_its_new_path() -> None:
    """A removed one is known by its old path only."""
    file = ChangedFile("b.py", FileStatus.RENAMED, FileKind.SOURCE, "a.py", removed=3)
    gone = SymbolChange(
        SymbolChangeKind.REMOVED, NodeKind.FUNCTION, old_name="a.f", old_path="a.py", old_line=3, old_key="a.py::f"
    )
    lost = SymbolChange(SymbolChangeKind.REMOVED, NodeKind.FUNCTION, old_name="c.f", old_path="c.py")
    [one] = diff_by_symbol(Review("a", "b", files=(file,), symbols=(gone, lost)))
    assert [row.text for row in one.rows] == ["removed function `f`"]
    assert one.note == "renamed from `a.py`"


def test_numbers_sum_up_what_is_not_shown() -> None:
    """By sort of file, and by what happened."""
    files = diff_by_symbol(a_review())
    assert gather(files[3:]) == [
        "1 document: `README.md`",
        "1 test file: `tests/test_price.py`",
        "1 binary file: `logo.png`",
    ]
    assert sum_up(files[0].rows) == "1 with another signature, 1 removed, 1 edited, 1 new, 2 moved or renamed"
    assert count_kinds(Review("a", "b")) == "0 symbols"
