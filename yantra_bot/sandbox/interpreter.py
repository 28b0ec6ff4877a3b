"""Which Python the sandbox gets: the one this program runs on, at the same path, readable for the sandbox's user.

Never installs packages, and never changes the interpreter it found.
"""

import compileall
import fcntl
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.sandbox.contract import SandboxUnavailable

_FORMAT = 1
_SYSTEM = Path("/usr")
_LEFT_OUT = frozenset({"test", "tests", "site-packages", "idlelib", "turtledemo"})


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python as the sandbox sees it.

    `executable` and `prefix` are the original absolute paths, which are also the paths inside: an interpreter finds its
    library by them. `source` is the folder shown at `prefix`; None when the system's /usr holds it already.
    """

    executable: str
    prefix: str
    version: str
    """The whole `sys.version`: an interpreter that cannot read its own library silently loads another one."""
    source: Path | None
    pip: Path | None = None
    """A folder that holds the package pip, unpacked; None where this Python comes without one."""


def find_interpreter(cache: Path, *, is_for_other_user: bool) -> Interpreter:
    """Return the Python this program runs on; copy it below `cache` where another user could not read it.

    `is_for_other_user`: whether sandboxes run as a user other than this process's. `cache` then has to be a folder that
    the other user can reach. The copy (80 MB, a second) is made once and shared; so is an unpacked pip (two seconds).
    Raises SandboxUnavailable when this Python is laid out in a way that cannot be shown in a sandbox.
    """
    prefix = Path(sys.base_prefix).resolve()
    executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    source: Path | None = None
    if not executable.is_relative_to(prefix) and not executable.is_relative_to(_SYSTEM):
        raise SandboxUnavailable(f"{executable} lies outside its own prefix {prefix}. Cure: use another Python.")
    if not executable.is_relative_to(_SYSTEM):
        source = copy_prefix(prefix, executable, cache) if is_for_other_user and not is_open_to_all(prefix) else prefix
    wheel = find_pip(prefix)
    return Interpreter(
        executable=str(executable),
        prefix=str(prefix),
        version=sys.version,
        source=source,
        pip=None if wheel is None else unpack_pip(wheel, cache),
    )


def copy_prefix(prefix: Path, executable: Path, cache: Path) -> Path:
    """Copy `prefix` without tests and installed packages into `cache`, once; return the copy."""
    facts = executable.stat()
    name = f"python-{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    target = cache / f"{name}-{facts.st_mtime_ns:x}-{facts.st_size:x}-{_FORMAT}"

    def fill(draft: Path) -> None:
        shutil.copytree(prefix, draft, symlinks=True, ignore=_choose_left_out)

    return make_once(target, fill)


def find_pip(prefix: Path) -> Path | None:
    """Return the wheel of pip that the standard library, or the system for it, holds."""
    series = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for folder in (prefix / "lib" / series / "ensurepip" / "_bundled", Path("/usr/share/python-wheels")):
        for wheel in sorted(folder.glob("pip-*.whl")):
            return wheel
    return None


def unpack_pip(wheel: Path, cache: Path) -> Path:
    """Unpack and compile a wheel of pip into `cache`, once: run from the wheel itself, each start takes seconds."""

    def fill(draft: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(draft)
        compileall.compile_dir(draft, quiet=2)

    facts = wheel.stat()
    return make_once(cache / f"{wheel.stem}-{sys.implementation.cache_tag}-{facts.st_mtime_ns:x}-{_FORMAT}", fill)


def make_once(target: Path, fill: Callable[[Path], None]) -> Path:
    """Return `target`, a folder that all can read, letting `fill` write it in one go when it is not there.

    Who comes while it is written, in whatever thread or process, waits and takes it: fifty runs that begin at once on a
    new machine would else write fifty copies.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    with _alone(target.parent):
        if not target.is_dir():
            _make(target, fill)
    return target


def _make(target: Path, fill: Callable[[Path], None]) -> None:
    draft = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    try:
        fill(draft / "made")
        _open_for_all(draft / "made")
        (draft / "made").rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; the kernel lets go of it when its holder dies."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _choose_left_out(folder: str, names: list[str]) -> set[str]:
    is_library = Path(folder).parent.name == "lib"
    unneeded = {name for name in names if is_library and name in _LEFT_OUT}
    return unneeded | {name for name in names if name.endswith(".a") or (name == "share" and not is_library)}


def _open_for_all(folder: Path) -> None:
    for current, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = Path(current, name)
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod((mode | 0o444 | (0o111 if mode & 0o100 else 0)) & 0o777)


def is_open_to_all(path: Path) -> bool:
    """Say whether every user can get to `path` and read it."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents)) and bool(path.stat().st_mode & 0o004)
