"""Group D, using too much: each attack meets its limit, is named, and leaves the host as it was."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.sandbox_world import SMALL, SandboxWorld, find_processes, make_marker
from yantra_bot.sandbox.limits import MIB, Limit

pytestmark = pytest.mark.sandbox

FORK_BOMB = """
import os
while True:
    try: os.fork()
    except OSError: pass
"""
THREADS = """
import threading, time
while True:
    try: threading.Thread(target=time.sleep, args=(600,)).start()
    except RuntimeError: pass
"""
ONE_FILE = """
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
f = open('f', 'wb')
while True: f.write(b'x' * (1 << 20))
"""
DEAF = """
import signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
time.sleep(600)
"""
MAPPED = "import mmap\nm = mmap.mmap(-1, 1 << 29)\nfor i in range(0, 1 << 29, 4096): m[i] = 1"
ATTACKS = {
    "fork bomb": (FORK_BOMB, {"processes": 20, "memory_bytes": 4096 * MIB}, {Limit.PROCESSES}),
    "threads": (
        THREADS,
        {"processes": 20},
        {Limit.PROCESSES},
    ),
    "memory, slowly": ("x = []\nwhile True: x.append(b'y' * (1 << 20))", {}, {Limit.MEMORY}),
    "memory, shared": (
        MAPPED,
        {},
        {Limit.MEMORY},
    ),
    "many files in the workspace": (
        "import itertools\nfor i in itertools.count(): open(f'{i}', 'w').close()",
        {"files": 500},
        {Limit.DISK},
    ),
    "many files in /tmp": (
        "import itertools\nfor i in itertools.count(): open(f'/tmp/{i}', 'w').close()",
        {"files": 500},
        {Limit.DISK},
    ),
    "many large files": (
        "import itertools\nfor i in itertools.count(): open(f'{i}', 'wb').write(bytes([i % 251]) * (4 << 20))",
        {},
        {Limit.DISK},
    ),
    "one large file": (
        ONE_FILE,
        {},
        {Limit.FILE_SIZE},
    ),
    "processor": ("while True: pass", {"cpu_seconds": 0.5}, {Limit.CPU}),
    "processor, shared out": (
        "import os\nfor _ in range(4): os.fork()\nwhile True: pass",
        {"cpu_seconds": 1.0},
        {Limit.CPU},
    ),
    "sleep": ("import time\ntime.sleep(600)", {"wall_seconds": 0.5}, {Limit.TIME}),
    "signals ignored": (
        DEAF,
        {"wall_seconds": 0.5},
        {Limit.TIME},
    ),
    "output, lines": ("while True: print('y' * 100)", {}, {Limit.OUTPUT}),
    "output, one line": ("import os\nwhile True: os.write(1, b'y' * 65536)", {}, {Limit.OUTPUT}),
}


@pytest.mark.case("D13")
@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_meets_its_limit(sandbox_world: SandboxWorld, name: str) -> None:
    """The limit is named, the command has no exit code, and no process and no great file is left."""
    code, changes, expected = ATTACKS[name]
    marker, workspace = make_marker(), sandbox_world.make_folder()
    limits = replace(SMALL, **changes)
    job = sandbox_world.job(code, workspace=workspace, limits=limits, marker=marker)
    free_before = shutil.disk_usage("/dev/shm").free
    done = sandbox_world.sandbox.run(job)
    assert (done.limit, done.exit_code) == (next(iter(expected)), None), done.output[-500:]
    assert find_processes(marker) == []
    assert max((path.stat().st_size for path in workspace.iterdir()), default=0) <= limits.file_bytes
    assert len(done.output) <= limits.output_bytes
    assert shutil.disk_usage("/dev/shm").free >= free_before - 32 * MIB
    shutil.rmtree(workspace)


@pytest.mark.case("D13")
@pytest.mark.parametrize(
    "code",
    [
        "x = b'x' * (4 << 30)",
        "f = open('/tmp/f', 'wb')\nwhile True: f.write(b'x' * (1 << 20))",
        "f = open('f', 'wb')\nf.truncate(2 << 30)",
    ],
    ids=["4 GB at once", "a full temporary folder", "a sparse file of 2 GB"],
)
def test_what_is_refused_at_once_fails_in_the_program(sandbox_world: SandboxWorld, code: str) -> None:
    """What the kernel refuses outright ends in the program's own error; nothing is used up."""
    workspace = sandbox_world.make_folder()
    done = sandbox_world.run(code, workspace=workspace)
    assert done.exit_code == 1 or done.limit in (Limit.MEMORY, Limit.DISK)
    assert sum(path.stat().st_size for path in workspace.iterdir()) == 0


@pytest.mark.case("D14")
def test_a_fork_bomb_does_not_starve_its_neighbours(sandbox_world: SandboxWorld) -> None:
    """Of ten sandboxes at once one is a fork bomb; the other nine start, fork and finish."""
    forks = """
import os
for _ in range(5):
    pid = os.fork()
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
print('fine')
"""
    bomb = sandbox_world.job(FORK_BOMB, limits=replace(SMALL, processes=40, memory_bytes=4096 * MIB))
    jobs = [bomb, *(sandbox_world.job(forks) for _ in range(9))]
    with ThreadPoolExecutor(10) as pool:
        bombed, *others = pool.map(sandbox_world.sandbox.run, jobs)
    assert bombed.limit == Limit.PROCESSES
    assert [done.output for done in others] == ["fine"] * 9


@pytest.mark.case("D15")
def test_an_archive_bomb_meets_the_disk_limit(sandbox_world: SandboxWorld) -> None:
    """A small zip that unpacks to 200 MB is stopped while it unpacks."""
    workspace = sandbox_world.make_folder()
    with zipfile.ZipFile(workspace / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(12):
            archive.writestr(f"{number}.bin", b"\0" * (16 * MIB))
    assert (workspace / "bomb.zip").stat().st_size < MIB
    done = sandbox_world.run("import zipfile; zipfile.ZipFile('bomb.zip').extractall()", workspace=workspace)
    assert done.limit == Limit.DISK
    shutil.rmtree(workspace)


LAUNCH = """
import sys
from pathlib import Path
from tests.fakes.sandbox_world import SMALL
from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import Job
from yantra_bot.sandbox.interpreter import Interpreter
executable, prefix, source, user, marker = sys.argv[1:]
python = Interpreter(executable=executable, prefix=prefix, version="", source=Path(source) if source else None)
sandbox = Sandbox(interpreter=python, user=int(user) if user else None)
code = "import os, time\\nos.fork()\\nif os.fork() == 0: os.setsid()\\nos.write(1, b'up\\\\n')\\ntime.sleep(600)"
job = Job(argv=(executable, "-c", code, "inside-" + marker), limits=SMALL)
sandbox.run(job, on_line=lambda line: (sys.stdout.write(line + "\\n"), sys.stdout.flush()))
"""


@pytest.mark.case("L02")
def test_a_killed_worker_takes_its_sandbox_along(sandbox_world: SandboxWorld) -> None:
    """kill -9 of the process that started a sandbox ends every process of the sandbox."""
    marker = make_marker()
    python, user = sandbox_world.interpreter, str(sandbox_world.sandbox.user) if os.geteuid() == 0 else ""
    facts = (python.executable, python.prefix, str(python.source or ""), user, marker)
    starter = subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *facts], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )
    with starter:
        assert starter.stdout is not None
        assert [starter.stdout.readline() for _ in range(4)] == ["up\n"] * 4
        inside = [os.pidfd_open(pid) for pid in find_processes(f"inside-{marker}") if pid != starter.pid]
        assert len(inside) >= 4
        starter.send_signal(signal.SIGKILL)
        for process in inside:
            _wait_for_end(process)
    assert find_processes(f"inside-{marker}") == []


def _wait_for_end(process: int) -> None:
    import select

    ready, _, _ = select.select([process], [], [], 20)
    os.close(process)
    assert ready, "a process of the sandbox outlived the worker"
