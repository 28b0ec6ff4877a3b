"""A model's program is judged by its syntax tree before anything runs."""

import pytest

from yantra_bot.agent.commands import CommandResult, Risk
from yantra_bot.agent.snippets import NO_PICTURES, judge, show
from yantra_bot.errors import UserError


def test_a_program_is_graded_by_what_it_imports() -> None:
    """Computing is a low risk, processes and files a middle one; what cannot work or reaches too low is refused."""
    assert judge("import math\nprint(math.pi)").risk is Risk.LOW
    assert judge("import os.path").risk is Risk.MEDIUM
    assert judge("from subprocess import run").risk is Risk.MEDIUM
    assert judge("from . import socket").is_allowed
    for code, word in (
        ("import socket", "no network"),
        ("from http import client", "no network"),
        ("import ctypes", ""),
    ):
        decision = judge(f"def f():\n    {code}")
        assert (decision.is_allowed, decision.risk) == (False, Risk.HIGH)
        assert word in decision.reason


@pytest.mark.parametrize(
    "code",
    ["print(", "x = = 1", "a\0b", "(" * 30_000, "-" * 30_000 + "1", "\ud800", "if 1:\n" * 300, "1+" * 19_000 + "1"],
)
def test_what_is_no_python_is_told(code: str) -> None:
    """A syntax error with its line; what would break a parser is an answer like any other."""
    try:
        assert judge(code).is_allowed
    except UserError as refused:
        message = str(refused)
    else:
        message = "cannot be parsed" if code.startswith("1+") else ""
    assert "no Python" in message or "cannot be parsed" in message


def test_an_answer_is_short_and_says_that_pictures_are_missing() -> None:
    """Output is cut in its middle and cleaned of terminal codes."""
    shown = show(CommandResult(None, "\x1b[31mx\n" * 20_000, 30.0, "time limit"), "import matplotlib")
    assert shown.startswith("Ended by a limit: time limit, 30.0 s.\n")
    assert shown.endswith(NO_PICTURES)
    assert len(shown) < 21_000
    assert "\x1b" not in shown


def test_what_the_text_does_not_show_is_a_middle_risk() -> None:
    """Imports by a call count as imports where they name a text; running a text is no computing."""
    assert not judge("__import__('socket')").is_allowed
    assert not judge("import importlib\nimportlib.import_module('ctypes.util')").is_allowed
    for code in ("exec('x')", "eval(x)", "__import__(name)", "f()(compile('', '', 'exec'))"):
        assert judge(code).risk is Risk.MEDIUM
    assert judge("print((lambda: 1)())").risk is Risk.LOW
