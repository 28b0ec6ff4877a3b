"""A small library with a bug, and scripts of models that work on it."""

from pathlib import Path

BROKEN = "def add(first, second):\n    return first - second\n\n\ndef double(number):\n    return number * 2\n"
TESTS = """\
from calc import add, double


def test_double():
    assert double(2) == 4


def test_add_nothing():
    assert add(3, 0) == 3
"""
NEW_TEST = TESTS + "\n\ndef test_add():\n    assert add(2, 3) == 5\n"
ISSUE_TITLE = "add subtracts"
ISSUE_BODY = "`add(2, 3)` gives -1 instead of 5."


def write_library(folder: Path) -> Path:
    """Write a library whose tests pass and do not see its bug."""
    (folder / "tests").mkdir(parents=True)
    (folder / "calc.py").write_text(BROKEN)
    (folder / "tests" / "test_calc.py").write_text(TESTS)
    (folder / "conftest.py").write_text("")
    (folder / "README.md").write_text("# calc\n")
    return folder


HEAD = '[recording]\nmade = "written by hand"\n'


def turn(name: str, *calls: str, when: str = "", text: str = "") -> str:
    """Return one turn of a script; `when` is an inline TOML table of predicates."""
    lines = ["[[turn]]", f'name = "{name}"', f'answer = "{text or name}"']
    return "\n".join([*lines, *([f"when = {when}"] if when else []), *calls]) + "\n"


def call(name: str, arguments: str) -> str:
    """Return one tool call; `arguments` is an inline TOML table."""
    return f'[[turn.call]]\nname = "{name}"\narguments = {arguments}'


FIX = call("edit_file", '{path = "calc.py", search = "first - second", replace = "first + second"}')
ADD_TEST = call("write_file", "{path = \"tests/test_calc.py\", content = '''\n" + NEW_TEST + "'''}")
RUN_TESTS = call("run_tests", "{}")
FINISH = call(
    "finish", '{title = "fix: add its arguments", summary = "add used minus. A test now covers it.", confidence = 0.95}'
)
GOOD = HEAD + turn("fix", FIX, ADD_TEST) + turn("prove", RUN_TESTS) + turn("end", FINISH)
"""Fixes the bug, adds a test, runs the tests, finishes."""

SHELL_CALC = "add() { echo $(($1 - $2)); }\n"
SHELL_TEST = '. ./calc.sh\ntest "$(add 3 0)" = 3\n'
SHELL_RULES = "tests:\n  command: [sh, test.sh]\n"
SHELL_FIX = call("edit_file", '{path = "calc.sh", search = "$1 - $2", replace = "$1 + $2"}')
SHELL_GOOD = HEAD + turn("fix", SHELL_FIX) + turn("end", FINISH)
"""The same for the library in another language."""
SHELL_FILES = {"calc.sh": SHELL_CALC, "test.sh": SHELL_TEST, ".github/yantra.yml": SHELL_RULES}
"""A library that is not Python's: its runs install nothing and test with a command of their own, in little time."""
FIRST_CITED = HEAD + turn(
    "answer",
    call(
        "answer",
        '{text = "It subtracts its arguments [1].", '
        'citations = [{path = "calc.py", line = 2, quote = "    return first - second"}]}',
    ),
)
"""Answers what `add` does, with the line that proves it."""
