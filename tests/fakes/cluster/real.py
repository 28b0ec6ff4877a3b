"""Start or stop a real control plane with the pretend node of `kubelet`: `python -m tests.fakes.cluster.real up DIR`.

Looks for `../shared/cluster/control_plane.py`; where it is not there, nothing is started and the reason is printed.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Final

ROOT = Path(__file__).parents[3]
CONTROL_PLANE = ROOT.parent / "shared" / "cluster" / "control_plane.py"
_NO_PORTS: Final = ["--port=0", "--secure-port=0"]
"""Of those that serve nobody here: their usual ports may be another control plane's."""
_PATIENCE_SECONDS: Final = 20.0


def why_not(script: Path = CONTROL_PLANE) -> str:
    """Return why no control plane can be started here; empty where one can."""
    if not script.is_file():
        return f"{script} is not there"
    missing = [name for name in ("etcd", "openssl") if shutil.which(name) is None]
    return f"{missing[0]} is not installed" if missing else ""


def load(script: Path) -> ModuleType:
    """Return the script as a module that starts our node in the place of its own."""
    spec = importlib.util.spec_from_file_location("control_plane", script)
    if spec is None or spec.loader is None:
        raise ImportError(f"{script} is no Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    usual = module.start

    def start(home: Path, name: str, argv: list[str]) -> None:
        if name == "kubelet":
            _start_node(home)
        else:
            usual(home, name, [*argv, *_NO_PORTS] if name in ("scheduler", "controller-manager") else argv)

    module.start = start  # type: ignore[attr-defined] # (a module's name)
    return module


def _start_node(home: Path) -> None:
    with (home / "kubelet.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.cluster.kubelet", str(home / "admin.yaml")],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    (home / "kubelet.pid").write_text(str(child.pid))


def down(home: Path, module: ModuleType) -> None:
    """End what was started, and wait until it has ended."""
    pids = [int(file.read_text()) for file in home.glob("*.pid")]
    module.down(home)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(_is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    verb, home = sys.argv[1], Path(sys.argv[2]).resolve()
    if reason := why_not():
        sys.stderr.write(f"NO CLUSTER: {reason}; tests of the tier `cluster` are skipped.\n")
        return
    module = load(CONTROL_PLANE)
    if verb == "down":
        down(home, module)
        return
    # What the script prints is for people; what this prints is the path alone.
    out, sys.stdout = sys.stdout, sys.stderr
    module.up(home)
    out.write(f"{home / 'admin.yaml'}\n")


if __name__ == "__main__":
    main()
