"""Where a repository's programs begin, and which of them a change reaches. Found by reading; nothing runs here."""

import configparser
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from yantra_bot.domain.paths import check_path, is_test
from yantra_bot.errors import UserError
from yantra_bot.sandbox.contract import Finished
from yantra_bot.validation.runners.contract import Files
from yantra_bot.validation.runners.jest import SUFFIXES
from yantra_bot.validation.runners.packages import MANIFEST, join, list_packages, table

MAX_ENTRIES: Final = 3
PYTHON: Final = "python"
"""Stands, as the first word of a command, for the interpreter of the repository's environment."""
_DECLARES: Final = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_TARGET: Final = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_][\w.]*)")
_CALL: Final = (
    "import importlib, operator, sys; sys.argv[:] = [{name!r}, '--help']; "
    "sys.exit(operator.attrgetter({attribute!r})(importlib.import_module({module!r}))())"
)
_TRACEBACK: Final = re.compile(r"^Traceback \(most recent call last\):", re.MULTILINE)
_UNCAUGHT: Final = re.compile(r"^Node\.js v\d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A program of the repository. `shown` is what people would type; `directory` is relative to the root."""

    shown: str
    argv: tuple[str, ...]
    directory: str = ""


def may_reach_entry(path: str) -> bool:
    """Tell whether a changed file may be code of a program, or may declare one."""
    name = PurePosixPath(path).name
    return (name in _DECLARES or name == MANIFEST or path.endswith((".py", *SUFFIXES))) and not is_test(path)


def find_entries(files: Files, changed: Iterable[str]) -> tuple[Entry, ...]:
    """Return the entry points whose own code, tests left out, or whose declaration is among the changed files."""
    code = [path for path in changed if not is_test(path)]
    found = [*_find_python(files, code), *_find_node(files, code)]
    return tuple({entry.shown: entry for entry in found}.values())[:MAX_ENTRIES]


def _find_python(files: Files, changed: list[str]) -> Iterator[Entry]:
    is_declared_anew = any(path in _DECLARES for path in changed)
    roots = {_top(path) for path in changed if path.endswith(".py")}
    for name, module, attribute in _read_scripts(files):
        if is_declared_anew or module.partition(".")[0] in roots:
            code = _CALL.format(name=name, module=module, attribute=attribute)
            yield Entry(f"{name} --help", (PYTHON, "-c", code))
    for path in files.paths:
        parts = PurePosixPath(path).parts
        package = parts[1:-1] if parts[0] == "src" else parts[:-1]
        is_reached = parts[-1] == "__main__.py" and not is_test(path) and package[:1] and package[0] in roots
        if is_reached and all(part.isidentifier() for part in package):
            yield Entry(f"python -m {'.'.join(package)} --help", (PYTHON, "-m", ".".join(package), "--help"))


def _top(path: str) -> str:
    """Return the name of the topmost package, or module, that a Python file belongs to."""
    parts = PurePosixPath(path).parts
    own = parts[1:] if parts[0] == "src" and len(parts) > 1 else parts
    return own[0].removesuffix(".py")


def _read_scripts(files: Files) -> Iterator[tuple[str, str, str]]:
    """Yield name, module and function of the console scripts that are declared plainly."""
    scripts: dict[str, Any] = {}
    try:
        project = tomllib.loads((files.read("pyproject.toml") or b"").decode("utf-8", "replace"))
        scripts |= table(table(table(project, "tool"), "poetry"), "scripts")
        scripts |= table(table(project, "project"), "scripts")
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string((files.read("setup.cfg") or b"").decode("utf-8", "replace"))
        lines = parser.get("options.entry_points", "console_scripts", fallback="").splitlines()
    except configparser.Error:
        lines = []
    scripts |= {name.strip(): target.strip() for name, _, target in (line.partition("=") for line in lines) if target}
    for name, target in sorted(scripts.items()):
        found = _TARGET.fullmatch(target) if isinstance(target, str) else None
        if found is not None:
            yield str(name), found[1], found[2]


def _find_node(files: Files, changed: list[str]) -> Iterator[Entry]:
    for folder in list_packages(files):
        prefix = f"{folder}/" if folder else ""
        own = [path for path in changed if path.startswith(prefix)]
        if not any(path.endswith(SUFFIXES) or path == join(folder, MANIFEST) for path in own):
            continue
        try:
            found = json.loads((files.read(join(folder, MANIFEST)) or b"").decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield from _read_package(files, folder, found)


def _read_package(files: Files, folder: str, package: Mapping[str, Any]) -> Iterator[Entry]:
    bins = package.get("bin")
    targets = [bins] if isinstance(bins, str) else list(bins.values()) if isinstance(bins, dict) else []
    for target in targets:
        try:
            path = check_path(target.removeprefix("./")) if isinstance(target, str) else ""
        except UserError:
            continue
        if path and join(folder, path) in files.names:
            yield Entry(f"node {join(folder, path)} --help", ("node", f"./{path}", "--help"), folder)
    if isinstance(table(package, "scripts").get("start"), str):
        shown = f"npm start (in {folder})" if folder else "npm start"
        yield Entry(shown, ("npm", "start", "--workspaces=false"), folder)


def describe_crash(finished: Finished) -> str:
    """Return how a program crashed, empty where it did not.

    One that is ended by the limit of time was still at work, as a server is; one that only refuses its arguments says
    so by its exit code.
    """
    code = finished.exit_code
    if code is None:
        return "" if finished.limit in ("time", "cpu") else f"it was ended by its limit of {finished.limit}"
    if code > 128:
        return f"a signal ended it (exit code {code})"
    if code and (_TRACEBACK.search(finished.output) or _UNCAUGHT.search(finished.output)):
        return f"it ended with an error that nobody caught (exit code {code})"
    return ""
