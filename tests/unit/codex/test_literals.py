"""What stands between quotes is not kept: a secret is a text like any other."""

import pytest

from yantra_bot.codex.literals import hide_literals
from yantra_bot.codex.reading import read_functions

SOURCE = '''
def connect(host: "Host", port=5432):
    """Say `hunter2` to the door."""
    # the old one was hunter1
    key = f"hunter3-{host.name:>8}-{'hunter4'}" + b"hunter5".decode() + """hunter6
    """
    with open(host.path, "rb") as file, open(host.path, mode="w") as other:
        return key.split(","), file.read(4711), 1.5, port + 1, other
'''


def test_texts_numbers_and_comments_go_and_the_steps_stay() -> None:
    """Of docstrings, of formatted texts, of bytes, and of what is computed inside of a text."""
    told = hide_literals(SOURCE)
    assert "hunter" not in told
    assert not [number for number in ("4711", "5432", "1.5") if number in told]
    assert "f\"text{host.name:>8}-{'text'}\"" in told
    assert 'open(host.path, "rb")' in told
    assert 'mode="w"' in told
    assert 'split(",")' in told
    assert "port + 1" in told
    before, after = (read_functions(source.encode())[0] for source in (SOURCE, told))
    assert before.steps == after.steps
    assert hide_literals(told) == told


@pytest.mark.parametrize("source", ["def f(:", "x = 'half", "def f():\n  return {"])
def test_what_does_not_parse_is_not_kept(source: str) -> None:
    """Where nobody can tell what is a text."""
    assert hide_literals(source) == ""
