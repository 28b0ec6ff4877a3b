"""A program is followed to its end, whoever ends it."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.fakes.sandbox_world import SMALL
from yantra_bot.sandbox.limits import Limit
from yantra_bot.sandbox.output import Output
from yantra_bot.sandbox.processes import follow


def start(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


def killer(process: subprocess.Popen[bytes]) -> Callable[[], None]:
    def kill() -> None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    return kill


def test_what_closed_its_output_is_waited_for() -> None:
    """A program that closes its output and goes on is followed to its end."""
    with start("exec >&- 2>&-; exit 3") as process:
        assert follow(process, output=Output(100), limits=SMALL, check=lambda: None, kill=killer(process)) is None
    assert process.returncode == 3


def test_children_that_hold_the_output_do_not_hold_the_caller() -> None:
    """When the program is gone, its children are killed, and what they wrote before is still read."""
    output = Output(100)
    with start("echo child; sleep 600 & exit 0") as process:
        assert follow(process, output=output, limits=SMALL, check=lambda: None, kill=killer(process)) is None
    assert output.finish() == "child"


def test_a_named_limit_ends_it() -> None:
    """As soon as the check names a limit, everything is killed and the limit returned."""
    with start("sleep 600") as process:
        found = follow(process, output=Output(100), limits=SMALL, check=lambda: Limit.MEMORY, kill=killer(process))
    assert found is Limit.MEMORY


def test_losing_sight_is_a_limit() -> None:
    """A check that fails ends the program: what cannot be seen cannot be limited."""

    def fail() -> Limit | None:
        raise PermissionError

    with start("sleep 600") as process:
        found = follow(process, output=Output(100), limits=SMALL, check=fail, kill=killer(process))
    assert found is Limit.BLIND


def test_a_last_flood_is_cut_off() -> None:
    """What a killed program left in the pipe is read, but not beyond the flood."""
    limits = replace(SMALL, wall_seconds=5.0)
    with start("head -c 60000 /dev/zero; sleep 600 & exit 0") as process:
        found = follow(process, output=Output(10), limits=limits, check=lambda: None, kill=killer(process))
    assert found in (None, Limit.OUTPUT)


def test_what_has_ended_before_is_read_all_the_same() -> None:
    """A program whose end was noticed before it was followed gives its output."""
    output = Output(100)
    with start("echo done") as process:
        process.wait()
        assert follow(process, output=output, limits=SMALL, check=lambda: None, kill=killer(process)) is None
    assert output.finish() == "done"


def test_output_has_to_be_a_pipe() -> None:
    """A program without a pipe is refused and killed."""
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as process:
        kill = killer(process)
        with pytest.raises(ValueError, match="pipe"):
            follow(process, output=Output(10), limits=SMALL, check=lambda: None, kill=kill)
    assert process.returncode == -9
