"""Start or stop a real control plane with the pretend node of `kubelet`: `python -m tests.fakes.cluster.real up DIR`.

Looks for `../shared/cluster/control_plane.py`; where it is not there, nothing is started and the reason is printed.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONTROL_PLANE = ROOT.parent / "shared" / "cluster" / "control_plane.py"


def why_not(script: Path = CONTROL_PLANE) -> str:
    """Return why no control plane can be started here; empty where one can."""
    if not script.is_file():
        return f"{script} is not there"
    missing = [name for name in ("etcd", "openssl") if shutil.which(name) is None]
    return f"{missing[0]} is not installed" if missing else ""


def up(home: Path, script: Path = CONTROL_PLANE) -> None:
    """Start it, with our node in the place of the script's own. Ends the process with 1 where it does not come up."""
    subprocess.run([sys.executable, str(script), "up", "--dir", str(home)], check=True, stdout=sys.stderr)
    pid_file = home / "kubelet.pid"
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    with (home / "kubelet.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.cluster.kubelet", str(home / "admin.yaml")],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    pid_file.write_text(str(child.pid))
    sys.stdout.write(f"{home / 'admin.yaml'}\n")


def down(home: Path, script: Path = CONTROL_PLANE) -> None:
    subprocess.run([sys.executable, str(script), "down", "--dir", str(home)], check=True)


def main() -> None:
    verb, home = sys.argv[1], Path(sys.argv[2]).resolve()
    if verb == "up" and (reason := why_not()):
        sys.stderr.write(f"NO CLUSTER: {reason}; tests of the tier `cluster` are skipped.\n")
        return
    (up if verb == "up" else down)(home)


if __name__ == "__main__":
    main()
