"""In a sandbox: installs a repository's declared dependencies and the project itself into a virtual environment.

Works on a copy of the repository. Whatever a package runs while it is installed runs in this sandbox. A failed
installation is a report, never an exception: tests can often run all the same.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runners.declared import Declared, find_declared
from runners.requirements import Requirements, read_requirements

REPORT_NAME = "report.json"
RUNNER = ("pytest", "coverage")
_OVERLAY_BYTES = 64 << 20
_UNWANTED = frozenset({"__pycache__", "build", ".git", ".eggs", "dist"})
_VERSION_VARIABLES = ("SETUPTOOLS_SCM_PRETEND_VERSION", "PBR_VERSION", "PDM_BUILD_SCM_VERSION")
"""Versions are often read from git tags, which a sandbox's tree does not have."""
_UNKNOWN_VERSION = "9999.0"
"""Lower bounds on a project's own version are more frequent than upper ones."""
_VERSION = re.compile(
    r"^[^\w\n]*(?:v|version|release)?[^\w\n]*(?:[\w.-]+ )?\[?v?(\d+\.\d+(?:\.\d+)*)\b", re.IGNORECASE | re.MULTILINE
)
_CHANGES = ("CHANGE*", "HISTORY*", "NEWS*", "RELEASE*", "docs/change*", "doc/change*")


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of a build: the repository (only read), its copy, what comes of it, and where pip lies."""

    source: Path
    tree: Path
    environment: Path
    overlay: Path
    report: Path
    pip: Path


@dataclass(slots=True)
class Report:
    """What came of it. `problems` make the environment incomplete; `python_path` is where the code lies instead."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    python_path: list[str] = field(default_factory=list)

    def save(self, path: Path) -> None:
        facts = {"problems": self.problems, "notes": self.notes, "python_path": self.python_path}
        path.write_text(json.dumps(facts))


class Installer:
    """Runs the pip of the base interpreter for an environment that has none of its own."""

    def __init__(self, pip: Path, environment: Path, folder: Path) -> None:
        self.python = environment / "bin" / "python"
        self.folder = folder
        self._command = [sys.executable, "-I", str(pip / "pip"), "--python", str(self.python), "install"]
        self._environment = {**os.environ, **dict.fromkeys(_VERSION_VARIABLES, guess_version(folder))}
        self._count = 0

    def install(self, arguments: Sequence[str], lines: Iterable[str] = (), constraints: Iterable[str] = ()) -> bool:
        """Install, and say whether it worked. `lines` are requirements, written to a file."""
        options = [*arguments]
        for option, content in (("-r", tuple(lines)), ("-c", tuple(constraints))):
            if content:
                options += (option, str(self._write(content)))
        if not options:
            return True
        sys.stdout.write(f"+ pip install {' '.join(arguments)} {' '.join(lines)}\n")
        sys.stdout.flush()
        done = subprocess.run([*self._command, *options], cwd=self.folder, env=self._environment, check=False)
        return done.returncode == 0

    def has(self, module: str) -> bool:
        check = [str(self.python), "-I", "-c", f"import {module}"]
        return subprocess.run(check, cwd="/", capture_output=True, check=False).returncode == 0

    def _write(self, lines: Iterable[str]) -> Path:
        self._count += 1
        path = Path(os.environ["TMPDIR"], f"requirements-{self._count}.txt")
        path.write_text("\n".join(lines) + "\n")
        return path


def guess_version(tree: Path) -> str:
    """Return what the project's version probably is: that of its metadata, or the newest that its change log names."""
    metadata = re.search(r"^Version: (\S+)", _read(tree / "PKG-INFO"), re.MULTILINE)
    if metadata:
        return metadata[1]
    for pattern in _CHANGES:
        for path in sorted(tree.glob(pattern)):
            if match := _VERSION.search(_read(path)):
                return match[1]
    return _UNKNOWN_VERSION


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def install_all(installer: Installer, declared: Declared, files: dict[str, Requirements], report: Report) -> None:
    """Install everything at once, so that one resolution fits all; where that fails, part by part."""
    together = [found for found in files.values() if not found.has_hashes]
    lines = [*declared.for_tests, *(line for found in together for line in found.lines)]
    constraints = [line for found in together for line in found.constraints]
    project = _name_project(declared, with_extras=True)
    if not installer.install(project, [*lines, *RUNNER], constraints):
        sys.stdout.write("Installing everything at once failed; now part by part.\n")
        _install_parts(installer, declared, files, report)
    elif not declared.is_installable:
        report.python_path = _find_code(installer.folder)
    for name, found in files.items():
        if found.has_hashes and not installer.install((), found.lines, found.constraints):
            report.problems.append(f"{name} could not be installed")
    for module in RUNNER:
        if not installer.has(module) and not installer.install((module,)):
            report.problems.append(f"{module} could not be installed")
    if not installer.install((), declared.tools):  # apart, so that the tests never suffer by them
        report.notes.append("the repository's type checkers and linters could not be installed")


def _install_parts(installer: Installer, declared: Declared, files: dict[str, Requirements], report: Report) -> None:
    if declared.is_installable and installer.install(_name_project(declared, with_extras=True)):
        pass
    elif declared.is_installable and installer.install(_name_project(declared, with_extras=False)):
        report.problems.append(f"the extras {', '.join(declared.extras) or 'for tests'} could not be installed")
    else:
        report.python_path = _find_code(installer.folder)
        if declared.is_installable:
            report.problems.append("the project itself could not be installed; its folders are on the path instead")
        if not installer.install((), declared.own):
            report.problems.append("the project's dependencies could not be installed")
    for name, found in files.items():
        if not found.has_hashes and not installer.install((), found.lines, found.constraints):
            report.problems.append(f"{name} could not be installed")
    if not installer.install((), declared.for_tests):
        report.problems.append("the requirements for tests could not be installed")


def _name_project(declared: Declared, *, with_extras: bool) -> tuple[str, ...]:
    if not declared.is_installable:
        return ()
    return ("-e", f".[{','.join(declared.extras)}]" if with_extras and declared.extras else ".")


def _find_code(tree: Path) -> list[str]:
    """Return where code usually lies, relative to the tree."""
    return [".", "src"] if (tree / "src").is_dir() else ["."]


def keep_generated(source: Path, tree: Path, overlay: Path) -> None:
    """Copy to `overlay` what the installation made in `tree`: version modules, metadata, compiled modules."""
    room = _OVERLAY_BYTES
    for folder, folders, names in os.walk(tree):
        folders[:] = [name for name in folders if name not in _UNWANTED]
        for name in names:
            path = Path(folder, name)
            place = path.relative_to(tree)
            if os.path.lexists(source / place) or path.is_symlink():
                continue
            room -= path.stat().st_size
            if room < 0:
                return
            (overlay / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, overlay / place)


def check_interpreter(version: str, prefix: str) -> str | None:
    """Return what is wrong with the Python this runs on; one that cannot read its own library loads another one."""
    if sys.version == version and sys.base_prefix == prefix:
        return None
    return f"the sandbox has another Python than it should: {sys.version!r} at {sys.base_prefix}"


def build(places: Places, report: Report) -> None:
    """Copy, create, install, keep."""
    shutil.copytree(places.source, places.tree, symlinks=True, dirs_exist_ok=True)
    create = [sys.executable, "-I", "-m", "venv", "--without-pip", str(places.environment)]
    subprocess.run(create, check=True)
    declared = find_declared(places.tree)
    files = {name: read_requirements(places.tree, name) for name in declared.files}
    report.notes += declared.notes
    for found in files.values():
        report.problems += found.problems
        report.notes += found.notes
    install_all(Installer(places.pip, places.environment, places.tree), declared, files, report)
    keep_generated(places.source, places.tree, places.overlay)


def main(arguments: Sequence[str]) -> None:
    """Check that this is the right Python, then build. The arguments: its version, its prefix, then the places."""
    os.umask(0o022)
    version, prefix, *paths = arguments
    places, report = Places(*map(Path, paths)), Report()
    wrong = check_interpreter(version, prefix)
    if wrong is None:
        build(places, report)
    else:
        report.problems.append(wrong)
    report.save(places.report / REPORT_NAME)
