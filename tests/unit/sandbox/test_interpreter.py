"""Which Python a sandbox gets."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yantra_bot.sandbox.interpreter import copy_prefix, find_interpreter, find_pip, make_once


def make_prefix(folder: Path) -> tuple[Path, Path]:
    """Write something that looks like a Python; return its prefix and its executable."""
    prefix = folder / "prefix"
    files = ("bin/python3", "lib/libpython.so", "lib/python3/os.py", "lib/python3/test/x.py")
    for name in (*files, "lib/python3/site-packages/p.py", "lib/libpython.a", "share/man/x", "lib/python3/a/test/y.py"):
        path = prefix / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        path.chmod(0o600)
    (prefix / "bin/python").symlink_to("python3")
    executable = prefix / "bin/python3"
    executable.chmod(0o700)
    return prefix, executable


def test_a_user_of_its_own_needs_no_copy(tmp_path: Path) -> None:
    """Where sandboxes run as this very user, the interpreter is shown where it lies."""
    found = find_interpreter(tmp_path, is_for_other_user=False)
    assert found.version == sys.version
    assert found.prefix == os.path.realpath(sys.base_prefix)
    assert found.source is None or str(found.source) == found.prefix
    assert [path.name[:4] for path in tmp_path.iterdir()] == ["pip-"]


def test_a_copy_can_be_read_by_all_and_leaves_out_what_is_not_needed(tmp_path: Path) -> None:
    """Packages, tests and static libraries stay behind; rights are opened; links stay links."""
    prefix, executable = make_prefix(tmp_path)
    copy = copy_prefix(prefix, executable, tmp_path / "cache")
    names = {str(path.relative_to(copy)) for path in copy.rglob("*") if not path.is_dir()}
    assert names == {"bin/python", "bin/python3", "lib/libpython.so", "lib/python3/os.py", "lib/python3/a/test/y.py"}
    assert (copy / "bin/python").is_symlink()
    assert (copy / "bin/python3").stat().st_mode & 0o777 == 0o755
    assert (copy / "lib/python3/os.py").stat().st_mode & 0o777 == 0o644
    assert all(path.stat().st_mode & 0o005 == 0o005 for path in (copy, *copy.rglob("*")) if path.is_dir())


def test_a_copy_is_made_once(tmp_path: Path) -> None:
    """The same interpreter is not copied again, another one is."""
    prefix, executable = make_prefix(tmp_path)
    first = copy_prefix(prefix, executable, tmp_path / "cache")
    (first / "marker").touch()
    assert copy_prefix(prefix, executable, tmp_path / "cache") == first
    assert (first / "marker").exists()
    executable.write_text("another build")
    assert copy_prefix(prefix, executable, tmp_path / "cache") != first
    assert sorted(path.name[:6] for path in (tmp_path / "cache").iterdir()) == ["python", "python"]


def test_who_comes_while_a_copy_is_made_waits_for_it(tmp_path: Path) -> None:
    """Eight threads that need the same folder at once: one writes it, and all have it whole."""
    written: list[Path] = []
    together = threading.Barrier(8)

    def fill(draft: Path) -> None:
        written.append(draft)
        draft.mkdir()
        (draft / "first").touch()
        time.sleep(0.1)  # so that the others come while it is written; without the lock they would write, too
        (draft / "last").touch()

    def need(_: int) -> bool:
        together.wait()
        return (make_once(tmp_path / "cache" / "made", fill) / "last").exists()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(need, range(8))) == [True] * 8
    assert len(written) == 1
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["made"]


def test_pip_comes_with_the_interpreter(tmp_path: Path) -> None:
    """The pip that the standard library bundles is unpacked once, compiled, and runs."""
    found = find_interpreter(tmp_path, is_for_other_user=False)
    assert found.pip is not None
    done = subprocess.run([found.executable, "-I", found.pip / "pip", "--version"], capture_output=True, text=True)
    assert done.stdout.startswith("pip ")
    assert any(found.pip.rglob("*.pyc"))
    assert find_interpreter(tmp_path, is_for_other_user=False).pip == found.pip


def test_a_python_without_pip_is_told_apart(tmp_path: Path) -> None:
    """The standard library's own wheel comes first; without any there is none."""
    assert find_pip(tmp_path) is None or find_pip(tmp_path).parent == Path("/usr/share/python-wheels")
    bundled = tmp_path / "lib" / f"python3.{sys.version_info.minor}" / "ensurepip" / "_bundled"
    bundled.mkdir(parents=True)
    (bundled / "pip-99.0-py3-none-any.whl").touch()
    assert find_pip(tmp_path) == bundled / "pip-99.0-py3-none-any.whl"
