"""Find the programs that Yantra needs; install what is missing where allowed, else print the command to type."""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

# program -> (Debian package, what it is for, whether nothing works without it)
NEEDED = {
    "git": ("git", "checking repositories out", True),
    "bwrap": ("bubblewrap", "the sandbox", True),
    "rg": ("ripgrep", "searching (a slower fallback is used without it)", False),
}
# The same, but too large to be installed unasked (300 MB and more with what they need).
WANTED = {
    "chromium": ("chromium", "trying out changed web pages (skipped without it)"),
    "postgres": ("postgresql", "integration tests that declare it (they cannot be made without it)"),
}
# Where Debian keeps programs that are on nobody's path.
ELSEWHERE = {"postgres": "/usr/lib/postgresql/*/bin/postgres"}


def may_install() -> bool:
    """Say whether this is root on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None and Path("/etc/debian_version").exists()


def install(packages: list[str]) -> None:
    """Install with apt, quietly; its output is shown when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            sys.exit(f"`{' '.join(command)}` failed; what it said stands above.")


def main() -> None:
    """Check, then install or explain."""
    for program, (package, purpose) in WANTED.items():
        if shutil.which(program) is None and not glob.glob(ELSEWHERE.get(program, "")):  # noqa: PTH207 (a pattern)
            sys.stderr.write(f"Not here: {program} (package {package}), for {purpose}. ")
            sys.stderr.write(f"To have it: sudo apt-get install {package}\n")
    missing = {program: facts for program, facts in NEEDED.items() if shutil.which(program) is None}
    if not missing:
        return
    packages = sorted(package for package, _, _ in missing.values())
    if may_install():
        sys.stdout.write(f"Installing the system packages {', '.join(packages)} …\n")
        install(packages)
        return
    for program, (package, purpose, _) in missing.items():
        sys.stderr.write(f"Missing: {program} (package {package}), for {purpose}.\n")
    sys.stderr.write(f"Cure: sudo apt-get install {' '.join(packages)}\n")
    if any(is_required for _, _, is_required in missing.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
