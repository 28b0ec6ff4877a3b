"""A diff as lines by file and number."""

import pytest

from yantra_bot.agent.critique.difference import Difference

TEXT = """\
diff --git a/calc.py b/calc.py
--- a/calc.py
+++ b/calc.py
@@ -1,3 +1,4 @@
 def add(first, second):
-    return first - second
+    total = first + second
+    return total

diff --git a/tests/new test.py b/tests/new test.py
new file mode 100644
--- /dev/null
+++ b/tests/new test.py\t
@@ -0,0 +1 @@
+++ this line begins with two signs
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
--- and this was an SQL comment
"""


def test_lines_are_known_by_their_number_after_the_change() -> None:
    """Written, removed and untouched lines, with lines whose text looks like a head of the format."""
    found = Difference(TEXT)
    assert list(found.files) == ["calc.py", "tests/new test.py", "gone.py"]
    calc = found.files["calc.py"]
    assert calc.written == {2: "    total = first + second", 3: "    return total"}
    assert calc.removed == ["    return first - second"]
    assert calc.around[1] == "def add(first, second):"
    assert found.files["tests/new test.py"].written == {1: "++ this line begins with two signs"}
    assert found.files["gone.py"].removed == ["-- and this was an SQL comment"]
    assert {"total", "calc", "SQL"} <= found.words


@pytest.mark.parametrize(("line", "holds"), [(1, True), (4, True), (5, False), (0, False)])
def test_a_line_is_held_where_the_change_shows_it(line: int, holds: bool) -> None:
    """A place is evidence inside a hunk only."""
    assert Difference(TEXT).files["calc.py"].holds(line) is holds


def test_a_path_is_found_by_its_last_parts_where_they_are_unique() -> None:
    """Two files of a name are no answer."""
    two = "diff --git a/a/x.py b/a/x.py\ndiff --git a/b/x.py b/b/x.py\n"
    assert Difference(two).find("x.py") is None
    assert Difference(two).find("./a/x.py") == "a/x.py"
    assert Difference(TEXT).find("new test.py") == "tests/new test.py"
    assert Difference(TEXT).find("") is None


def test_a_quote_has_to_be_there() -> None:
    """Blanks do not matter; two characters prove nothing."""
    found = Difference(TEXT)
    assert found.quotes("return  first -   second")
    assert not found.quotes("first * second")
    assert not found.quotes("+")


@pytest.mark.parametrize("text", ["", "no diff at all", "@@ -1 +1 @@\n+x", "diff --git a/x b/x\n+before any hunk"])
def test_what_is_no_diff_has_no_lines(text: str) -> None:
    """Nothing is evidence that is not in a hunk of a file."""
    assert list(Difference(text).lines()) == []
