"""What a caller of the sandbox may rely on."""

import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SMALL, SandboxWorld, find_processes, is_root, make_marker
from yantra_bot.sandbox.bubblewrap import Sandbox, find_bubblewrap, probe
from yantra_bot.sandbox.contract import Job, Mount, SandboxUnavailable
from yantra_bot.sandbox.limits import SNIPPET, TESTS, Limit

pytestmark = pytest.mark.sandbox


def test_the_interpreter_inside_is_the_one_outside(sandbox_world: SandboxWorld) -> None:
    """A sandbox runs the same Python, of the same prefix, as this program."""
    done = sandbox_world.run("import sys, json; print(json.dumps([sys.version, sys.base_prefix]))")
    assert json.loads(done.output) == [sandbox_world.interpreter.version, sandbox_world.interpreter.prefix]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("raise SystemExit(0)", 0), ("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 15)", 128 + 15)],
)
def test_the_exit_code_is_the_commands(sandbox_world: SandboxWorld, code: str, expected: int) -> None:
    """Exit codes come through; a signal is 128 + its number."""
    done = sandbox_world.run(code)
    assert (done.exit_code, done.limit) == (expected, None)


def test_a_missing_program_is_an_exit_code(sandbox_world: SandboxWorld) -> None:
    """A command that does not exist is the command's failure, not the sandbox's."""
    done = sandbox_world.sandbox.run(Job(argv=("no-such-program",), limits=SMALL))
    assert done.exit_code == 127
    assert "no-such-program" in done.output


def test_output_is_streamed_line_by_line(sandbox_world: SandboxWorld) -> None:
    """Each line arrives while the command still runs: it waits for a file that is made when its first line is seen."""
    workspace = sandbox_world.make_folder()
    code = """
import os, sys, time
print('first', flush=True)
while not os.path.exists('seen'): time.sleep(0.01)
print('second', file=sys.stderr)
"""
    lines: list[str] = []

    def see(line: str) -> None:
        lines.append(line)
        (workspace / "seen").touch()

    done = sandbox_world.sandbox.run(sandbox_world.job(code, workspace=workspace), on_line=see)
    assert lines == ["first", "second"]
    assert done.output == "first\nsecond"


def test_a_caller_that_fails_leaves_nothing_running(sandbox_world: SandboxWorld) -> None:
    """An exception in `on_line` ends the sandbox before it reaches the caller."""
    marker = make_marker()

    def fail(line: str) -> None:
        raise RuntimeError(line)

    job = sandbox_world.job("print('hello', flush=True); import time; time.sleep(600)", marker=marker)
    with pytest.raises(RuntimeError, match="hello"):
        sandbox_world.sandbox.run(job, on_line=fail)
    assert find_processes(marker) == []


def test_the_dead_are_buried(sandbox_world: SandboxWorld) -> None:
    """Not even a process-table entry of a sandbox is left, also when daemons were."""
    for _ in range(3):
        sandbox_world.run("import os, time\nif os.fork() == 0: time.sleep(600)")
    with suppress(ChildProcessError):
        assert os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def test_files_and_folders_are_shown(sandbox_world: SandboxWorld) -> None:
    """Mounts are read-only unless said otherwise; files appear where they were asked for; variables are set."""
    shown, writable = sandbox_world.make_tree({"a.txt": "from outside"}), sandbox_world.make_folder()
    code = """
import os
from contextlib import suppress
print(open('/data/a.txt').read(), open('/run/yantra/note').read(), os.environ['NOTE'], os.getcwd())
open('/out/made', 'w').write('made inside')
try: open('/data/b.txt', 'w')
except OSError as error: print(error.strerror)
"""
    job = replace(
        sandbox_world.job(code),
        mounts=(Mount(shown, "/data"), Mount(writable, "/out", writable=True)),
        files={"/run/yantra/note": b"a note"},
        environment={"NOTE": "a b=c"},
        directory="/data",
    )
    done = sandbox_world.sandbox.run(job)
    assert done.output == "from outside a note a b=c /data\nRead-only file system"
    assert (writable / "made").read_text() == "made inside"


def test_no_open_file_is_handed_in(sandbox_world: SandboxWorld) -> None:
    """A command has standard input, output and error, and nothing else; its input is empty."""
    done = sandbox_world.run("import os, sys; print(sorted(os.listdir('/proc/self/fd')), repr(sys.stdin.read()))")
    assert done.output == "['0', '1', '2', '3'] ''"


def test_bubblewraps_command_line_tells_nothing(sandbox_world: SandboxWorld) -> None:
    """The first process's command line, readable inside, names no folder of the host."""
    done = sandbox_world.run(
        "print(open('/proc/1/cmdline').read().replace(chr(0), ' '))", workspace=sandbox_world.make_folder()
    )
    assert str(sandbox_world.folder) not in done.output


def test_a_sandbox_that_cannot_be_set_up_is_told_apart(sandbox_world: SandboxWorld) -> None:
    """A folder that is not there is no exit code but a refusal."""
    job = replace(sandbox_world.job("print()"), mounts=(Mount(sandbox_world.folder / "absent", "/data"),))
    with pytest.raises(SandboxUnavailable, match="absent"):
        sandbox_world.sandbox.run(job)


def test_time_runs_for_every_command(sandbox_world: SandboxWorld) -> None:
    """A command that is still silent at its time is ended, and the whole time is told."""
    done = sandbox_world.run("import time; time.sleep(600)", limits=replace(SMALL, wall_seconds=0.2))
    assert done.limit == Limit.TIME
    assert done.exit_code is None
    assert done.seconds >= 0.2


def test_without_bubblewrap_nothing_runs(tmp_path: Path, sandbox_world: SandboxWorld) -> None:
    """Where bubblewrap is missing the refusal says how to install it."""
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        find_bubblewrap(str(tmp_path))
    assert "apt-get install bubblewrap" in (probe(str(tmp_path)) or "")
    user = sandbox_world.sandbox.user if is_root() else None
    with pytest.raises(SandboxUnavailable):
        Sandbox(interpreter=sandbox_world.interpreter, user=user, programs=str(tmp_path))


def test_a_bubblewrap_that_fails_is_reported(sandbox_world: SandboxWorld) -> None:
    """Where bubblewrap is there but cannot make a sandbox, its own words and the cures are given."""
    folder = sandbox_world.make_folder()
    script = "#!/bin/sh\necho 'bwrap: {}'\nexit 1\n"
    for said, expected in (("--size No permissions to create new namespace", "sysctl"), ("0.4", "too old")):
        (folder / "bwrap").write_text(script.format(said))
        (folder / "bwrap").chmod(0o755)
        assert expected in (probe(str(folder)) or "")


def test_memory_that_processes_share_counts_once(sandbox_world: SandboxWorld) -> None:
    """Forked processes that only read what their parent filled do not add up."""
    code = """
import os, time
held = bytearray(os.urandom(1 << 20) * 100)
pids = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        time.sleep(0.5)
        os._exit(0)
    pids.append(pid)
for pid in pids: os.waitpid(pid, 0)
print('done')
"""
    done = sandbox_world.run(code, limits=replace(SMALL, memory_bytes=300 << 20))
    assert (done.output, done.limit) == ("done", None)


def test_the_probe_finds_a_working_sandbox(sandbox_world: SandboxWorld) -> None:
    """Where a sandbox works, the probe has nothing to say."""
    assert probe() is None


def test_root_is_refused(sandbox_world: SandboxWorld) -> None:
    """Root has to name a user for its sandboxes; an ordinary user cannot name another."""
    with pytest.raises(SandboxUnavailable, match="Cure"):
        Sandbox(interpreter=sandbox_world.interpreter, user=None if is_root() else os.geteuid() + 1)


def test_limits_are_those_of_the_specification() -> None:
    """2 GiB and five minutes for tests, 512 MiB and 30 s for a snippet."""
    assert (TESTS.memory_bytes, TESTS.wall_seconds) == (2 << 30, 300)
    assert (SNIPPET.memory_bytes, SNIPPET.wall_seconds) == (512 << 20, 30)


def test_the_first_process_cannot_be_attacked(sandbox_world: SandboxWorld) -> None:
    """The first process of the sandbox cannot be killed from inside, nor seen into."""
    code = "import os; os.kill(1, 9); print('alive')"
    done = sandbox_world.run(code)
    assert done.exit_code == 0
    assert done.output == "alive"
