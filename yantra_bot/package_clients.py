"""The ordinary package clients as processes, and an environment of a tool's own made by one of them.

Every byte that is installed has a hash in a lock file. It must never name a registry: the clients are used as the user
has them configured.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from yantra_bot.errors import Permanent, Transient

TIMEOUT_SECONDS = 900


def run_client(command: list[str], folder: Path) -> None:
    """Run a package client in `folder`; its words are shown when it fails. Raises Transient."""
    if shutil.which(command[0]) is None:
        raise Transient(f"{command[0]} is not installed.")
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as problem:
        raise Transient(f"`{' '.join(command)}` did not end within {TIMEOUT_SECONDS} s.") from problem
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise Transient(f"`{' '.join(command)}` failed:\n{said}")


def install_environment(lock: Path, sha256: str, folder: Path) -> None:
    """Make a virtual environment in `folder` with what `lock` pins, from wheels alone, so that nothing is built.

    It may be moved afterwards: its programs are then started as `bin/python -m NAME`. Raises Permanent when the lock is
    not the one that `sha256` was taken of, Transient when a client failed.
    """
    if not lock.is_file():
        raise Permanent(f"The lock file {lock} is missing. Cure: restore it, or install the package anew.")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if digest != sha256:
        raise Permanent(f"{lock} has the hash {digest}, pinned is {sha256}. Cure: pin the new one in artefacts.lock.")
    run_client([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder.parent)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet"]
    only = ["--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check", "--no-input", "--no-compile"]
    run_client([*pip, *only, "-r", str(lock)], folder.parent)
