"""Writes down what bubblewrap is told: a job's world as options, and its command with limits. Starts nothing."""

import os
import shutil
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import EGRESS_FOLDER, RUNNERS_FOLDER, WORKSPACE, Job, Mount, SandboxUnavailable
from yantra_bot.sandbox.interpreter import Interpreter
from yantra_bot.sandbox.limits import Limits

_INNER_USER = 1000
_HOME = "/tmp/home"  # noqa: S108 (inside the sandbox, where it is private)
_OPEN_FILES = 4096
_RESERVE = 4
"""The kernel's own limits stand behind the watchdog, which sees the whole sandbox and can name what it ended."""
_SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_RESERVED = tuple(PurePosixPath(path) for path in ("/proc", "/dev", "/sys", "/usr", "/etc"))
_IDENTITY = {
    "/etc/passwd": f"yantra:x:{_INNER_USER}:{_INNER_USER}::{_HOME}:/bin/sh\n",
    "/etc/group": f"yantra:x:{_INNER_USER}:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


class Parcel:
    """Bytes handed to bubblewrap as open files, so that neither its command line nor the disk holds them."""

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def add(self, data: bytes) -> str:
        """Return the number, as text, of an open file that holds `data`."""
        number = os.memfd_create("parcel", os.MFD_CLOEXEC)
        self.numbers.append(number)
        view = memoryview(data)
        while view:
            view = view[os.write(number, view) :]
        os.lseek(number, 0, os.SEEK_SET)
        return str(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in self.numbers:
            os.close(number)


def build_environment(job: Job, interpreter: Interpreter) -> dict[str, str]:
    """Return the whole environment of a job's command: fixed names, then the job's own."""
    return {
        "PATH": f"{PurePosixPath(interpreter.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": _HOME,
        "USER": "yantra",
        "LANG": "C.UTF-8",
        "TMPDIR": "/tmp",  # noqa: S108 (inside the sandbox)
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        **job.environment,
    }


def build_options(job: Job, interpreter: Interpreter, parcel: Parcel) -> list[str]:
    """Return bubblewrap's options. They apply in order: what makes the root read-only has to be last."""
    options = [
        *("--unshare-user", "--unshare-all", "--uid", str(_INNER_USER), "--gid", str(_INNER_USER)),
        *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--ro-bind", "/usr", "/usr", *_show_system_folders(), "--proc", "/proc", "--dev", "/dev"),
        *_make_temporary("/tmp", job.limits),  # noqa: S108 (inside the sandbox)
        *_make_temporary("/dev/shm", job.limits),  # noqa: S108 (inside the sandbox)
        *("--dir", _HOME),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
    ]
    if interpreter.source is not None:
        options += ("--ro-bind", os.fspath(interpreter.source), interpreter.prefix)
    options += _make_temporary(WORKSPACE, job.limits) if job.workspace is None else ()
    for mount in collect_mounts(job):
        options += ("--bind" if mount.writable else "--ro-bind", os.fspath(mount.source.absolute()), mount.target)
    for path, text in _IDENTITY.items():
        options += ("--perms", "0444", "--file", parcel.add(text.encode()), path)
    for path, data in job.files.items():
        options += ("--perms", "0444", "--file", parcel.add(data), _check_target(path))
    for name, value in build_environment(job, interpreter).items():
        options += ("--setenv", name, value)
    options += ("--chdir", job.directory, "--remount-ro", "/dev", "--remount-ro", "/")
    if any("\0" in option for option in options):
        raise ValueError("a path or a variable of a sandboxed command contains a zero byte")
    return options


def build_command(job: Job, interpreter: Interpreter) -> list[str]:
    """Return the command line that runs inside: kernel limits, relay where there is a way out, command."""
    limits = job.limits
    nproc, data = _RESERVE * limits.processes, _RESERVE * limits.memory_bytes
    cpu = max(1, round(limits.cpu_seconds))
    ends = {"nproc": nproc, "fsize": limits.file_bytes, "nofile": _OPEN_FILES, "core": 0, "data": data}
    command = [
        *_find_tool("choom", is_needed=False, arguments=("-n", "1000", "--")),
        *_find_tool("prlimit", is_needed=True, arguments=tuple(f"--{name}={end}:{end}" for name, end in ends.items())),
        *(f"--cpu={cpu}:{cpu + 1}", "--"),
    ]
    if job.egress is not None:
        command += [interpreter.executable, "-I", f"{RUNNERS_FOLDER}/relay.py", f"{EGRESS_FOLDER}/proxy.sock"]
    return [*command, *job.argv]


def collect_mounts(job: Job) -> list[Mount]:
    """Return all mounts of a job, checked. Raises ValueError when a target is no plain absolute path of its own."""
    mounts = list(job.mounts)
    if job.workspace is not None:
        mounts.insert(0, Mount(job.workspace, WORKSPACE, writable=True))
    if job.egress is not None:
        mounts.append(Mount(job.egress, EGRESS_FOLDER))
    for mount in mounts:
        _check_target(mount.target)
        if job.workspace is not None:
            _refuse_link(job.workspace, mount.target)
    return mounts


def _refuse_link(workspace: Path, target: str) -> None:
    """Refuse a place in the tree that is reached by a link of the repository: it would lead out of the tree.

    Nothing of the repository runs while a job is made ready, so that what is looked at here is what is mounted on.
    """
    if not target.startswith(f"{WORKSPACE}/"):
        return
    place = workspace
    for part in PurePosixPath(target).relative_to(WORKSPACE).parts:
        place /= part
        if place.is_symlink():
            raise UserError(f"{part} is a link in the repository, where a folder is needed. Cure: remove the link.")


def _check_target(target: str) -> str:
    path = PurePosixPath(target)
    is_plain = path.is_absolute() and ".." not in path.parts and path != PurePosixPath("/")
    if not is_plain or any(path.is_relative_to(reserved) for reserved in _RESERVED):
        raise ValueError(f"{target!r} is no place for a mount in a sandbox")
    return target


def _make_temporary(target: str, limits: Limits) -> tuple[str, ...]:
    return ("--size", str(limits.temporary_bytes), "--tmpfs", target)


def _show_system_folders() -> list[str]:
    """Show /lib and its like the way the host has them: links into /usr, or folders of their own."""
    options: list[str] = []
    for name in _SYSTEM_FOLDERS:
        path = Path("/", name)
        if path.is_symlink():
            options += ("--symlink", os.readlink(path), str(path))  # noqa: PTH115 (the text of the link, not a path)
        elif path.is_dir():
            options += ("--ro-bind", str(path), str(path))
    return options


def _find_tool(name: str, *, is_needed: bool, arguments: tuple[str, ...]) -> tuple[str, ...]:
    path = shutil.which(name, path="/usr/bin:/bin")
    if path is None and is_needed:
        raise SandboxUnavailable(f"The sandbox needs the program {name}. Cure: sudo apt-get install util-linux")
    return (path, *arguments) if path else ()
