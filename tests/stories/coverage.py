"""Scripts of models whose change has lines that no test runs, and that are asked for tests of these."""

from tests.stories.library import FINISH, HEAD, TESTS, call, turn

ASKED = "run by no test"
AGAIN = "These tests do not stand"
GUARD = "    if first is None:\n        raise TypeError('nothing to add to')\n    return first + second"
GROWN = call("edit_file", f'{{path = "calc.py", search = "    return first - second", replace = """{GUARD}"""}}')
"""Mends the bug, and adds a line that no test runs."""
DONE = call("finish", '{title = "test: cover it", summary = "Tests.", confidence = 0.95}')

RAISES = "def test_add_to_nothing():\n    with pytest.raises(TypeError):\n        add(None, 1)\n"
SUMS = "def test_add():\n    assert add(2, 3) == 5\n"
USELESS = "def test_add_nothing_again():\n    assert add(4, 0) == 4\n"
FAILING = "def test_adds_words():\n    assert add(1, 1) == 3\n"
IDLE = "def test_calls():\n    try:\n        add(None, 1)\n    except TypeError:\n        pass\n"
IMPORTS = "import pytest\nfrom calc import add\n"
COVERS = TESTS.replace("from calc", "import pytest\nfrom calc") + "\n\n" + RAISES


SPOILS = call("edit_file", '{path = "calc.py", search = "first + second", replace = "first * second"}')
HOOKS = call("write_file", '{path = "tests/conftest.py", content = "collect_ignore_glob = []\\n"}')
ASKS = call(
    "finish",
    '{title = "test: cover it", summary = "It fails.", confidence = 0.5, question = "Is 1 and 1 to be 3 here?"}',
)


def write_tests(*tests: str, path: str = "tests/test_add.py", imports: str = IMPORTS) -> str:
    """Return a call that writes a test file."""
    body = "\n".join([imports, *(f"\n{test}" for test in tests)])
    return call("write_file", f'{{path = "{path}", content = """{body}"""}}')


def when(name: str, shown: str, *calls: str) -> str:
    """Return a turn that answers where this was shown last."""
    return turn(name, *calls, when=f"{{last = ['{shown}']}}")


def script(*turns: str, change: tuple[str, ...] = (GROWN,)) -> str:
    """Return a script that makes the change, and has these turns for what it is asked then."""
    return HEAD + "".join(turns) + turn("fix", *change) + turn("sure", FINISH)


ONE_GOOD = script(when("write", ASKED, write_tests(RAISES), DONE))
"""Asked once, and answered with one test that is worth keeping."""
