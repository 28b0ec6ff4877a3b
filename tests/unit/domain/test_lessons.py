"""What two occurrences of one mistake have in common."""

import pytest

from yantra_bot.domain.lessons import Category, CodeNode, Lesson, Scope, Severity, normalise_error, sign

FIRST = """Traceback (most recent call last):
  File "/home/a/src/shop/cart.py", line 41, in total
TypeError: unsupported operand type(s) for +: 'NoneType' and 'int' at 0x7f31aa"""
SECOND = """Traceback (most recent call last):
  File "/srv/build/7/shop/cart.py", line 43, in total
TypeError: unsupported operand type(s) for +: 'NoneType' and 'float' at 0x55e0"""


def test_the_same_error_elsewhere_has_the_same_signature() -> None:
    """Folders, lines, names in quotes and addresses do not count; the words of the error do."""
    assert normalise_error(FIRST) == normalise_error(SECOND)
    assert sign(Category.TYPE, FIRST) == sign(Category.TYPE, SECOND)
    assert sign(Category.TYPE, FIRST) != sign(Category.TYPE, FIRST.replace("unsupported", "bad"))
    assert sign(Category.TYPE, FIRST) != sign(Category.API, FIRST)
    assert len(sign(Category.TYPE, "")) == 16


def test_what_it_is_about_counts() -> None:
    """The same error in another function is another mistake; the order of functions is none."""
    nodes = (CodeNode("cart.total", "1"), CodeNode("cart.add", "2"))
    assert sign(Category.TYPE, FIRST, nodes) == sign(Category.TYPE, FIRST, nodes[::-1])
    assert sign(Category.TYPE, FIRST, nodes) != sign(Category.TYPE, FIRST, nodes[:1])


@pytest.mark.parametrize(("shown", "helped", "rate"), [(0, 0, 0.5), (8, 7, 0.8), (8, 0, 0.1)])
def test_help_is_believed_as_it_is_seen(shown: int, helped: int, rate: float) -> None:
    """A lesson that was never shown is neither good nor bad."""
    lesson = Lesson(
        "1", Scope(7, "python", "claude"), Category.API, Severity.MAJOR, "a", "b", "c", shown=shown, helped=helped
    )
    assert lesson.help_rate == pytest.approx(rate)
