"""Edits that change nothing: the code does the same, and looks as a person might have written it."""

import ast
import re
import sysconfig
from pathlib import Path

import pytest

from yantra_bot.training.faults import read_module
from yantra_bot.training.faults.neutral import local_names, neutral_edits

LIBRARY = Path(sysconfig.get_path("stdlib"))
PROGRAM = b"""def f(a, b, flag=False):
    i = 0
    total = []
    for step in range(a):
        i += 2
        if a == b:
            total.append(("same", i))
        else:
            total.append(("other", step))
        total.append(a if flag else b)
        if step < b:
            total.append(dict(x=a, y=b))
        if not flag:
            total.append(1)
        else:
            total.append(2)
    return i, total
"""


def run(source: bytes) -> list[object]:
    space: dict[str, object] = {}
    exec(compile(source, "program", "exec"), space)
    function = space["f"]
    assert callable(function)
    return [function(a, b, flag) for a in range(4) for b in range(4) for flag in (False, True)]


def test_every_edit_of_a_program_leaves_its_results() -> None:
    """Each kind of edit is found, and the program gives the same for every input."""
    module = read_module(PROGRAM)
    assert module is not None
    edits = neutral_edits(module, module.functions[0], ["index"])
    changed = [PROGRAM[:start] + text + PROGRAM[end:] for start, end, text in edits]
    expected = (b"b == a", b"b if not flag else a", b"b > step", b"i = i + 2", b"if a != b", b"y=b, x=a", b"index = 0")
    for text in expected:
        assert any(text in one and text not in PROGRAM for one in changed), text
    for one in changed:
        assert run(one) == run(PROGRAM), one


@pytest.mark.parametrize("name", ["shutil.py", "asyncio/base_events.py", "urllib/request.py"])
def test_edits_of_real_files_parse(name: str) -> None:
    """In real code each edit leaves a file that parses and is another text."""
    module = read_module((LIBRARY / name).read_bytes())
    assert module is not None
    edits = [edit for node in module.functions[::4] for edit in neutral_edits(module, node, ["batch", "left"])]
    assert len(edits) > 20
    for start, end, text in edits[::3]:
        changed = module.source[:start] + text + module.source[end:]
        assert changed != module.source
        ast.parse(changed)


def test_names_are_those_of_the_files_around() -> None:
    """A variable is never called by a name that its file has already, nor by one that no file has."""
    modules = [read_module((LIBRARY / name).read_bytes()) for name in ("shutil.py", "heapq.py")]
    shutil, heapq = (module for module in modules if module is not None)
    names = local_names([shutil, heapq])
    assert {"childpos", "srcname"} <= set(names)
    for node in shutil.functions:
        for start, end, text in neutral_edits(shutil, node, names):
            new = names_in(text) - names_in(shutil.source[start:end])
            assert new <= set(names) - shutil.names | {"not", "is", "in"}, new


def names_in(text: bytes) -> set[str]:
    return set(re.findall(r"[A-Za-z_]+", text.decode()))
