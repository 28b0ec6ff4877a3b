"""Suites of real libraries, run whole with a mutant in place: which tests fail; and what pytest-testmon would run.

All of it works in one temporary virtual environment and on copies of the libraries' source distributions.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path

from yantra_bot.domain.proof import TestStatus
from yantra_bot.validation.junit import parse_junit

TOOLS = ("pytest==9.2.0", "coverage==7.17.5", "pytest-testmon==2.2.0")
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Library:
    """A library whose source distribution brings a suite that runs in seconds."""

    name: str
    version: str
    under: str
    """The folder of what is mutated."""
    needs: tuple[str, ...] = ()


LIBRARIES = (
    Library("wtforms", "3.3.2", "src/wtforms", ("markupsafe==3.0.4", "email-validator==2.4.0", "babel==2.19.0")),
    Library("marshmallow", "4.4.0", "src/marshmallow", ("simplejson==4.3.0",)),
    Library("boltons", "26.2.0", "boltons"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of tests showed: the names of those that ran, and of those that failed. None: it did not end."""

    ran: frozenset[str]
    failed: frozenset[str] | None


class Suites:
    """The environment that the suites run in, below a folder."""

    def __init__(self, folder: Path, libraries: tuple[Library, ...] = LIBRARIES) -> None:
        self.folder = folder
        self.python = folder / "venv" / "bin" / "python"
        if not self.python.exists():
            venv.create(folder / "venv", with_pip=True)
            needs = {need for library in libraries for need in library.needs}
            self._pip("install", *TOOLS, *sorted(needs))

    def _pip(self, *words: str) -> None:
        command = [self.python, "-m", "pip", "-q", "--disable-pip-version-check", *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def fetch(self, library: Library) -> Path:
        """Return the folder of a library's sources."""
        target = self.folder / f"{library.name}-{library.version}"
        if not target.is_dir():
            wanted = f"{library.name}=={library.version}"
            self._pip("download", "--no-deps", "--no-binary", ":all:", "-d", str(self.folder / "sdist"), wanted)
            with tarfile.open(self.folder / "sdist" / f"{target.name}.tar.gz") as archive:
                archive.extraction_filter = getattr(tarfile, "data_filter", None)  # Debian's 3.11.2 has none
                archive.extractall(self.folder)
        return target

    def run(self, root: Path, *options: str) -> Run:
        """Run the suite of a tree; the tree keeps no trace of it but what plug-ins write."""
        report = root / "junit-report.xml"
        report.unlink(missing_ok=True)
        words = (
            "-q",
            "--no-header",
            f"--junitxml={report}",
            "-o",
            "junit_family=xunit1",
            "-p",
            "no:randomly",
            *options,
        )
        if not self.call(root, ["-m", "pytest", *words]):
            return Run(frozenset(), None)
        if not report.exists():
            return Run(frozenset(), None)
        outcomes = parse_junit(report.read_bytes())
        bad = {one.name for one in outcomes if one.status in {TestStatus.FAILED, TestStatus.ERROR}}
        return Run(frozenset(one.name for one in outcomes), frozenset(bad))

    def call(self, root: Path, words: list[str]) -> bool:
        """Run the environment's Python in a tree; tell whether it ended in time."""
        own = {
            "PYTHONPATH": f"{root / 'src'}:{root}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
        }
        try:
            subprocess.run(
                [self.python, *words],
                cwd=root,
                env={**os.environ, **own},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        return True

    def run_whole(self, root: Path) -> Run:
        return self.run(root, "-p", "no:testmon", "-p", "no:cacheprovider")

    def record_testmon(self, root: Path) -> None:
        """Let testmon learn the suite of a tree; its data lies in the tree."""
        self.run(root, "--testmon")

    def run_testmon(self, root: Path) -> Run:
        """Return what testmon runs after a change."""
        return self.run(root, "--testmon", "--testmon-nocollect")


def copy_tree(source: Path, target: Path) -> Path:
    """Copy a library's sources, replacing what is there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache", "junit-report.xml"))
    return target


if __name__ == "__main__":
    sys.exit("This is a part of benchmarks.test_selection.")
