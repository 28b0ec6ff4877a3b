"""In a sandbox: installs what the packages of a JavaScript repository declare, each below its own folder.

Works on a copy of the repository. Whatever a package runs while it is installed runs in this sandbox. A failed
installation is a report, never an exception: tests can often run all the same.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

REPORT_NAME = "report.json"
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_QUIET = ("--no-audit", "--no-fund", "--loglevel=error", "--replace-registry-host=always")
_UNWANTED = ("node_modules", ".git")
_SETTINGS = (".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs")
"""Files of a repository that could name another source of packages, or code of its own."""


def choose_commands(folder: Path) -> list[tuple[tuple[str, ...], str]]:
    """Return the commands that may install a package, the best first, each with what a person has to know of it."""
    npm = ("npm", "install", "--no-save", "--no-package-lock", *_QUIET)
    loose = (npm, "its lock file could not be kept to; versions were chosen anew")
    if any((folder / name).is_file() for name in _LOCKS):
        return [(("npm", "ci", *_QUIET), ""), loose]
    lock, yarn = _read(folder / "pnpm-lock.yaml"), _read(folder / "yarn.lock")
    if lock:
        pnpm = ("npx", "--yes", f"pnpm@{_find_version(folder, 'pnpm') or _choose_pnpm(lock)}")
        return [((*pnpm, "install", "--frozen-lockfile", "--reporter=append-only"), ""), loose]
    if re.search(r"^__metadata:", yarn, re.MULTILINE):
        client = ("npx", "--yes", f"--package=@yarnpkg/cli-dist@{_find_version(folder, 'yarn') or 4}", "yarn")
        return [((*client, "install", "--immutable"), ""), loose]
    # The old yarn.lock names hosts for each package, which npm can do without.
    return [(npm, "npm read its yarn.lock" if yarn else "it has no lock file")]


def _find_version(folder: Path, client: str) -> str:
    """Return the version of a package manager that a package names; empty where it names none, or in an odd way."""
    try:
        wanted = json.loads(_read(folder / "package.json")).get("packageManager")
    except (ValueError, AttributeError, RecursionError):
        return ""
    found = re.match(rf"{client}@(\d+(?:\.\d+)*)", wanted) if isinstance(wanted, str) else None
    return found[1] if found else ""


def _choose_pnpm(lock: str) -> int:
    """Return the major version that writes such a lock file."""
    found = re.search(r"^lockfileVersion: '?(\d+)", lock, re.MULTILINE)
    return {"5": 7, "6": 8}.get(found[1] if found else "", 9)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig", "replace")
    except OSError:
        return ""


def install(folder: Path, shown: str, problems: list[str], notes: list[str]) -> None:
    """Install one package and add what went wrong, or what is to be known, to the lists."""
    commands = choose_commands(folder)
    # yarn takes no proxy from where all others do.
    environment = {**os.environ, "YARN_HTTPS_PROXY": os.environ.get("HTTPS_PROXY", "")}
    for command, note in commands:
        sys.stdout.write(f"+ {' '.join(command)} (in {shown})\n")
        sys.stdout.flush()
        try:
            done = subprocess.run(command, cwd=folder, check=False, env=environment)
        except OSError as error:
            problems.append(f"{command[0]} is not there: {error.strerror}")
            return
        if done.returncode == 0:
            notes += [f"{shown}: {note}"] if note else []
            return
        shutil.rmtree(folder / "node_modules", ignore_errors=True)
    problems.append(f"the packages of {shown} could not be installed")


def main(arguments: Sequence[str]) -> None:
    """Copy the source, install each folder, report. The arguments: source, copy, folder of the report, folders."""
    os.umask(0o022)
    source, tree, report, *folders = arguments
    ignored = shutil.ignore_patterns(*_UNWANTED, *_SETTINGS)
    shutil.copytree(source, tree, symlinks=True, dirs_exist_ok=True, ignore=ignored)
    problems: list[str] = []
    notes: list[str] = []
    for folder in folders:
        install(Path(tree, folder), "package.json" if folder == "." else f"{folder}/package.json", problems, notes)
    Path(report, REPORT_NAME).write_text(json.dumps({"problems": problems, "notes": notes, "python_path": []}))


if __name__ == "__main__":
    main(sys.argv[1:])
