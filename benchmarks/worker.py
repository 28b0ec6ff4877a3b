"""The worker: starting one, a tool call's round trip, laying out and surveying a tree of 2,000 files.

    python -m benchmarks.worker

Real processes, a real mirror with one pack, folders that are removed again. Prints a Markdown table.
"""

import asyncio
import hashlib
import logging
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yantra_bot.app.logs import set_up_logging
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ToolCall
from yantra_bot.ports import TestCommand
from yantra_bot.worker.client import WorkerFactory
from yantra_bot.worker.config import WorkerConfig

FILES = 2_000
STARTS = 20
CALLS = 500
COMMANDS = 30
CHECKOUTS = 10
GIT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
READ = ToolCall("1", "read_file", {"path": "package_00/module_000.py", "start_line": 1, "end_line": 20})
EDIT = ToolCall("2", "write_file", {"path": "package_00/module_000.py", "content": "x = 1\n"})
RUN = ToolCall("3", "run_command", {"argv": ["true"]})


class Blobs:
    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.stored[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        return self.stored[digest]


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that workers of other accounts can get to."""
    folder = Path(tempfile.mkdtemp(prefix="yantra-benchmark-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def make_mirror(folder: Path) -> tuple[Path, str]:
    """Return a bare repository with one commit of FILES files of about 4 kB, packed, and the commit."""
    source = folder / "source"
    words = random.Random(7)
    for number in range(FILES):
        file = source / f"package_{number // 100:02}" / f"module_{number:03}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"value_{words.randrange(10**6)} = {words.randrange(10**9)}\n" for _ in range(150)))
    name = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for command in (
        ("init", "-q", "-b", "main"), ("add", "-A"), (*name, "commit", "-qm", "x"),
        ("clone", "-q", "--bare", "--no-local", ".", "../mirror.git"),
    ):  # fmt: skip
        subprocess.run(["git", *command], cwd=source, env=GIT, check=True)
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, env=GIT, check=True, capture_output=True, text=True)
    return folder / "mirror.git", done.stdout.strip()


def show(name: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"| {name} | {p50 * 1000:.1f} | {p95 * 1000:.1f} | {len(ordered)} |", flush=True)


async def measure(folder: Path) -> None:
    mirror, commit = make_mirror(folder)
    factory = WorkerFactory(WorkerConfig(folder / "work", folder / "cache"), Blobs())
    tests = TestCommand()
    await (await factory("warm-up", mirror, tests)).close()
    print("| | p50 ms | p95 ms | n |\n|---|---|---|---|")
    starts, ends = [], []
    for _ in range(STARTS):
        begun = time.perf_counter()
        workspace = await factory("run", mirror, tests)
        starts.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await workspace.close()
        ends.append(time.perf_counter() - begun)
    show("start a worker, rights given up", starts)
    show("end a worker, nothing left", ends)
    workspace = await factory("run", mirror, tests)
    openings = []
    for _ in range(CHECKOUTS):
        begun = time.perf_counter()
        await workspace.open(commit, Changeset())
        openings.append(time.perf_counter() - begun)
    show(f"open: new worker, {FILES} files laid out", openings[1:])
    for name, call, count in (
        (f"tool call: read a file in a tree of {FILES}", READ, CALLS),
        (f"tool call: write a file in a tree of {FILES}", EDIT, CALLS),
        ("tool call: a command in the sandbox (`true`)", RUN, COMMANDS),
    ):
        times = []
        for _ in range(count):
            begun = time.perf_counter()
            await workspace.call([call])
            times.append(time.perf_counter() - begun)
        show(name, times)
    times = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        await workspace.outline(1)
        times.append(time.perf_counter() - begun)
    show(f"outline of a tree of {FILES}", times)
    await workspace.close()
    print("\nNo aims are set for these.")


def main() -> None:
    set_up_logging(level=logging.ERROR)
    with scratch() as folder:
        asyncio.run(measure(folder))


if __name__ == "__main__":
    main()
