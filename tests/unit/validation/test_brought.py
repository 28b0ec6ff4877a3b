"""Tests that a pull request brought itself may go again when its reviewers say so; others may not."""

import pytest

from yantra_bot.domain.proof import Comparison
from yantra_bot.validation.brought import find_brought, let_go

DIFFERENCE = """\
--- src/a.py (modified)
@@ -1,1 +1,2 @@
+def test_helper():
--- tests/test_a.py (modified)
@@ -1,3 +1,9 @@
     (1.5, "1 1/2"),
+    (-0.5, "-1/2"),
+    pytest.param(2, id="two"),
-def test_renamed(x):
+def test_renamed(x, y):
+def test_new(x):
+    assert x
"""


@pytest.mark.parametrize(
    ("test", "is_brought"),
    [
        ("tests/test_a.py::test_new", True),
        ("tests/test_a.py::TestThem::test_new[a]", True),
        ("tests/test_a.py::test_old[-0.5--1/2]", True),
        ("tests/test_a.py::test_old[1.5-1 1/2]", False),
        ("tests/test_a.py::test_old[0.5-x]", False),
        ("tests/test_a.py::test_old[5]", False),
        ("tests/test_a.py::test_renamed", False),
        ("tests/test_a.py::test_ne", False),
        ("tests/test_b.py::test_new", False),
        ("tests/test_a.py::test_helper", False),
    ],
)
def test_a_test_is_brought_by_a_line_of_its_own_file(test: str, *, is_brought: bool) -> None:
    """Its function, or the values of its case; one that was there before and was only changed is not."""
    assert (find_brought([test], DIFFERENCE) == {test}) is is_brought


def test_only_what_is_gone_and_was_brought_is_let_go() -> None:
    """A brought test that fails is still a failure."""
    new, old, red = (f"tests/test_a.py::test_{name}" for name in ("new", "there", "old[-0.5--1/2]"))
    found = let_go(Comparison((old, new, red), (), (), (old, new)), DIFFERENCE)
    assert (found.newly_failing, found.missing) == ((old, red), (old,))
    same = Comparison((red,), (), ())
    assert let_go(same, DIFFERENCE) is same
