"""A place for sandboxes under test: a folder that all can reach, a user of their own, a search for leftovers.

Nothing here is faked: sandboxes are real ones. As root they run as a user of their own, else as this user.
"""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from yantra_bot.sandbox.bubblewrap import Sandbox
from yantra_bot.sandbox.contract import Finished, Job
from yantra_bot.sandbox.interpreter import Interpreter, find_interpreter
from yantra_bot.sandbox.limits import MIB, Limits

SMALL = Limits(
    wall_seconds=20.0,
    cpu_seconds=20.0,
    memory_bytes=256 * MIB,
    processes=64,
    file_bytes=32 * MIB,
    output_bytes=1 << 16,
    temporary_bytes=64 * MIB,
    workspace_bytes=64 * MIB,
    files=5_000,
)


def is_root() -> bool:
    return os.geteuid() == 0


def choose_user() -> int | None:
    """Return the number of a user for sandboxes, another one in each test process; None where it is this user's own."""
    return 210_000 + os.getpid() % 20_000 if is_root() else None


class SandboxWorld:
    """A folder, an interpreter and a sandbox. `close` removes the folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="yantra-sandbox-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.interpreter: Interpreter = find_interpreter(self.folder / "python", is_for_other_user=is_root())
        self.sandbox = Sandbox(interpreter=self.interpreter, user=choose_user())

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_folder(self) -> Path:
        """Return a new folder that the sandbox's user owns."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        self.give(folder)
        return folder

    def make_tree(self, files: Mapping[str, str]) -> Path:
        """Return a new folder with these files, owned by the sandbox's user."""
        tree = self.make_folder()
        for name, text in files.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for folder, _, names in os.walk(tree):
            self.give(Path(folder))
            for name in names:
                self.give(Path(folder, name))
        return tree

    def give(self, path: Path) -> None:
        if os.geteuid() != self.sandbox.user:
            os.chown(path, self.sandbox.user, self.sandbox.user, follow_symlinks=False)
        if path.is_dir():
            path.chmod(0o755)

    def run(self, code: str, *, workspace: Path | None = None, limits: Limits = SMALL) -> Finished:
        """Run Python code in a sandbox."""
        return self.sandbox.run(self.job(code, workspace=workspace, limits=limits))

    def job(self, code: str, *, workspace: Path | None = None, limits: Limits = SMALL, marker: str = "") -> Job:
        argv = (self.interpreter.executable, "-c", code, *([marker] if marker else []))
        return Job(argv=argv, workspace=workspace, limits=limits)


def make_marker() -> str:
    """Return a word that no other command line holds."""
    return f"marker-{secrets.token_hex(8)}"


def find_processes(marker: str) -> list[int]:
    """Return the processes, alive or being buried, whose command line holds `marker`, other than this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if marker.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def python() -> str:
    """Return the Python that runs the tests."""
    return sys.executable
