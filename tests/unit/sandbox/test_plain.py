"""The operator's insecure switch: no sandbox, but limits, time and translated paths."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from tests.fakes.sandbox_world import SMALL, SandboxWorld, choose_user
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import Job, Mount
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.limits import Limit
from yantra_bot.sandbox.plain import translate

FIXED = {"PATH", "HOME", "USER", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
SYSTEM = Interpreter(executable="/bin/sh", prefix="/usr", version="", source=None)


@pytest.fixture
def plain() -> Sandbox:
    return Sandbox(interpreter=SYSTEM, user=choose_user(), insecure=True)


def test_switching_it_off_is_logged() -> None:
    """Whoever switches the sandbox off reads it in the log each time."""
    with capture_logs() as logs:
        Sandbox(interpreter=SYSTEM, insecure=True)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("sandbox_is_off", "warning")]


def test_paths_of_the_sandbox_are_translated(plain: Sandbox, sandbox_world: SandboxWorld) -> None:
    """Commands and variables may name the sandbox's paths; the real folders are used. The environment is clean."""
    tree, data = sandbox_world.make_folder(), sandbox_world.make_tree({"a.txt": "shown"})
    job = Job(
        argv=("/bin/sh", "-c", "cat $0; echo; pwd; cat $LIST; echo; env", "/run/yantra/deep/note"),
        workspace=tree,
        mounts=(Mount(data, "/data"),),
        environment={"LIST": "/data/a.txt", "LINKS": "/data /data:x file:///data/a"},
        files={"/run/yantra/deep/note": b"noted"},
        limits=SMALL,
    )
    done = plain.run(job)
    assert done.exit_code == 0, done.output
    first, second, third, *variables = done.output.splitlines()
    assert (first, second, third) == ("noted", str(tree), "shown")
    assert f"LINKS={data} {data}:x file://{data}/a" in variables
    assert {line.split("=")[0] for line in variables} <= {"LINKS", "LIST", "OLDPWD", "PWD", "_"} | FIXED


def test_time_and_signals_are_told(plain: Sandbox) -> None:
    """The time limit holds, and a signal is 128 + its number, as in the sandbox."""
    slow = Job(argv=("/bin/sleep", "600"), limits=replace(SMALL, wall_seconds=0.2))
    assert plain.run(slow).limit == Limit.TIME
    killed = plain.run(Job(argv=("/bin/sh", "-c", "kill -9 $$"), limits=SMALL))
    assert (killed.exit_code, killed.limit) == (128 + 9, None)


def test_only_whole_folders_are_translated() -> None:
    """/workspace2 is not below /workspace, and the longest match wins."""
    places = {"/workspace": "/real", "/workspace/deep": "/other"}
    assert translate("/workspace/a", places) == "/real/a"
    assert translate("/workspace", places) == "/real"
    assert translate("/workspace2/a", places) == "/workspace2/a"
    assert translate("/workspace/deep/a", places) == "/other/a"
    assert translate("-m", places) == "-m"
