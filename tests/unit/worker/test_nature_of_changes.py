"""What a change alters, told by its removed and added lines."""

import pytest

from yantra_bot.domain.graph import Language
from yantra_bot.worker.suspects.nature import ADDED, KEPT, alters


@pytest.mark.parametrize(
    ("removed", "added", "most"),
    [
        ("return a + b", "outcome = a + b\nreturn outcome", KEPT),
        ("total = 1\nreturn total * rate", "amount = 1\nreturn amount * rate", KEPT),
        ("", "import logging\nlogging.debug('x')", ADDED),
        ("", "", 0.0),
        ("return a", "return a  # why", KEPT),
    ],
)
def test_what_does_as_before(removed: str, added: str, most: float) -> None:
    assert alters(removed, added, Language.PYTHON) == most


@pytest.mark.parametrize(
    ("removed", "added"),
    [
        ("return a + b", "return None"),
        ("if x is None:", "if (x is not None):"),
        ("if a < b:", "if (a <= b):"),
        ("return f(a, b)", "return f(b, a)"),
        ("return row['key']", "return row['keys']"),
        ("return left + right", "return left + other"),
        ("return left", "return left + 1"),
        ("if x is None:\n    return 0", ""),
        ("return total", "return True"),
    ],
)
def test_what_does_not(removed: str, added: str) -> None:
    assert alters(removed, added, Language.PYTHON) == 1.0


def test_other_languages_are_read_by_their_own_tokens() -> None:
    assert alters("return price * n;", "const total = price * n;\nreturn total;", Language.JAVASCRIPT) == KEPT
    assert alters("return price * n;", "return price / n;", Language.JAVASCRIPT) == 1.0
