"""Which Python the sandbox gets: the one this program runs on, at the same path, readable for the sandbox's user.

Never installs packages, and never changes the interpreter it found.
"""

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

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

    @property
    def pip(self) -> Path:
        """The wheel of pip that comes with this Python. Raises FileNotFoundError, whose message says the cure."""
        series = f"python{sys.version_info.major}.{sys.version_info.minor}"
        bundled = (self.source or Path(self.prefix)) / "lib" / series / "ensurepip" / "_bundled"
        for folder in (bundled, Path("/usr/share/python-wheels")):
            for wheel in sorted(folder.glob("pip-*.whl")):
                return wheel
        raise FileNotFoundError("This Python comes without pip. Cure: sudo apt-get install python3-venv")


def find_interpreter(cache: Path, *, is_for_other_user: bool) -> Interpreter:
    """Return the Python this program runs on; copy it below `cache` where another user could not read it.

    `is_for_other_user`: whether sandboxes run as a user other than this process's. `cache` then has to be a folder that
    the other user can reach. The copy (80 MB, about a second) is made once and shared.
    """
    prefix = Path(sys.base_prefix).resolve()
    executable = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    source: Path | None = None
    if not executable.is_relative_to(_SYSTEM):
        source = copy_prefix(prefix, executable, cache) if is_for_other_user and not _is_open(prefix) else prefix
    return Interpreter(executable=str(executable), prefix=str(prefix), version=sys.version, source=source)


def copy_prefix(prefix: Path, executable: Path, cache: Path) -> Path:
    """Copy `prefix` without tests and installed packages into `cache`, once; return the copy."""
    facts = executable.stat()
    name = f"python-{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    target = cache / f"{name}-{facts.st_mtime_ns:x}-{facts.st_size:x}-{_FORMAT}"
    if target.is_dir():
        return target
    cache.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="copying-", dir=cache))
    try:
        shutil.copytree(prefix, draft / "python", symlinks=True, ignore=_choose_left_out)
        _open_for_all(draft / "python")
        try:
            (draft / "python").rename(target)
        except OSError:
            # Another process was faster; its copy is as good. Anything else is an error.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


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


def _is_open(path: Path) -> bool:
    """Say whether every user can get to `path` and read it."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents)) and bool(path.stat().st_mode & 0o004)
