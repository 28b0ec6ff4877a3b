"""Whatever stands where packages are installed: it is read within limits, never run, and no exception reaches the user.

Beside these: types and imports that lead in circles (tests/unit/graphdb/resolve/installed), files that are left out and
links (tests/unit/graphdb/test_environment.py).
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yantra_bot.cli.graph import graph
from yantra_bot.domain.graph import Graph
from yantra_bot.graphdb.environment import Environment, open_environment
from yantra_bot.graphdb.indexer import Indexer

PROGRAMS = Path(__file__).parents[1] / "graph_programs" / "python" / "dependencies"
DAMAGE = (
    b"",
    b"\0",
    b"(",
    b"[",
    b'"',
    b"\\",
    b"\n",
    b" " * 40,
    b"class ",
    b"def f(",
    b"-> ",
    b"from . import *\n",
    b"\xff",
)


def build(root: Path, environment: Environment | None) -> Graph:
    return Indexer(root, processes=1, environment=environment).build()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(path.name for path in PROGRAMS.iterdir())),
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9999), st.sampled_from(DAMAGE)), min_size=1, max_size=5),
)
def test_damaged_packages_give_a_graph_all_the_same(
    tmp_path: Path, name: str, damages: list[tuple[int, int, bytes]]
) -> None:
    """After each damage the graph that is brought up to date is the one that is built from nothing."""
    root = tmp_path / name
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(PROGRAMS / name, root)
    packages = root / "site-packages"
    kept = Indexer(root, processes=1, environment=open_environment(packages))
    kept.build()
    files = sorted(path for path in packages.rglob("*") if path.is_file())
    for which, at, damage in damages:
        path = files[which % len(files)]
        data = path.read_bytes()
        at %= len(data) + 1
        path.write_bytes(data[:at] + damage + data[at + len(damage) :])
        kept.refresh()
        updated, anew = kept.resolve(), build(root, open_environment(packages))
        assert (set(updated.edges), updated.problems) == (set(anew.edges), anew.problems)


def test_nothing_of_an_environment_runs(tmp_path: Path) -> None:
    """Neither a package, nor what Python itself would run at its start, nor a program in its place."""
    packages = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages"
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    (packages / "web").mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    for name in ("web/__init__.py", "sitecustomize.py", "usercustomize.py", "a.pth"):
        (packages / name).write_text(("import os; " if name.endswith(".pth") else "") + trap)
    (tmp_path / ".venv" / "bin").mkdir()
    (tmp_path / ".venv" / "bin" / "python").write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    (tmp_path / "main.py").write_text("import web\nweb.go()\n")
    assert told(tmp_path, "build")["files"] == 1
    assert not (tmp_path / "ran").exists()


def test_the_environment_of_this_program_is_not_taken(tmp_path: Path) -> None:
    """A repository without one of its own, or with a link to ours, has none."""
    root = tmp_path / "repo"
    root.mkdir()
    (root / "main.py").write_text("import click\nclick.get_current_context().find_root()\n")
    before = build(root, None)
    (root / ".venv").symlink_to(sys.prefix)
    assert told(root, "build")["edges"] == {
        kind: sum(edge.kind == kind for edge in before.edges) for kind in {edge.kind for edge in before.edges}
    }


def test_what_is_lost_of_packages_is_counted(tmp_path: Path) -> None:
    """Broken, too long, no text: `stats` names each; the rest is believed."""
    packages = tmp_path / "venv" / "lib" / "python3.12" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (packages / "broken.py").write_text("class (\ndef f() -> int: ...\n")
    (packages / "long.py").write_text("x: int\n" * 400_000)
    (packages / "line.py").write_text("x = [" + "1, " * 200_000 + "]\n")
    (packages / "zero.py").write_bytes(b"def f(): ...\0")
    (packages / "fine.py").write_text("class A:\n    def go(self): ...\ndef f() -> A: ...\n")
    names = ("broken", "long", "line", "zero", "fine")
    (tmp_path / "main.py").write_text("".join(f"import {name}\n{name}.f().go()\n" for name in names))
    counts = told(tmp_path, "build")
    assert counts["problems"] == {"not text": 1, "syntax error": 1, "too long": 2}
    assert counts["symbols"]["external"] == 11  # five modules, five functions and one method


def told(root: Path, *words: str) -> Any:
    command = [*words, "--repo", str(root), "--store", str(root.parent / f"{root.name}-store"), "--json"]
    done = CliRunner().invoke(graph, command, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)
